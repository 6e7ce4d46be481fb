"""Whose change a change in the tree is: the harness's, or that of an app under work."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.catalog.discover import read_app
from harness.measure import begin
from harness.runtime.app_source import source

APP = Path(__file__).parents[3] / "apps" / "wsgi_app"


def git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    subprocess.run(("git", "-C", folder, *settings, *arguments), capture_output=True, check=True)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a harness and an app, all of it committed."""
    top = tmp_path / "checkout"
    place = top / "harness" / "measure" / "begin.py"
    place.parent.mkdir(parents=True)
    shutil.copy(begin.__file__, place)
    folder = top / "apps" / "one_app"
    folder.mkdir(parents=True)
    for name in ("pyproject.toml", "uv.lock", "app.py"):
        shutil.copy(APP / name, folder)
    (top / "apps" / "Dockerfile").write_text("FROM scratch\n")
    git(top, "init", "--quiet")
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message", "one")
    monkeypatch.setattr(begin, "__file__", str(place))
    return top


def change(name: str) -> Callable[[Path], None]:
    def changed(top: Path) -> None:
        file = top / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("# changed\n")

    return changed


@pytest.mark.parametrize(
    ("name", "whose"),
    [
        ("apps/one_app/app.py", "app"),
        ("apps/one_app/more/views.py", "app"),
        ("apps/one_app/__pycache__/app.pyc", "nobody"),
        ("apps/other_app/app.py", "nobody"),
        ("apps/Dockerfile", "harness"),
        ("harness/more.py", "harness"),
        ("docs/notes.md", "nobody"),
    ],
)
def test_a_change_counts_where_it_shapes_numbers(checkout: Path, name: str, whose: str) -> None:
    change(name)(checkout)
    revision = begin._revision() or ""
    assert revision.endswith("+dirty") is (whose == "harness")
    assert source(read_app(checkout / "apps" / "one_app")).uncommitted is (whose == "app")


def test_a_folder_that_git_does_not_know_is_neither_changed_nor_unchanged(checkout: Path, tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere" / "one_app"
    shutil.copytree(checkout / "apps" / "one_app", outside)
    assert source(read_app(outside)).uncommitted is None
    (checkout / ".gitignore").write_text("/apps/new_app/\n")
    ignored = checkout / "apps" / "new_app"
    shutil.copytree(checkout / "apps" / "one_app", ignored)
    assert source(read_app(ignored)).uncommitted is None
    (checkout / ".gitignore").unlink()
    assert source(read_app(ignored)).uncommitted is True
