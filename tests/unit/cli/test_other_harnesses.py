"""Who measures on this host meanwhile is told, and stands in the run, whenever it came."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.cli import options, other_harnesses
from harness.cli.other_harnesses import alone, note_others
from harness.host import only_one
from harness.host.measuring import Mark, Measuring
from harness.results.folder import RunWriter, read_header
from tests.unit.results.sample import run_of

MEASURE_AGAIN = "measure on this host too: measure again what has to be relied on"


@pytest.fixture
def marks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of marks in which nobody is but those of the test."""
    folder = tmp_path / "marks"
    monkeypatch.setattr(options, "STATE", tmp_path / ".bench")
    monkeypatch.setattr(
        other_harnesses, "measures_alone", lambda state, command: only_one.measures_alone(state, command, marks=folder)
    )
    return folder


type AloneWith = Callable[[str, str], tuple[str, str]]


@pytest.fixture
def alone_with(marks: Path, capsys: pytest.CaptureFixture[str]) -> AloneWith:
    """What is told to a command by which others were there before it, and at its end by which came later."""

    def told(here: str, there: str) -> tuple[str, str]:
        first, last = (Measuring(there, 1, "2026-01-02 03:04:05 UTC", folder) for folder in ("/first", "/last"))
        earlier = Mark(first, folder=marks)
        with alone(here):
            at_once = capsys.readouterr().err
            earlier.remove()
            Mark(last, folder=marks).remove()
        return at_once, capsys.readouterr().err

    return told


@pytest.mark.parametrize(
    ("there", "here", "at_once", "at_the_end"),
    [
        ("bench run", "bench ab", "measures on this host too, and each spoils the other's numbers", MEASURE_AGAIN),
        (
            "bench run",
            "bench verify",
            "measures on this host, and what is checked meanwhile disturbs its numbers",
            "measure on this host too: check again what failed",
        ),
        (
            "bench verify",
            "bench run",
            "checks apps on this host, which disturbs what is measured meanwhile",
            "check apps on this host too: measure again what has to be relied on",
        ),
        (
            "bench verify",
            "bench verify",
            "checks apps on this host too",
            "check apps on this host too: check again what failed",
        ),
    ],
)
def test_what_another_does_to_the_numbers_is_told_by_what_it_is(
    alone_with: AloneWith, there: str, here: str, at_once: str, at_the_end: str
) -> None:
    first, last = alone_with(here, there)
    assert first.startswith(f"! {there} in /first (process 1, since 2026-01-02 03:04:05 UTC) {at_once}")
    assert last.startswith(f"! {there} in /last (process 1, since 2026-01-02 03:04:05 UTC) came to {at_the_end}")


def test_after_checks_that_all_passed_nothing_is_said_of_who_came_later(
    marks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later = Mark(Measuring("bench run", 1, "2026-01-02 03:04:05 UTC", "/later"), folder=marks)
    later.remove()
    for failed in (False, True):
        with alone("bench verify", lambda failed=failed: failed):
            Mark(Measuring("bench run", 1, "2026-01-02 03:04:05 UTC", "/later"), folder=marks).remove()
        assert ("check again what failed" in capsys.readouterr().err) is failed


def test_of_two_clones_both_are_told_and_their_runs_name_the_other_once(
    marks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there, late = (Measuring("bench run", pid, "2026-01-02 03:04:05 UTC", f"/clone{pid}") for pid in (1, 2))
    writer = RunWriter.create(tmp_path, run_of(), lambda text: text)
    first = Mark(there, folder=marks)
    with alone("bench ab") as mark:
        assert f"! {there} measures on this host too" in capsys.readouterr().err
        (told,) = first.others()
        assert told.folder == str(tmp_path)
        note_others(writer, mark)
        Mark(late, folder=marks).remove()
        for _ in range(2):
            note_others(writer, mark)
    assert read_header(writer.folder).measured_beside == (str(there), str(late))
    said = capsys.readouterr().err
    assert f"! {late} came to measure on this host too" in said
    assert str(there) not in said
    first.remove()
