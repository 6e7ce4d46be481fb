"""Where a user's shell says that a repository above is not meant, it is not asked, and not written to."""

import subprocess
from pathlib import Path

import pytest

from harness.host.git import Git
from harness.model.errors import GitError


def test_a_repository_above_the_ceiling_is_not_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "middle" / "project"
    folder.mkdir(parents=True)
    subprocess.run(("git", "init", "--quiet", str(tmp_path)), check=True)
    assert Git(folder)("rev-parse", "--show-toplevel") == str(tmp_path.resolve())
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path / "middle"))
    with pytest.raises(GitError, match="not a git repository"):
        Git(folder)("rev-parse", "--show-toplevel")
