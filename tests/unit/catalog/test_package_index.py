"""Where a distribution comes from is told, and nobody's password with it."""

import subprocess
from pathlib import Path

import pytest

from harness.catalog import package_index
from harness.catalog.package import Package
from harness.catalog.package_index import _as_spelt, index_of, look_up
from harness.catalog.remaining import title_of
from harness.model.errors import UsageError

LOCK = """version = 1

[[package]]
name = "quart"
version = "0.23.1"
source = { registry = "https://me:secret@packages.example.org/simple" }

[[package]]
name = "local-thing"
version = "1.0"
source = { path = "../thing" }
"""


def test_it_is_that_of_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "uv.lock"
    lock.write_text(LOCK)
    assert index_of(lock, "Quart") == "https://packages.example.org/simple"
    assert index_of(lock, "local_thing") == "../thing"
    assert index_of(lock, "flask") is None
    lock.write_text("[")
    assert index_of(lock, "quart") is None
    assert index_of(tmp_path / "none", "quart") is None


@pytest.mark.parametrize(
    ("name", "requirement", "title"),
    [
        ("web-py", "web.py>=0.62", "web.py"),
        ("web.py", "web.py", "web.py"),
        ("Quart", "quart", "Quart"),
        ("falcon", "falcon>=4", "Falcon"),
        ("falcon", "git+https://example.org/falcon", "Falcon"),
        ("python-fasthtml", "python-fasthtml", "Fasthtml"),
    ],
)
def test_a_framework_is_called_as_its_authors_spell_it_or_else_whoever_asked(
    name: str, requirement: str, title: str
) -> None:
    assert title_of(Package(name=_as_spelt(name, requirement), version="1")) == title


@pytest.mark.parametrize("asked_for", [True, False])
def test_nothing_is_built_that_nobody_has_named(monkeypatch: pytest.MonkeyPatch, *, asked_for: bool) -> None:
    given: list[str] = []

    def uv(*arguments: str) -> subprocess.CompletedProcess[str]:
        given.extend(arguments)
        return subprocess.CompletedProcess(arguments, 2, "", "error: no such thing")

    monkeypatch.setattr(package_index, "_uv", uv)
    with pytest.raises(UsageError, match="gives no 'thing'"):
        look_up("thing", asked_for=asked_for)
    assert ("--no-build" in given) is not asked_for
