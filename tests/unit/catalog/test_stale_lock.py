"""Whether a lock may be older than its project is seen without uv, so that only a doubtful one costs a process."""

import subprocess
from pathlib import Path

import pytest

from harness.catalog.stale_lock import may_be_stale
from harness.model.app import App
from harness.runtime.environment import see_that_it_can_be_made
from tests.unit.plan.manifests import app_with

ROOT = Path(__file__).parents[3]
APPS = sorted(file.parent for file in (ROOT / "apps").glob("**/*_app/uv.lock"))
PROJECT = """
[project]
name = "tiny-app"
version = "0"
requires-python = ">=3.13"
dependencies = ["flask>=3.1", "Psycopg[pool, binary]>=3.2; python_version > '3.0'"]
"""
LOCK = """
version = 1
requires-python = ">=3.13"

[[package]]
name = "flask"
version = "3.1.0"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "tiny-app"
version = "0"
source = { virtual = "." }

[package.metadata]
requires-dist = [
    { name = "flask", specifier = ">=3.1" },
    { name = "psycopg", extras = ["binary", "pool"], marker = "python_version > '3.0'", specifier = ">=3.2" },
]
"""


def folder_with(folder: Path, project: str = PROJECT, lock: str = LOCK) -> Path:
    (folder / "pyproject.toml").write_text(project)
    (folder / "uv.lock").write_text(lock)
    return folder


@pytest.mark.parametrize("folder", APPS, ids=[folder.name for folder in APPS])
def test_no_app_here_is_doubted(folder: Path) -> None:
    assert not may_be_stale(folder)


def test_a_lock_for_what_its_project_says_is_not_doubted(tmp_path: Path) -> None:
    assert not may_be_stale(folder_with(tmp_path))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"flask>=3.1", ', '"flask>=3.1", "idna", '),
        ('"flask>=3.1", ', ""),
        ("flask>=3.1", "flask>=3.2"),
        ("[pool, binary]", "[binary]"),
        ("'3.0'", "'3.14'"),
        ('requires-python = ">=3.13"', 'requires-python = ">=3.12"'),
        ("dependencies = [", "dependencies = [7, "),
        ("[project]", "[projekt]"),
        ('"tiny-app"', "=="),
    ],
)
def test_a_lock_for_something_else_is_doubted(tmp_path: Path, before: str, after: str) -> None:
    assert before in PROJECT
    assert may_be_stale(folder_with(tmp_path, PROJECT.replace(before, after)))


@pytest.mark.parametrize(
    ("before", "after"), [('virtual = "."', 'virtual = "x"'), ("specifier", "spezifier"), ("[", "")]
)
def test_a_lock_that_tells_nothing_of_it_is_doubted(tmp_path: Path, before: str, after: str) -> None:
    assert before in LOCK
    assert may_be_stale(folder_with(tmp_path, lock=LOCK.replace(before, after)))


def test_of_a_sound_app_uv_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object, **__: object) -> None:
        pytest.fail("uv was asked")

    monkeypatch.setattr(subprocess, "run", asked)
    app: App = app_with("tiny", ("hello",), default=()).model_copy(
        update={"folder": folder_with(tmp_path), "python": ">=3.13"}
    )
    see_that_it_can_be_made(app)
