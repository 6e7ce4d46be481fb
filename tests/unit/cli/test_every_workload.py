"""Whatever a run measured is told, or named as left out: in the terminal, the summary, comparisons, histories and data.

By the list of workloads itself, so that no new one can be forgotten.
"""

from pathlib import Path

import pytest

from harness.comparison.across import compare
from harness.comparison.sentences import apart_rows, compared_changes, markdown, notes, rows
from harness.comparison.summarise import summarise
from harness.history.assemble import assemble
from harness.history.digest import make_digest
from harness.history.file import append, read
from harness.model.cell import Workload
from harness.model.comparison import METRICS_OF, NOT_COMPARED, RunComparison, RunSummary
from harness.report.publish import publish
from harness.report.view.history import history_lines
from harness.report.view.provenance import DATA_FILES
from harness.results.folder import read_run
from harness.results.frames import CSV_FILE, WITHOUT_WINDOWS, window_frame
from tests.saying import say
from tests.unit.results.whole_run import write

RANKED = {
    Workload.CAPACITY: ("capacity of json, requests/s", "Capacity on json"),
    Workload.LATENCY: ("latency of json at the common rate, ", "Latency on json at the common rate"),
}
"""How the heading of a ranking begins in the terminal, and in the summary."""

HEADINGS = {
    Workload.CONCURRENCY: "Throughput on json by connections, requests/s",
    Workload.ROUTES: "Many routes",
    Workload.WORKERS: "More server processes",
    Workload.WAITING: "Requests that wait 100 ms",
    Workload.LIMIT: "Highest rate on json with a p99 under 10 ms",
    Workload.IDLE: "CPU time on json at 10 requests/s",
    Workload.FEED: "Feeds",
    Workload.CHAT: "Chats",
    Workload.FOOTPRINT: "Memory and start-up: medians, and lowest to highest",
}
"""Of those that no ranking has."""

SUMMED_UP = {
    Workload.CONCURRENCY: "Throughput on json with 512 connections",
    Workload.ROUTES: "Throughput kept with 1,000 other routes",
    Workload.WORKERS: "Throughput kept with 2 processes",
    Workload.WAITING: "Requests in flight of 512 that wait",
    Workload.LIMIT: "Highest rate on json with a p99 under 10 ms",
    Workload.IDLE: "Server CPU in a second on json, at 10 requests/s",
    Workload.FEED: "Subscribers held",
    Workload.CHAT: "Members served in rooms of 10",
    Workload.FOOTPRINT: "Idle memory",
}
"""What their sentence is about."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = write(tmp_path_factory.mktemp("reports") / "run")
    publish(made)
    return made


@pytest.fixture(scope="module")
def two(folder: Path) -> tuple[RunSummary, RunSummary]:
    summary = summarise(read_run(folder), "a")
    return summary, summary.model_copy(update={"run_id": "another", "name": "b"})


@pytest.fixture(scope="module")
def compared(two: tuple[RunSummary, RunSummary]) -> RunComparison:
    return compare(*two)


def table_below(heading: str, text: str) -> list[str]:
    """The lines from a heading to the next empty line; in Markdown an empty line follows the heading."""
    below = text.split(f"\n{heading}\n", 1)[1].lstrip("\n")
    return below.split("\n\n", 1)[0].splitlines()


@pytest.mark.parametrize("workload", Workload)
def test_its_figures_are_shown_in_the_terminal(workload: Workload, folder: Path) -> None:
    said = say("show", str(folder))
    assert said.code == 0, said.err
    if workload in RANKED:
        assert f"\n{RANKED[workload][0]}" in said.out
        return
    head, first, *_ = table_below(HEADINGS[workload], said.out)
    assert head.split()[:2] == ["app", "deployment"]
    assert first.split()[0] in {"flask", "fastapi"}
    assert f"\n{SUMMED_UP[workload]}: " in f"\n{said.out}"


@pytest.mark.parametrize("workload", Workload)
def test_its_figures_stand_in_the_summary(workload: Workload, folder: Path) -> None:
    text = (folder / "summary.md").read_text()
    found = text.partition("## What was found")[2].partition("\n#")[0]
    if workload in RANKED:
        assert f"\n## {RANKED[workload][1]}" in text
        assert "\n- **json" in found
        return
    head, dashes, first, *_ = table_below(f"## {HEADINGS[workload]}", text)
    assert head.startswith("| app | deployment | ")
    assert dashes.startswith("|---|---|---:|")
    assert first.startswith(("| flask |", "| fastapi |"))
    assert f"\n- **{SUMMED_UP[workload]}**: " in found


@pytest.mark.parametrize("workload", SUMMED_UP)
def test_it_is_among_the_first_words_of_the_report(workload: Workload, folder: Path) -> None:
    screen = (folder / "index.html").read_text().partition("id=screen")[2].partition("</section>")[0]
    assert f"<dt>{SUMMED_UP[workload]}<dd>" in screen


@pytest.mark.parametrize("workload", Workload)
def test_it_is_compared_with_another_run_or_it_is_said_why_not(workload: Workload, compared: RunComparison) -> None:
    told = len(rows(compared_changes(compared))) + len(apart_rows(compared))
    assert told == len(compared.changes)
    assert any(each.cell.workload is workload for each in compared.changes) is (workload in METRICS_OF)
    (said,) = (note for note in notes(compared) if note.startswith("Not compared: "))
    assert (workload.value in said.partition(", since")[0]) is (workload in NOT_COMPARED)
    assert (workload in METRICS_OF) is not (workload in NOT_COMPARED)
    assert "Not compared: " in markdown(compared)


@pytest.mark.parametrize("workload", Workload)
def test_it_is_in_a_history_or_it_is_said_why_not(
    workload: Workload, two: tuple[RunSummary, RunSummary], tmp_path: Path
) -> None:
    for each in two:
        append(tmp_path / "history.jsonl", each)
    history = assemble(read(tmp_path / "history.jsonl"))
    (host,) = history.hosts
    assert any(series.cell.workload is workload for series in host.series) is (workload in METRICS_OF)
    (said,) = (line.partition(" In no series: ")[2] for line in history_lines(history) if "In no series" in line)
    assert (workload.value in said.partition(", since")[0]) is (workload in NOT_COMPARED)


@pytest.mark.parametrize("workload", Workload)
def test_it_is_in_the_digest_and_in_the_data_or_it_is_said_why_not(workload: Workload, folder: Path) -> None:
    recorded = read_run(folder)
    assert workload in make_digest(recorded, "run").workloads
    frame = window_frame(recorded)
    own = frame[frame["workload"] == workload.value]
    assert own.empty is (workload in WITHOUT_WINDOWS)
    figures = own[["throughput_rps", "held"]].notna().any(axis=1)
    assert figures.any() or workload in WITHOUT_WINDOWS
    assert (workload.value in DATA_FILES[CSV_FILE].casefold()) is (workload in WITHOUT_WINDOWS)


def test_what_many_routes_cost_is_told_with_both_throughputs_and_the_share_that_is_kept(folder: Path) -> None:
    head, row, *more = table_below("Many routes", say("show", str(folder)).out)
    assert [each.strip() for each in head.split("  ") if each] == [
        "app", "deployment", "with", "usual, requests/s", "with them, requests/s", "kept, %",
    ]  # fmt: skip
    assert "1,000 other routes" in row
    assert more == []
