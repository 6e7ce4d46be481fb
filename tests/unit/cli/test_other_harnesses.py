"""Who measures on this host meanwhile is told, and stands in the run, whenever it came."""

from pathlib import Path

import pytest

from harness.cli import options, other_harnesses
from harness.cli.other_harnesses import alone, note_others
from harness.host import only_one
from harness.host.measuring import Mark, Measuring
from harness.results.folder import RunWriter, read_header
from tests.unit.results.sample import run_of


@pytest.fixture
def marks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of marks in which nobody is but those of the test."""
    folder = tmp_path / "marks"
    monkeypatch.setattr(options, "STATE", tmp_path / ".bench")
    monkeypatch.setattr(
        other_harnesses, "measures_alone", lambda state, command: only_one.measures_alone(state, command, marks=folder)
    )
    return folder


@pytest.mark.parametrize(
    ("there", "here", "said"),
    [
        ("bench run", "bench ab", "measures on this host too, and each spoils the other's numbers"),
        ("bench run", "bench verify", "measures on this host, and what is checked meanwhile disturbs its numbers"),
        ("bench verify", "bench run", "checks apps on this host, which disturbs what is measured meanwhile"),
        ("bench verify", "bench verify", "checks apps on this host too"),
    ],
)
def test_what_another_does_to_the_numbers_is_told_by_what_it_is(
    marks: Path, capsys: pytest.CaptureFixture[str], there: str, here: str, said: str
) -> None:
    other = Measuring(there, 1, "2026-01-02 03:04:05 UTC", "/clone")
    first = Mark(other, folder=marks)
    with alone(here):
        assert capsys.readouterr().err.startswith(f"! {other} {said}")
    first.remove()


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
