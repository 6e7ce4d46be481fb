"""Every command that reads a run says whether it is still being measured, or was cut off and how it goes on."""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from harness.cli import options
from harness.measure.begin import METHOD_VERSION
from harness.model.errors import ExitCode
from harness.results.folder import RunWriter
from harness.results.records import RecordedRun
from harness.results.run_folders import RECORDS_FILE
from tests.saying import Said, say
from tests.unit.analysis.simulate import Simulation, subject

FLASK, DJANGO = subject("flask"), subject("django")
ROUNDS = 3
COMPLETE = 1
READING = (
    ("show",),
    ("show", "--json"),
    ("show", "--app", "flask", "--app", "django"),
    ("claims",),
    ("claims", "--json"),
    ("report",),
    ("compare", "--force", "finished"),
)
"""All that read a run, whose folder's name follows."""


def begun() -> RecordedRun:
    """After one of three rounds, in the middle of the second; nothing of Django's has come yet."""
    recorded = Simulation({FLASK: 2_000, DJANGO: 1_500}, rounds=ROUNDS).recorded()
    header = recorded.run.model_copy(update={"finished_at": None, "method_version": METHOD_VERSION})
    windows = tuple(
        each for each in recorded.windows if each.round_index <= COMPLETE and each.cell.startswith(f"{FLASK.key}:")
    )
    return recorded.model_copy(update={"run": header, "windows": windows, "rounds_complete": COMPLETE})


def written(reports: Path, name: str, recorded: RecordedRun) -> RunWriter:
    """A run folder that its writer holds; windows that are left of another run are numbered as those of a run are."""
    folder = reports / name
    folder.mkdir(parents=True)
    writer = RunWriter(folder, recorded.run)
    writer.update(recorded.run)
    windows = [each.model_copy(update={"sequence": place}) for place, each in enumerate(recorded.windows)]
    lines = [each.model_dump_json() for each in (*recorded.starts, *windows)]
    ends = [
        json.dumps({"record": "round", "round_index": index, "finished_at": recorded.run.started_at.isoformat()})
        for index in range(recorded.rounds_complete)
    ]
    (folder / RECORDS_FILE).write_text("".join(f"{line}\n" for line in (*lines, *ends)), encoding="utf-8")
    return writer


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "reports"
    monkeypatch.setattr(options, "REPORTS", folder)
    whole = Simulation({FLASK: 2_000, DJANGO: 1_500}, rounds=ROUNDS).recorded()
    ended = whole.run.model_copy(update={"finished_at": whole.run.started_at, "run_id": "f" * 32})
    written(folder, "finished", whole.model_copy(update={"run": ended})).close()
    return folder


@pytest.fixture
def under_way(reports: Path) -> Iterator[Path]:
    """A run that this process measures."""
    with closing(written(reports, "begun", begun())) as writer:
        yield writer.folder


@pytest.fixture
def cut_off(reports: Path) -> Path:
    """The same, whose process was ended."""
    written(reports, "begun", begun()).close()
    return reports / "begun"


def read(*command: str) -> Said:
    first, *more = command
    said = say(first, *more, "begun")
    assert said.code == ExitCode.OK, said.err
    return said


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_run_under_way_is_said_to_be_and_none_offers_to_resume_it(under_way: Path, command: tuple[str, ...]) -> None:
    said = read(*command)
    assert f"{under_way.name} is still being measured (round 2 of 3, process {os.getpid()})" in said.err
    assert "cut off" not in said.out + said.err
    assert "--resume" not in said.out + said.err


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_run_that_was_cut_off_is_said_to_be_with_what_resumes_it(cut_off: Path, command: tuple[str, ...]) -> None:
    said = read(*command)
    assert f"{cut_off.name} was cut off after 1 of 3 rounds; to go on: bench run --resume begun" in said.err
    assert "being measured" not in said.out + said.err


@pytest.mark.parametrize("command", READING[:-1], ids=" ".join)
def test_a_finished_run_is_not_said_to_be_anything_else(reports: Path, command: tuple[str, ...]) -> None:
    first, *more = command
    said = say(first, *more, str(reports / "finished"))
    assert said.code == ExitCode.OK, said.err
    assert "cut off" not in said.out + said.err
    assert "being measured" not in said.out + said.err


