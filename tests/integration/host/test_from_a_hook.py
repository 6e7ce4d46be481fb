"""The tests themselves, started by a hook of git's in somebody's repository."""

import os
import subprocess
import sys
from pathlib import Path

from harness.host.git import Git

ROOT = Path(__file__).parents[3]


def test_the_tests_themselves_leave_the_repository_alone_from_a_hook_of_which_they_are_started(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    Git(theirs)("init", "--quiet")
    before = {path: path.read_bytes() for path in theirs.rglob("*") if path.is_file()}
    hook = {"GIT_DIR": str(theirs / ".git"), "GIT_INDEX_FILE": str(theirs / ".git" / "index"), "GIT_PREFIX": ""}
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit/measure/test_begin.py")
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **hook}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert {path: path.read_bytes() for path in theirs.rglob("*") if path.is_file()} == before
