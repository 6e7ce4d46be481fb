"""What a server wrote last is recorded when requests fail, and not otherwise."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from harness.measure.crew import Crew
from harness.measure.round import Round
from harness.measure.run_context import RunContext
from harness.model.app import Endpoint
from harness.model.cell import Cell, Workload
from harness.model.run import Start, Window
from harness.model.window import Failure
from tests.unit.analysis.simulate import closed_report, started, subject
from tests.unit.results.sample import window_of

FLASK = subject("flask")
HEALTHY: dict[str, Any] = {}
FAILING: dict[str, Any] = {"failures": {Failure.STATUS: 755}, "responses": 27}


def cell_on(endpoint: Endpoint) -> Cell:
    return Cell(subject=FLASK, endpoint=endpoint, workload=Workload.CAPACITY, connections=32)


def judged(*windows: tuple[Endpoint, dict[str, Any]]) -> list[str | None]:
    """The logs that were recorded as these windows went by, one after the other; each window writes a line."""
    written: list[str] = []
    recorded: list[Start] = []
    server = SimpleNamespace(alive=lambda: True, log_excerpt=lambda: "\n".join(written))
    context = SimpleNamespace(writer=SimpleNamespace(append=recorded.append), plan=None, progress=None)
    crew = Crew(cast("RunContext", context), 0)
    crew._servers = cast("Any", {FLASK: server})
    crew._starts[FLASK] = started(FLASK, 0)
    round_ = Round.__new__(Round)
    round_._database, round_._crew, round_._progress = None, crew, cast("Any", None)
    for endpoint, report in windows:
        written.append(f"{endpoint.value} {len(written)}")
        window: Window = window_of(
            cell_on(endpoint), round_index=0, report=closed_report(100, np.random.default_rng(1), **report)
        )
        assert round_._judge(cell_on(endpoint), window) == window
    return [start.log_excerpt for start in recorded]


@pytest.mark.parametrize(
    ("windows", "logs"),
    [
        ([(Endpoint.JSON, HEALTHY)], []),
        ([(Endpoint.JSON, HEALTHY), (Endpoint.JSON, FAILING)], ["json 0\njson 1"]),
        ([(Endpoint.JSON, FAILING), (Endpoint.JSON, FAILING)], ["json 0"]),
        ([(Endpoint.JSON, FAILING), (Endpoint.DB, FAILING)], ["json 0", "json 0\ndb 1"]),
    ],
    ids=["none failed", "at the first that failed", "once for an endpoint", "and for the next"],
)
def test_the_log_is_kept_as_it_was_when_requests_first_failed(
    windows: list[tuple[Endpoint, dict[str, Any]]], logs: list[str]
) -> None:
    assert judged(*windows) == logs


def test_a_server_that_is_given_up_without_a_log_keeps_the_one_it_had() -> None:
    recorded: list[Start] = []
    crew = Crew(cast("RunContext", SimpleNamespace(writer=SimpleNamespace(append=recorded.append))), 0)
    crew._starts[FLASK] = started(FLASK, 0, log_excerpt="what it wrote")
    crew.lose(FLASK, "the database ended by itself")
    assert (recorded[-1].fault, recorded[-1].log_excerpt) == ("the database ended by itself", "what it wrote")