def test_cells_to_come_are_not_invalid(under_way: Path) -> None:
    shown = read("show").out
    assert "to come: django" in shown
    assert "invalid: django" not in shown
    assert under_way.is_dir()


def test_cells_that_a_run_did_not_come_to_are_not_invalid(cut_off: Path) -> None:
    shown = read("show").out
    assert "not reached: django" in shown
    assert "invalid: django" not in shown
    assert cut_off.is_dir()


@pytest.mark.parametrize(("made", "status"), [("under_way", "under way"), ("cut_off", "cut off")])
@pytest.mark.parametrize("command", ["show", "claims"])
def test_a_program_is_told_it_too(request: pytest.FixtureRequest, command: str, made: str, status: str) -> None:
    request.getfixturevalue(made)
    state = json.loads(read(command, "--json").out)["state"]
    assert (state["status"], state["rounds_complete"], state["rounds_planned"]) == (status, COMPLETE, ROUNDS)
    assert state["process"] == (os.getpid() if made == "under_way" else None)


@pytest.mark.parametrize(("made", "word"), [("under_way", "to come"), ("cut_off", "not reached")])
def test_a_program_is_told_which_cells_a_run_has_not_come_to(
    request: pytest.FixtureRequest, made: str, word: str
) -> None:
    request.getfixturevalue(made)
    found = json.loads(read("show", "--json").out)
    left = [each for each in found["cells"] if each["cell"]["subject"]["app"] == "django"]
    assert {(each["unmeasured"], each["valid"], len(each["reasons"]), len(each["gates"])) for each in left} == {
        (word, False, 0, 0)
    }
    assert {each["unmeasured"] for each in found["cells"] if each not in left} == {None}
    assert "django" not in {subject["app"] for ranking in found["rankings"] for subject in ranking["invalid"]}


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ("under_way", "This run was still being measured (round 2 of 3) when this was written."),
        ("cut_off", "This run was cut off after 1 of 3 rounds; to go on: bench run --resume begun."),
    ],
)
@pytest.mark.parametrize("page", ["index.html", "summary.md"])
def test_the_page_and_the_summary_say_it(request: pytest.FixtureRequest, made: str, words: str, page: str) -> None:
    folder: Path = request.getfixturevalue(made)
    read("report")
    assert words in (folder / page).read_text(encoding="utf-8")


@pytest.mark.parametrize(("made", "state"), [("under_way", "under way"), ("cut_off", "cut off")])
@pytest.mark.parametrize("with_digest", [False, True])
def test_the_list_of_runs_has_it(request: pytest.FixtureRequest, made: str, state: str, *, with_digest: bool) -> None:
    request.getfixturevalue(made)
    if with_digest:
        read("report")
    listed = {each["run"]: each["state"] for each in json.loads(say("list", "runs", "--json").out)}
    assert listed.pop("begun") == state, "by its folder's name, as everywhere"
    assert list(listed.values()) == ["finished"]


@pytest.mark.parametrize(("made", "state"), [("under_way", "under way"), ("cut_off", "cut off")])
def test_the_history_has_it(request: pytest.FixtureRequest, made: str, state: str) -> None:
    request.getfixturevalue(made)
    (line,) = [line for line in say("history").out.splitlines() if line.startswith("begun")]
    assert f"  {state}  " in line


@pytest.mark.parametrize("command", [("run",), ("ab",)], ids=" ".join)
def test_a_run_under_way_is_not_resumed_whatever_else_is_wrong(under_way: Path, command: tuple[str, ...]) -> None:
    said = say(*command, "--resume", "begun", "--apps-dir", str(under_way))
    assert said.code != ExitCode.OK
    assert f"begun is still being measured (round 2 of 3, process {os.getpid()})" in said.err
    assert "--apps-dir" not in said.err


def test_a_run_under_way_is_not_added_to_a_history(under_way: Path) -> None:
    said = say("history", "--append", "h.jsonl", "begun")
    assert said.code == ExitCode.USAGE
    assert "still being measured" in said.err
    assert under_way.is_dir()


def test_a_claim_that_waits_for_a_run_under_way_says_so(under_way: Path) -> None:
    assert "the run is under way, and has not measured" in read("claims").out
    assert under_way.is_dir()


