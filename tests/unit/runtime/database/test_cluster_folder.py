import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.model.errors import RuntimeFault
from harness.runtime.database import cluster_folder
from harness.runtime.database.cluster_folder import make_cluster_folder
from harness.runtime.database.postgres_user import PostgresUser
from tests.odd_hosts import PROJECT, need_root, with_mounts

OWN = PostgresUser()
OTHER = PostgresUser(uid=os.geteuid(), gid=os.getegid())
"""Another user as far as the folder goes, so that it takes no root to be it."""


def made(user: PostgresUser) -> Path:
    """A folder that was announced before it was there."""
    announced: list[tuple[Path, bool]] = []
    folder = make_cluster_folder(user, lambda path: announced.append((path, path.exists())))
    assert announced == [(folder, False)]
    return folder


@pytest.fixture
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files, which is the only one; closed to others."""
    tmp_path_factory.getbasetemp()  # pytest's own lies where it was before
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        monkeypatch.setattr(cluster_folder, "_USUAL", ())
        yield Path(folder)


def test_it_lies_among_the_temporary_files(temporary: Path) -> None:
    folder = made(OWN)
    assert folder.parent == temporary
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.fault(
    where="disk",
    what="The folder for temporary files is full, closed to others, or has a path too long for a Unix socket",
    happens="PostgreSQL's data lie in one of the usual folders; where none will do, each is named with its reason.",
    lost="Nothing",
    exit_code=0,
)
def test_where_it_can_not_lie_there_it_lies_in_a_usual_folder(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Path(tempfile.mkdtemp(dir="/tmp"))
    usual.chmod(0o755)
    try:
        monkeypatch.setattr(cluster_folder, "_USUAL", (str(usual),))
        assert made(OTHER).parent == usual
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("x" * 100)))
        assert made(OWN).parent == usual
    finally:
        for folder in (*usual.iterdir(), usual):
            folder.rmdir()
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [("x" * 100, "too long for a Unix socket"), ("a,b", "a comma in its path"), ("nosuch", "there is none")],
)
def test_where_none_will_do_each_is_named_with_its_reason(
    temporary: Path, monkeypatch: pytest.MonkeyPatch, name: str, reason: str
) -> None:
    folder = temporary / name
    if name != "nosuch":
        folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with pytest.raises(RuntimeFault, match=reason) as told:
        made(OWN)
    assert str(folder) in told.value.what
    assert "TMPDIR" in told.value.hint
    assert told.value.exit_code == 4


def test_a_folder_that_others_may_not_pass_is_named(temporary: Path) -> None:
    with pytest.raises(RuntimeFault, match=f"other users may not pass {temporary}"):
        made(OTHER)


def test_a_folder_without_room_is_named() -> None:
    need_root()
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        small = with_mounts(("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder))
        script = (
            "import tempfile; from harness.runtime.database import cluster_folder as c; "
            "from harness.runtime.database.postgres_user import PostgresUser; "
            f"tempfile.tempdir = {folder!r}; c._USUAL = (); c.make_cluster_folder(PostgresUser(), print)"
        )
        done = subprocess.run((*small, sys.executable, "-c", script), cwd=PROJECT, capture_output=True, check=False)
    assert b"it has less than 128 MiB free" in done.stderr
