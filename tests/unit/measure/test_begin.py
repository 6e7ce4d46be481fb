"""Which commit a run says it was measured at."""

import shutil
import subprocess
from pathlib import Path

import pytest

from harness.measure import begin

SOURCE = Path(begin.__file__)


def git(folder: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    done = subprocess.run(("git", "-C", folder, *settings, *arguments), capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of which the harness is said to be a part."""
    top = tmp_path / "checkout"
    place = top / "harness" / "measure" / SOURCE.name
    place.parent.mkdir(parents=True)
    shutil.copy(SOURCE, place)
    git(top, "init", "--quiet")
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message", "one")
    monkeypatch.setattr(begin, "__file__", str(place))
    return top


def test_it_is_that_of_the_checkout_whatever_a_hook_exports(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = git(checkout, "rev-parse", "HEAD")
    git(tmp_path, "init", "--quiet", "other")
    index = (checkout / ".git" / "index").read_bytes()
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    assert begin._revision() == commit
    (checkout / "harness" / "more.py").write_text("")
    assert begin._revision() == f"{commit}+dirty"
    assert (checkout / ".git" / "index").read_bytes() == index


def test_an_installed_copy_in_somebody_elses_repository_has_none(checkout: Path) -> None:
    git(checkout, "rm", "--quiet", "-r", "--cached", "harness")
    git(checkout, "commit", "--quiet", "--allow-empty", "--message", "a project that only uses the harness")
    assert begin._revision() is None