WORDS = pytest.mark.parametrize(("made", "word"), [("under_way", "to come"), ("cut_off", "not reached")])
"""What cells are called that a run in each state has not come to."""


@WORDS
def test_a_comparison_calls_what_a_run_has_not_come_to_as_all_others_do(
    request: pytest.FixtureRequest, made: str, word: str
) -> None:
    request.getfixturevalue(made)
    for names, side in ((("finished", "begun"), "B"), (("begun", "finished"), "A")):
        found = json.loads(say("compare", "--force", *names, "--json").out)["changes"]
        told = {(each["outcome"], each["reason"]) for each in found if each["cell"]["subject"]["app"] == "django"}
        assert told == {("not measured", f"in {side}: {word}")}
        assert "invalid" not in {each["outcome"] for each in found}


@WORDS
def test_a_comparison_within_a_run_does_too(reports: Path, made: str, word: str) -> None:
    both = Simulation({FLASK: 2_000, subject("flask@main"): 1_500}, rounds=ROUNDS).recorded()
    header = both.run.model_copy(update={"finished_at": None})
    windows = tuple(each for each in both.windows if "@" not in each.cell)
    with closing(written(reports, "begun", both.model_copy(update={"run": header, "windows": windows}))) as writer:
        if made == "cut_off":
            writer.close()
        found = json.loads(say("compare", "begun", "--json").out)
    assert {(each["outcome"], each["reason"]) for each in found["changes"]} == {("not measured", f"in A: {word}")}
    assert [each["reason"] for each in found["apps"]] == [f"in A: {word}"]


def in_history() -> set[tuple[bool, str | None, str | None]]:
    """Of Django in the run that was begun: whether there is a value, why it is invalid, what it is if not measured."""
    found = set()
    for host in json.loads(say("history", "--json").out)["hosts"]:
        place = [each["name"] for each in host["runs"]].index("begun")
        for series in host["series"]:
            own = [each for each in series["points"] if each["run"] == place]
            if series["cell"]["subject"]["app"] == "django":
                found |= {(each["estimate"] is not None, each["reason"], each["unmeasured"]) for each in own}
    return found


@WORDS
def test_a_history_does_too(request: pytest.FixtureRequest, made: str, word: str) -> None:
    request.getfixturevalue(made)
    assert in_history() == {(False, None, word)}


def test_a_history_goes_by_what_the_run_is_now_and_not_by_what_it_was_as_its_digest_was_kept(reports: Path) -> None:
    with closing(written(reports, "begun", begun())):
        read("report")
        assert in_history() == {(False, None, "to come")}
    assert in_history() == {(False, None, "not reached")}


@WORDS
def test_a_run_that_has_come_to_no_cell_is_in_no_series_for_that(reports: Path, made: str, word: str) -> None:
    with closing(written(reports, "begun", begun().model_copy(update={"windows": (), "rounds_complete": 0}))) as writer:
        if made == "cut_off":
            writer.close()
        assert f"in no series: begun: every cell of it is {word}" in say("history").out


def test_the_list_of_runs_calls_it_not_reached_whatever_becomes_of_the_run(cut_off: Path, reports: Path) -> None:
    read("report")
    page = (reports / "index.html").read_text(encoding="utf-8")
    assert "<td>not reached<td" in page
    assert "<td>invalid" not in page
    assert cut_off.is_dir()


@WORDS
def test_a_ranking_that_a_run_has_not_come_to_is_not_one_without_a_valid_cell(
    reports: Path, made: str, word: str
) -> None:
    whole = Simulation({FLASK: 2_000, DJANGO: 1_500}, rounds=ROUNDS, latency_windows=1).recorded()
    header = whole.run.model_copy(update={"finished_at": None})
    windows = tuple(each for each in whole.windows if ":latency:" not in each.cell)
    recorded = whole.model_copy(update={"run": header, "windows": windows, "rounds_complete": 1})
    with closing(written(reports, "begun", recorded)) as writer:
        if made == "cut_off":
            writer.close()
        shown = read("show").out
    assert f"\nlatency of json at the common rate, p99 as met, us\n{word}\n" in shown
    assert "no valid cell" not in shown
