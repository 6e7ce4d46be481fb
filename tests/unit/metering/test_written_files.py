"""What a process writes to a file that it has open is seen, its output and what it only reads is not."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.metering.written_files import Written, WrittenFiles

WRITER = """
import sys
own, read = open("own.log", "a"), open("read.txt")
own.write("before\\n")
own.flush()
print("ready", flush=True)
for line in sys.stdin:
    own.write(line)
    print("to its output", flush=True)
    with open("anew.log", "a") as anew:
        anew.write(line)
"""


def open_here() -> int:
    """How many files this process has open."""
    return len([*Path("/proc/self/fd").iterdir()])


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Writes what it is told to a file, kept back until it ends, and something to its output, which is a file too."""
    (tmp_path / "read.txt").write_text("nothing\n")
    with (tmp_path / "output").open("w") as output:
        process = subprocess.Popen(
            (sys.executable, "-c", WRITER), cwd=tmp_path, stdin=subprocess.PIPE, stdout=output, text=True
        )
    with process:  # which closes its input
        while (tmp_path / "output").read_text() != "ready\n":
            assert process.poll() is None
        yield process
        process.kill()


def test_what_came_to_a_file_of_its_own_is_seen_when_it_has_ended(
    writer: subprocess.Popen[str], tmp_path: Path
) -> None:
    with WrittenFiles([writer.pid]) as files:
        assert list(files.since()) == []
        writer.communicate("one\ntwo\n")
        assert list(files.since()) == [Written(str(tmp_path / "own.log"), "one\ntwo\n")]
    assert (tmp_path / "anew.log").read_text() == "one\ntwo\n", "which is not seen"


def test_who_has_ended_or_is_nobody_s_writes_nothing(writer: subprocess.Popen[str]) -> None:
    writer.communicate("")
    before = open_here()
    with WrittenFiles([writer.pid, 2**22 + 1]) as files:
        assert list(files.since()) == []
    assert open_here() == before


def test_nothing_is_left_open(writer: subprocess.Popen[str]) -> None:
    before = open_here()
    with WrittenFiles([writer.pid]):
        assert open_here() == before + 1
    assert open_here() == before
