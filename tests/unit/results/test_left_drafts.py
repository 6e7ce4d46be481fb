"""A file that a killed writer has left half written goes when its run goes on; that of a living writer does not."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.results.folder import RunWriter
from harness.writing import replace_files
from tests.unit.results.sample import run_of

WRITES_FOR_EVER = """
import sys, pathlib
from harness import writing
def unending(descriptor, data, *, like):
    print("writing", flush=True)
    sys.stdin.read()
writing._write_draft = unending
writing.replace_files({pathlib.Path(sys.argv[1]): b"new"})
"""


def drafts_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir() if each.name.endswith(".new")]


@pytest.mark.fault(
    where="disk",
    what="The harness is killed while it replaces a file of the run's folder",
    happens="The earlier file stands; what was written of the new one is removed as the run goes on.",
    lost="Nothing",
    exit_code=None,
)
def test_only_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    writer = RunWriter.create(tmp_path, run_of())
    writer.close()
    kept = writer.folder / ".notes.new"
    kept.write_text("of the user")
    command = [sys.executable, "-c", WRITES_FOR_EVER, str(writer.folder / "run.json")]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as living:
        assert living.stdout is not None
        assert living.stdout.readline() == b"writing\n"
        RunWriter.reopen(writer.folder).close()
        assert len(drafts_in(writer.folder)) == 2
        living.kill()
    assert len(drafts_in(writer.folder)) == 2
    RunWriter.reopen(writer.folder).close()
    assert drafts_in(writer.folder) == [kept.name]


def test_a_draft_that_was_taken_for_a_left_one_is_begun_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody came between its making and its lock."""
    flock = fcntl.flock

    def late(descriptor: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        (draft,) = drafts_in(tmp_path)
        (tmp_path / draft).unlink()
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    replace_files({tmp_path / "run.json": b"new"})
    assert (tmp_path / "run.json").read_bytes() == b"new"
    assert drafts_in(tmp_path) == []


def test_a_disk_that_knows_no_locks_is_written_to_as_any_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(fcntl, "flock", unknown)
    replace_files({tmp_path / "run.json": b"new"})
    assert (tmp_path / "run.json").read_bytes() == b"new"
