"""Each record and each run counts once, however often it was copied."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from harness.analysis.analyse import analyse
from harness.claims.evaluate import evaluate
from harness.claims.read import ARTICLE, read_claims
from harness.comparison.summarise import summarise
from harness.history.all_digests import read_digests
from harness.model.errors import RunFolderError, UsageError
from harness.model.run import RoundEnd
from harness.model.verdict import Verdict
from harness.results.folder import RunWriter, find_copies, find_runs, read_run, resolve_run
from harness.results.run_folders import HEADER_FILE, RECORDS_FILE
from tests.saying import say
from tests.unit.results.sample import FLASK_JSON, STARTED_AT, run_of, window_of

SAMPLE = Path(__file__).parents[3] / "reports" / "sample"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    folder = tmp_path / "reports" / "20260713T011412Z-quick-sample"
    folder.mkdir(parents=True)
    for name in (HEADER_FILE, RECORDS_FILE):
        shutil.copy(SAMPLE / name, folder)
    return folder


def lines_of(folder: Path) -> list[bytes]:
    return (folder / RECORDS_FILE).read_bytes().splitlines(keepends=True)


@pytest.mark.fault(
    where="disk",
    what="windows.jsonl was doubled, or a part of it stands there again",
    happens="Each window and round counts once, which is said. Two that differ are refused with both lines' numbers.",
    lost="Nothing",
    exit_code=0,
)
def test_a_file_that_was_doubled_gives_the_figures_of_the_one_it_was(sample: Path) -> None:
    before = read_run(sample)
    lines = lines_of(sample)
    (sample / RECORDS_FILE).write_bytes(b"".join(lines * 2))
    doubled = read_run(sample)
    assert doubled.repeated == len(lines)
    assert doubled == before.model_copy(update={"repeated": len(lines)})
    found = analyse(doubled)
    assert found == analyse(before).model_copy(update={"records_repeated": len(lines)})


@pytest.mark.fault(
    where="disk",
    what="Lines of windows were taken out of windows.jsonl",
    happens="The run is not trusted, by the reason; it decides no claim and is compared with none.",
    lost="What they told",
    exit_code=0,
)
def test_a_run_of_which_windows_were_taken_out_is_not_trusted(sample: Path) -> None:
    before, lines = read_run(sample), lines_of(sample)
    windows = [place for place, line in enumerate(lines) if b'"report":{' in line]
    taken = windows[10:13]
    (sample / RECORDS_FILE).write_bytes(b"".join(line for place, line in enumerate(lines) if place not in taken))
    why = "the lines of 3 windows were taken out of windows.jsonl"
    left = read_run(sample)
    assert (before.not_whole, left.not_whole) == (None, why)
    assert analyse(left).distrust == summarise(left, "a run").distrust == why
    decided = {each.verdict for each in evaluate(read_claims(ARTICLE), left).claims}
    assert decided.isdisjoint({Verdict.SUPPORTED, Verdict.REFUTED, Verdict.INCONCLUSIVE})
    said = say("show", str(sample))
    assert f"This run can't be trusted: {why}." in said.out
    (sample / RECORDS_FILE).write_bytes(b"")
    with pytest.raises(RunFolderError, match=r"has nothing in its windows\.jsonl, though the run has measured"):
        read_run(sample)


def test_a_part_that_stands_there_again_is_counted_once_wherever_it_stands(sample: Path) -> None:
    before, lines = read_run(sample), lines_of(sample)
    (sample / RECORDS_FILE).write_bytes(b"".join(lines[:40] + lines[10:20] + lines[40:] + lines[-1:]))
    assert read_run(sample) == before.model_copy(update={"repeated": 11})


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (window_of(FLASK_JSON, lost="the server ended"), "window 0"),
        (window_of(FLASK_JSON, round_index=1), "window 0"),
        (RoundEnd(round_index=0, finished_at=STARTED_AT + timedelta(seconds=1)), "the end of round 0"),
    ],
)
def test_two_that_say_different_things_of_the_same_are_named_by_their_lines(
    tmp_path: Path, other: RoundEnd, named: str
) -> None:
    writer = RunWriter.create(tmp_path, run_of())
    for record in (window_of(FLASK_JSON), RoundEnd(round_index=0, finished_at=STARTED_AT), other):
        writer.append(record)
    writer.close()
    first = 2 if isinstance(other, RoundEnd) else 1
    with pytest.raises(
        RunFolderError, match=rf"windows\.jsonl, lines {first} and 3: two different .* of {named}"
    ) as told:
        read_run(writer.folder)
    assert "remove" in told.value.hint


def test_a_run_that_is_resumed_keeps_each_record_once(tmp_path: Path) -> None:
    writer = RunWriter.create(tmp_path, run_of())
    writer.append(window_of(FLASK_JSON))
    writer.append(RoundEnd(round_index=0, finished_at=STARTED_AT))
    writer.close()
    lines = writer.folder / RECORDS_FILE
    lines.write_bytes(lines.read_bytes() * 2)
    RunWriter.reopen(writer.folder).close()
    assert len(lines.read_bytes().splitlines()) == 2
    assert read_run(writer.folder).repeated == 0


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A run, a copy of it under a name that sorts after it, and a later run that was renamed and then copied."""
    first = RunWriter.create(tmp_path, run_of(run_id="aaaa111122223333"))
    first.close()
    shutil.copytree(first.folder, first.folder.with_name(f"{first.folder.name}-copy"))
    second = RunWriter.create(tmp_path, run_of(run_id="bbbb111122223333", started_at=STARTED_AT + timedelta(hours=1)))
    second.close()
    second.folder.rename(tmp_path / "kept")
    shutil.copytree(tmp_path / "kept", tmp_path / "kept-too")
    return tmp_path


@pytest.mark.fault(
    where="disk",
    what="A run folder was copied",
    happens="It is one run in lists, histories and comparisons, and the copy is named.",
    lost="Nothing",
    exit_code=0,
)
def test_a_copied_folder_is_the_same_run_in_lists_and_histories(copied: Path) -> None:
    own = copied / "20260102T030405Z-quick-aaaa1111"
    assert find_runs(copied) == [copied / "kept", own]
    assert find_copies(copied) == {own.with_name(f"{own.name}-copy"): own, copied / "kept-too": copied / "kept"}
    digests, left_out = read_digests(copied)
    assert [each.summary.run_id[:4] for each in digests] == ["aaaa", "bbbb"]
    assert [(each.name, each.reason) for each in left_out] == [
        ("kept-too", "a copy of kept"),
        (f"{own.name}-copy", f"a copy of {own.name}"),
    ]


def test_a_run_with_a_copy_is_found_by_its_id_and_the_copy_by_its_own_name_alone(copied: Path) -> None:
    own = copied / "20260102T030405Z-quick-aaaa1111"
    for argument in ("latest", "aaaa", "aaaa111122223333", own.name):
        assert resolve_run(copied, argument) == own
    assert resolve_run(copied, f"{own.name}-copy").name.endswith("-copy")
    assert resolve_run(copied, "bbbb") == copied / "kept"


def test_a_damaged_header_hides_no_other_run(copied: Path) -> None:
    for number, text in enumerate([b"", b"[]", b'{"run_id": 5}', b"[" * 100_000]):
        (copied / f"damaged-{number}").mkdir()
        (copied / f"damaged-{number}" / HEADER_FILE).write_bytes(text)
    assert len(find_runs(copied)) == 6
    with pytest.raises(UsageError, match="no run"):
        resolve_run(copied, "5")
