"""Runs of feeds with known counts."""

from collections.abc import Mapping, Sequence

from harness.histogram import Histogram
from harness.model.app import Endpoint
from harness.model.cell import Cell, Subject, Workload
from harness.model.crowds.feed import FeedReport
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import started
from tests.unit.results.sample import deployment, run_of, window_of

ASKED = 100
DUE = 600


def fed(held: Mapping[Subject, Sequence[int]], **changes: object) -> RecordedRun:
    """So many of 100 subscribers held by each subject, round by round; each of them had every event."""
    cells = {
        each: Cell(subject=each, endpoint=Endpoint.FEED, workload=Workload.FEED, connections=ASKED) for each in held
    }
    windows = [
        window_of(cells[each], round_index=index, feed=feed_report(count, **changes))
        for each, counts in held.items()
        for index, count in enumerate(counts)
    ]
    rounds = max(map(len, held.values()))
    return RecordedRun(
        run=run_of(tuple(cells.values()), rounds=rounds, deployments=tuple(map(deployment, held))),
        windows=tuple(windows),
        starts=tuple(started(each, index) for each, counts in held.items() for index in range(len(counts))),
        rounds_complete=rounds,
    )


def feed_report(held: int, **changes: object) -> FeedReport:
    delivered = held * DUE // ASKED
    return FeedReport(
        duration_ns=6_000_000_000,
        opening_ns=1,
        asked=ASKED,
        held=held,
        served=held,
        dropped=0,
        late_comers=0,
        unanswered=ASKED - held,
        refused=0,
        untried=0,
        due=DUE,
        delivered=delivered,
        late=0,
        missing=DUE - delivered,
        disordered=0,
        unreadable=0,
        events_total=delivered,
        lag=Histogram().encode(),
        generator_cpu_ns=1,
        generator_run_delay_ns=0,
    ).model_copy(update=changes)
