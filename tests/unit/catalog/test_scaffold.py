"""A new app begins as a working copy of one that exists."""

from pathlib import Path

import pytest

from harness.catalog.discover import read_app
from harness.catalog.scaffold import scaffold
from harness.model.app import App
from harness.model.errors import UsageError


@pytest.fixture(scope="module")
def flask() -> App:
    return read_app(Path(__file__).parents[3] / "apps" / "flask_app")


def test_the_copy_is_an_app_of_its_own_with_the_code_of_the_other(flask: App, tmp_path: Path) -> None:
    folder = scaffold(tmp_path, "quart", flask)
    made = read_app(folder)
    assert (made.name, made.manifest.title) == ("quart", "Quart")
    assert made.manifest.variants == flask.manifest.variants
    assert (folder / "app.py").read_bytes() == (flask.folder / "app.py").read_bytes()
    for file in ("pyproject.toml", "uv.lock"):
        assert 'name = "quart-app"' in (folder / file).read_text()
        assert "flask-app" not in (folder / file).read_text()


def test_no_environment_is_copied(flask: App, tmp_path: Path) -> None:
    assert not (scaffold(tmp_path, "quart", flask) / ".venv").exists()


def test_an_existing_folder_is_left_alone(flask: App, tmp_path: Path) -> None:
    scaffold(tmp_path, "quart", flask)
    with pytest.raises(UsageError, match="exists"):
        scaffold(tmp_path, "quart_app", flask)


@pytest.mark.parametrize("name", ["", "Quart", "../quart", "1quart", "quart app"])
def test_a_name_that_is_no_folder_or_identifier_is_refused(flask: App, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError) as refused:
        scaffold(tmp_path, name, flask)
    assert refused.value.hint
    assert list(tmp_path.iterdir()) == []
