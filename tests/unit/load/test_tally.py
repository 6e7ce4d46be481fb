"""What belongs to the counted stretch, and what does not."""

import pytest

from harness.load.tally import WindowTally
from harness.model.window import Failure, Mode

OPENS_NS, CLOSES_NS = 1000, 2000


def test_closed_mode_counts_what_completes_within_the_stretch() -> None:
    """The stretch includes its first instant and not its last one; when a request was sent does not matter."""
    tally = WindowTally(Mode.CLOSED, OPENS_NS, CLOSES_NS)
    for sent_ns, done_ns in ((900, 999), (900, 1000), (1100, 1500), (1100, 1999), (1100, 2000)):
        tally.samples.extend((sent_ns, sent_ns, done_ns))
    tally.fold()
    assert tally.responses == tally.latency.total == 3
    assert tally.latency_sum_ns == 100 + 400 + 899


def test_open_mode_counts_what_was_intended_within_the_stretch() -> None:
    """Whenever it was sent and completed; the latency runs from the intended time."""
    tally = WindowTally(Mode.OPEN, OPENS_NS, CLOSES_NS)
    for intended_ns, sent_ns, done_ns in (
        (999, 1500, 1600),
        (1000, 1500, 1600),
        (1999, 5000, 9000),
        (2000, 2000, 2001),
    ):
        tally.offered(intended_ns)
        tally.samples.extend((intended_ns, sent_ns, done_ns))
    tally.fold()
    assert tally.responses == tally.arrivals == 2
    assert tally.completed_in_time == 2
    assert tally.latency_sum_ns == 600 + 7001
    assert tally.schedule_lag.buckets() == [(500, 1), (3001, 1)]
    assert tally.service_time.buckets() == [(100, 1), (4001, 1)]


def test_open_mode_keeps_when_each_request_that_counts_was_due() -> None:
    """From the beginning of the stretch, in the order of arrival, whichever batch and order they were answered in."""
    tally = WindowTally(Mode.OPEN, OPENS_NS, CLOSES_NS)
    for batch in ([(1500, 1500, 9000), (999, 1500, 1600)], [(1000, 1500, 1600)], []):
        for times in batch:
            tally.samples.extend(times)
        tally.fold()
    log = tally.arrival_log()
    assert (log.arrivals_ns.tolist(), log.latencies_ns.tolist()) == ([0, 500], [600, 7500])


def test_closed_mode_keeps_no_arrivals() -> None:
    tally = WindowTally(Mode.CLOSED, OPENS_NS, CLOSES_NS)
    tally.samples.extend((1100, 1100, 1500))
    tally.fold()
    assert not tally.answered


@pytest.mark.parametrize(
    ("failure", "now_ns", "sent_ns", "counts"),
    [
        (Failure.STATUS, 1500, 900, True),
        (Failure.STATUS, 999, 900, False),
        (Failure.STATUS, 2000, 1500, False),
        (Failure.TIMEOUT, 2500, 1500, True),
        (Failure.TIMEOUT, 2500, 2100, False),
        (Failure.CLOSED_EARLY, 2500, 1500, True),
        (Failure.CLOSED_EARLY, 2500, 900, True),
        (Failure.CLOSED_EARLY, 2500, 2000, False),
        (Failure.MALFORMED, 2500, 1500, True),
        (Failure.MALFORMED, 2500, 0, False),
        (Failure.WRONG_BODY, 2500, 1500, False),
        (Failure.CONNECT, 2500, 1500, True),
        (Failure.CONNECT, 2500, 2100, False),
        (Failure.CONNECT, 1500, 0, True),
        (Failure.CONNECT, 2500, 0, False),
    ],
)
def test_closed_mode_failures(failure: Failure, now_ns: int, sent_ns: int, *, counts: bool) -> None:
    """Failures within the stretch count, and requests of the stretch that were never answered."""
    tally = WindowTally(Mode.CLOSED, OPENS_NS, CLOSES_NS)
    tally.failed(failure, now_ns, sent_ns, "why")
    assert tally.failures.total() == counts
    assert tally.first_failure == (f"{failure.value}: why" if counts else None)


@pytest.mark.parametrize(("intended_ns", "counts"), [(999, False), (1000, True), (1999, True), (2000, False)])
def test_open_mode_failures_belong_to_when_they_were_due(intended_ns: int, *, counts: bool) -> None:
    """So that responses and failures add up to what was offered."""
    tally = WindowTally(Mode.OPEN, OPENS_NS, CLOSES_NS)
    tally.failed(Failure.TIMEOUT, 9999, intended_ns, "")
    assert tally.failures.total() == counts


def test_first_failure_is_kept_and_cut() -> None:
    """At most 300 characters of the first one."""
    tally = WindowTally(Mode.CLOSED, OPENS_NS, CLOSES_NS)
    tally.failed(Failure.STATUS, 1500, 1400, "x" * 1000)
    tally.failed(Failure.WRONG_BODY, 1500, 1400, "later")
    assert tally.first_failure == ("status: " + "x" * 1000)[:300]


def test_wrong_statuses_are_counted_one_by_one_where_the_answer_has_one() -> None:
    tally = WindowTally(Mode.CLOSED, OPENS_NS, CLOSES_NS)
    for excerpt in ("HTTP/1.1 500 Internal Server Error", "HTTP/1.1 503 Busy", "HTTP/1.1 500", "HTTP/1.1 no status"):
        tally.failed(Failure.STATUS, 1500, 1200, excerpt)
    tally.failed(Failure.WRONG_BODY, 1500, 1200, "HTTP/1.1 200 OK stale")
    tally.failed(Failure.STATUS, 2500, 2200, "HTTP/1.1 500 after the stretch")
    assert tally.statuses == {500: 2, 503: 1}
    assert tally.failures == {Failure.STATUS: 4, Failure.WRONG_BODY: 1}
