"""Whatever a run measured stands in the terminal and in the summary, and not only on the page."""

from pathlib import Path

import pytest

from harness.model.cell import Workload
from harness.report.publish import publish
from tests.saying import say
from tests.unit.results.whole_run import write

HEADINGS = {
    Workload.CONCURRENCY: "Throughput on json by connections, requests/s",
    Workload.ROUTES: "Many routes",
    Workload.WAITING: "Requests that wait 100 ms",
    Workload.LIMIT: "Highest rate on json with a p99 under 10 ms",
    Workload.IDLE: "CPU time on json at 10 requests/s",
    Workload.FEED: "Feeds",
    Workload.FOOTPRINT: "Memory and start-up: medians, and lowest to highest",
}
"""Of those that no ranking has, and that the run holds."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = write(tmp_path_factory.mktemp("reports") / "run")
    publish(made)
    return made


def table_below(heading: str, text: str) -> list[str]:
    """The lines from a heading to the next empty line; in Markdown an empty line follows the heading."""
    below = text.split(f"{heading}\n", 1)[1].lstrip("\n")
    return below.split("\n\n", 1)[0].splitlines()


@pytest.mark.parametrize("workload", HEADINGS)
def test_its_figures_are_shown_in_the_terminal(workload: Workload, folder: Path) -> None:
    said = say("show", str(folder))
    assert said.code == 0, said.err
    head, first, *_ = table_below(HEADINGS[workload], said.out)
    assert head.split()[:2] == ["app", "deployment"]
    assert first.split()[0] in {"flask", "fastapi"}


@pytest.mark.parametrize("workload", HEADINGS)
def test_its_figures_stand_in_the_summary(workload: Workload, folder: Path) -> None:
    head, dashes, first, *_ = table_below(f"## {HEADINGS[workload]}", (folder / "summary.md").read_text())
    assert head.startswith("| app | deployment | ")
    assert dashes.startswith("|---|---|---:|")
    assert first.startswith(("| flask |", "| fastapi |"))


def test_what_many_routes_cost_is_told_with_both_throughputs_and_the_share_that_is_kept(folder: Path) -> None:
    head, row, *more = table_below("Many routes", say("show", str(folder)).out)
    assert [each.strip() for each in head.split("  ") if each] == [
        "app", "deployment", "with", "usual, requests/s", "with them, requests/s", "kept, %",
    ]  # fmt: skip
    assert "1,000 other routes" in row
    assert more == []
