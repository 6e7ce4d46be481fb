"""One command measures at a time in a clone, and those of other clones see each other."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from harness.host.measuring import Mark, Measuring, who_measures
from harness.host.only_one import measures_alone
from harness.model.errors import ExitCode, HostFault

HOLDER = """
import sys, time
from pathlib import Path
from harness.host.only_one import measures_alone
with measures_alone(Path(sys.argv[1]), "bench ab", marks=Path(sys.argv[2])):
    print("holds", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    return tmp_path / "marks"


def measuring(pid: int = 1, folder: str = "/clone") -> Measuring:
    return Measuring("bench run", pid, "2026-01-02 03:04:05 UTC", folder)


@contextmanager
def another_process(state: Path, marks: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that measures in this clone; killed at the end if it still runs."""
    command = (sys.executable, "-c", HOLDER, str(state), str(marks))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "holds\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_command_in_a_clone_is_refused_and_told_who_measures_there(tmp_path: Path, marks: Path) -> None:
    with another_process(tmp_path / ".bench", marks) as process:
        with pytest.raises(HostFault) as refused, measures_alone(tmp_path / ".bench", "bench run", marks=marks):
            pass
        assert refused.value.exit_code is ExitCode.INCOMPLETE
        assert f"bench ab in {tmp_path} (process {process.pid}, since 2" in refused.value.what
        assert refused.value.hint == f"wait until it is done, or end it: kill {process.pid}"


SPOILT = "measures in this folder, and two at once would spoil each other's numbers"
DISTURBED = "measures in this folder, and what is checked beside it would disturb its numbers"
AT_WORK = "checks apps in this folder, where one command at a time is at work"
SECOND_CLONE = "; what can't wait is checked in a second clone: docs/add-a-framework.md#while-something-is-measured"


@pytest.mark.parametrize(
    ("there", "command", "what", "way_out"),
    [
        ("bench run", "bench run", SPOILT, ""),
        ("bench run", "bench verify", DISTURBED, SECOND_CLONE),
        ("bench verify", "bench run", AT_WORK, ""),
        ("bench verify", "bench verify", AT_WORK, SECOND_CLONE),
    ],
)
def test_a_second_clone_is_the_way_out_for_checks_and_for_no_measurement(
    tmp_path: Path, there: str, command: str, what: str, way_out: str
) -> None:
    state, marks = tmp_path / ".bench", tmp_path / "marks"
    with (
        measures_alone(state, there, marks=marks),
        pytest.raises(HostFault) as refused,
        measures_alone(state, command, marks=marks),
    ):
        pass
    assert refused.value.what.endswith(f" UTC) {what}")
    assert refused.value.hint == f"wait until it is done, or end it: kill {os.getpid()}{way_out}"


def test_what_a_killed_command_leaves_is_in_nobody_s_way(tmp_path: Path, marks: Path) -> None:
    with another_process(tmp_path / ".bench", marks) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with measures_alone(tmp_path / ".bench", "bench run", marks=marks) as mark:
            assert mark.others() == ()
            assert len(list(marks.iterdir())) == 1


def test_one_after_the_other_is_as_it_was(tmp_path: Path, marks: Path) -> None:
    for _ in range(2):
        with measures_alone(tmp_path / ".bench", "bench run", marks=marks):
            pass
    assert not marks.exists()


def test_two_clones_know_of_each_other_whoever_came_first(tmp_path: Path, marks: Path) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(measures_alone(tmp_path / "a" / ".bench", "bench run", marks=marks))
        assert first.others() == ()
        with another_process(tmp_path / "b" / ".bench", marks) as process:
            (seen,) = first.others()
            assert (seen.command, seen.pid, seen.folder) == ("bench ab", process.pid, str(tmp_path / "b"))
            assert who_measures(marks) == (seen,)
            third = stack.enter_context(measures_alone(tmp_path / "c" / ".bench", "bench run", marks=marks))
            assert [each.folder for each in third.others()] != []
            assert {each.folder for each in third.others()} == {str(tmp_path / "a"), str(tmp_path / "b")}
        assert who_measures(marks) == ()
        assert [each.folder for each in first.others()] == [str(tmp_path / "b"), str(tmp_path / "c")]


def test_a_folder_of_somebody_else_s_is_left_alone(tmp_path: Path, marks: Path) -> None:
    """Anybody can make a folder of that name where temporary files are."""
    marks.mkdir(mode=0o777)
    marks.chmod(0o777)
    mark = Mark(measuring(), folder=marks)
    assert list(marks.iterdir()) == []
    assert mark.others() == ()
    mark.remove()
    link = tmp_path / "link"
    (tmp_path / "real").mkdir(mode=0o700)
    link.symlink_to(tmp_path / "real")
    Mark(measuring(), folder=link).remove()
    assert who_measures(link) == ()
    assert who_measures(tmp_path / "nothing") == ()


def test_a_path_that_is_no_text_can_be_told(tmp_path: Path, marks: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    first = Mark(measuring(), folder=marks)
    with measures_alone(folder / ".bench", "bench run", marks=marks):
        pass
    (seen,) = first.others()
    assert seen.folder == f"{tmp_path}/caf\\xe9"
    first.remove()


def test_the_folder_of_all_goes_with_the_last_one(tmp_path: Path, marks: Path) -> None:
    with measures_alone(tmp_path / "one", "bench run", marks=marks):
        with measures_alone(tmp_path / "another", "bench run", marks=marks):
            assert len(list(marks.iterdir())) == 2
        assert len(list(marks.iterdir())) == 1
    assert not marks.exists()
