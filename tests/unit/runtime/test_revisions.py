"""Another revision of an app, out of real repositories in all kinds of states."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.catalog.discover import read_app
from harness.model.errors import GitError, UsageError
from harness.runtime.revisions import at_commit

MANIFEST = """
[project]
name = "one-app"
version = "0"
requires-python = ">=3.13"

[tool.bench]
title = "One"
family = "micro"
endpoints = ["hello"]

[tool.bench.variants.default]
server = "its own"
interface = "native"
command = ["python", "app.py"]
why = "It has no other."
also = ["controlled"]
"""


def git(folder: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    done = subprocess.run(("git", "-C", folder, *settings, *arguments), capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one app, changed since its only commit."""
    top = tmp_path / "code"
    folder = top / "apps" / "one_app"
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(MANIFEST)
    (folder / "uv.lock").write_text("version = 1\n")
    (folder / "app.py").write_text("committed\n")
    git(top, "init", "--quiet")
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message", "one")
    (folder / "app.py").write_text("changed\n")
    return top


def committed(top: Path, target: Path, ref: str = "HEAD") -> Path:
    """The folder of the app as it was."""
    return at_commit(read_app(top / "apps" / "one_app"), ref, target).folder


def files(top: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in top.rglob("*") if file.is_file()}


@pytest.mark.parametrize(
    "variable", ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"]
)
def test_variables_of_a_hook_lead_nowhere_else(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    before = files(repository)
    place = repository / ".git" if variable == "GIT_DIR" else tmp_path / "elsewhere"
    monkeypatch.setenv(variable, str(place))
    assert (committed(repository, tmp_path / "revisions") / "app.py").read_text() == "committed\n"
    assert files(repository) == before
    assert not (tmp_path / "elsewhere").exists()


def test_it_has_all_files_of_the_commit_as_a_checkout_writes_them(repository: Path, tmp_path: Path) -> None:
    folder = repository / "apps" / "one_app"
    (repository / ".gitattributes").write_text("*.py export-ignore eol=crlf\n*.md export-subst\n")
    (folder / "README.md").write_text("$Format:%H$\n")
    (folder / os.fsdecode(b"na\xefve.txt")).write_text("a name in Latin-1")
    (folder / "app.py").write_text("committed\n")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "two")
    git(repository, "config", "core.splitIndex", "true")
    (repository / ".gitattributes").unlink()
    before = files(repository)
    found = committed(repository, tmp_path / "revisions")
    assert (found / "app.py").read_bytes() == b"committed\r\n"
    assert (found / "README.md").read_text() == "$Format:%H$\n"
    assert (found / os.fsdecode(b"na\xefve.txt")).read_text() == "a name in Latin-1"
    assert files(repository) == before


def in_latin_1(repository: Path) -> Path:
    """Nothing can be installed there, which is said where that is tried."""
    return repository.rename(repository.with_name(os.fsdecode(b"caf\xe9")))


def linked(repository: Path) -> Path:
    other = repository.with_name("linked")
    git(repository, "worktree", "add", "--quiet", "--detach", str(other))
    (other / "apps" / "one_app" / "app.py").write_text("changed in the linked one\n")
    return other


def sparse(repository: Path) -> Path:
    git(repository, "stash")
    git(repository, "sparse-checkout", "set", "apps/one_app")
    return repository


def shallow(repository: Path) -> Path:
    other = repository.with_name("shallow")
    git(repository.parent, "clone", "--quiet", "--depth=1", f"file://{repository}", str(other))
    return other


@pytest.mark.parametrize("state", [in_latin_1, linked, sparse, shallow])
def test_it_comes_out_of_any_kind_of_repository(
    repository: Path, tmp_path: Path, state: Callable[[Path], Path]
) -> None:
    top = state(repository)
    before = files(top)
    assert (committed(top, tmp_path / "revisions") / "app.py").read_text() == "committed\n"
    assert files(top) == before


def test_a_link_out_of_the_app_is_named(repository: Path, tmp_path: Path) -> None:
    (repository / "shared.py").write_text("")
    (repository / "apps" / "one_app" / "shared.py").symlink_to("../../shared.py")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "two")
    with pytest.raises(UsageError, match=r"app 'one' in HEAD: the link shared\.py leads out of its folder"):
        committed(repository, tmp_path / "revisions")


def test_what_is_missing_is_said(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for ref in ("nosuch", "", "--all", "HEAD:apps", os.fsdecode(b"caf\xe9")):
        with pytest.raises(UsageError, match="no commit is named"):
            committed(repository, tmp_path / "revisions", ref)
    git(repository, "rm", "--quiet", "-r", "--cached", "apps")
    git(repository, "commit", "--quiet", "--message", "without")
    with pytest.raises(UsageError, match="app 'one' is not in HEAD"):
        committed(repository, tmp_path / "revisions")
    (repository / ".git").rename(tmp_path / "away")
    with pytest.raises(UsageError, match="is in no git repository"):
        committed(repository, tmp_path / "revisions")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError, match="git can't be started"):
        committed(repository, tmp_path / "revisions")
