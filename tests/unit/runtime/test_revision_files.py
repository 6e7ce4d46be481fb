"""A copy of an app has the same files of its own as the app, though git does not know the folder that it is in."""

import subprocess
import sys
from pathlib import Path

import pytest
import uv

from harness.catalog.discover import read_app
from harness.host.git import environment
from harness.model.app import App
from harness.runtime.app_source import code_sha256, source
from harness.runtime.revisions import at_commit, is_same, with_requirements
from tests.unit.runtime.test_revisions import MANIFEST


@pytest.fixture
def app(tmp_path: Path) -> App:
    """In a repository that ignores the state folder, with files that only git can tell from generated ones."""
    folder = tmp_path / "apps" / "one_app"
    files = {
        "app.py": "one",
        "build/tracked.py": "two",
        "local_settings.py": "ignored",
        "notes.txt": "ignored",
        "venv/pyvenv.cfg": "",
        "venv/lib.py": "ignored",
    }
    for name, text in {"pyproject.toml": MANIFEST, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "#lock#").symlink_to("nobody@nowhere.1")
    subprocess.run([uv.find_uv_bin(), "lock", "--project", folder, "--offline", "-q", "-p", sys.executable], check=True)
    (tmp_path / ".gitignore").write_text("/.bench/\nlocal_settings.py\nnotes.txt\nvenv/\n\\#lock#\n")
    identity = ("-c", "user.name=t", "-c", "user.email=t@localhost")
    for words in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "one")):
        subprocess.run(("git", *identity, *words), cwd=tmp_path, env=environment(), check=True)
    return read_app(folder)


def test_as_of_the_commit_that_is_checked_out_it_is_the_same(app: App, tmp_path: Path) -> None:
    then = at_commit(app, "HEAD", tmp_path / ".bench" / "revisions" / "a")
    assert is_same(then, app)
    (app.folder / "build" / "tracked.py").write_text("three")
    assert not is_same(then, app)


def test_with_a_requirement_the_same_files_are_its_own(app: App, tmp_path: Path) -> None:
    other = with_requirements(app, ["idna ; python_version < '3'"], tmp_path / ".bench" / "b")
    assert (other.folder / "local_settings.py").is_file(), "it may need that to run"
    assert not (other.folder / "venv").exists()
    names = {file.path for file in source(other).files}
    assert names == {file.path for file in source(app).files} == {"app.py", "build/tracked.py", "pyproject.toml"}
    assert code_sha256(other) != code_sha256(app), "its pyproject.toml"
