"""The time of requests under way within a stretch, from what was counted of it and what was open at its ends."""

import numpy as np
import pytest

from harness.load.merge import merge_reports
from harness.load.tally import WindowTally
from harness.model.window import Failure, Mode
from tests.unit.load.test_merge import report

OPENS_NS, CLOSES_NS = 10_000, 20_000


def accounted_ns(tally: WindowTally) -> int:
    return tally.latency_sum_ns + tally.failed_ns + tally.open_at_end_ns - tally.open_at_start_ns


def within_ns(sent_ns: int, ended_ns: int) -> int:
    return max(0, min(ended_ns, CLOSES_NS) - max(sent_ns, OPENS_NS))


@pytest.mark.parametrize(
    ("sent_ns", "ended_ns"),
    [
        (9_000, 9_999),
        (9_000, 10_000),
        (9_000, 12_000),
        (10_000, 12_000),
        (12_000, 15_000),
        (15_000, 20_000),
        (15_000, 25_000),
        (9_000, 25_000),
        (20_000, 25_000),
    ],
)
@pytest.mark.parametrize("failure", [None, Failure.STATUS, Failure.TIMEOUT])
def test_of_each_request_the_part_within_the_stretch_is_accounted_for(
    sent_ns: int, ended_ns: int, failure: Failure | None
) -> None:
    """Whether it was answered or failed, and at whichever side of an edge it began and ended."""
    tally = WindowTally(Mode.CLOSED, OPENS_NS, CLOSES_NS)
    if failure is None:
        tally.samples.extend((sent_ns, sent_ns, ended_ns))
        tally.fold()
    else:
        tally.failed(failure, ended_ns, sent_ns, "")
    assert accounted_ns(tally) == within_ns(sent_ns, ended_ns)


def test_connections_that_are_never_idle_are_accounted_for_to_the_nanosecond() -> None:
    """However the batches that are folded fall."""
    generator = np.random.default_rng(1)
    tally = WindowTally(Mode.CLOSED, OPENS_NS, CLOSES_NS)
    connections = 7
    edges = [np.cumsum(generator.integers(1, 5_000, 60)).tolist() for _ in range(connections)]
    requests = sorted(
        (ended_ns, sent_ns) for each in edges for sent_ns, ended_ns in zip([0, *each], each, strict=False)
    )
    assert all(each[-1] > CLOSES_NS for each in edges)
    for place, (ended_ns, sent_ns) in enumerate(requests):
        tally.samples.extend((sent_ns, sent_ns, ended_ns))
        if place % 5 == 0:
            tally.fold()
    tally.fold()
    assert accounted_ns(tally) == connections * (CLOSES_NS - OPENS_NS)


def test_a_connection_that_could_not_be_opened_carried_no_request() -> None:
    tally = WindowTally(Mode.CLOSED, OPENS_NS, CLOSES_NS)
    tally.failed(Failure.CONNECT, 15_000, 0, "refused")
    assert accounted_ns(tally) == 0


def test_the_parts_of_several_workers_add_up_and_are_missing_where_one_has_none() -> None:
    part = report([5, 6], failed_ns=1, open_at_start_ns=20, open_at_end_ns=300)
    merged = merge_reports([("a/0", part), ("b/1", part)], skew_ns=0)
    assert (merged.failed_ns, merged.open_at_start_ns, merged.open_at_end_ns) == (2, 40, 600)
    merged = merge_reports([("a/0", part), ("b/1", report([7]))], skew_ns=0)
    assert (merged.failed_ns, merged.open_at_start_ns, merged.open_at_end_ns) == (None, None, None)
