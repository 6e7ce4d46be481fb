"""Feeds of which nothing was held say 0 and nothing else; what stands for it in a logarithm is never shown."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.analysis.analyse import analyse
from harness.analysis.counts import estimate_over_rounds
from harness.histogram import Histogram
from harness.model.findings import CrowdFinding, Estimate
from tests.unit.analysis.fed import fed
from tests.unit.analysis.simulate import meter, subject

NONE = Estimate(value=0.0, low=0.0, high=0.0)


def finding(*held: int, **changes: object) -> CrowdFinding:
    (found,) = analyse(fed({subject("flask"): held}, **changes)).feeds
    return found


def test_where_no_round_held_any_the_estimate_is_zero() -> None:
    found = finding(0, 0, 0)
    assert found.valid
    assert (found.held, found.served, found.delivered_share) == (NONE, NONE, NONE)


def test_where_some_rounds_held_none_it_is_the_mean_of_all() -> None:
    held = finding(0, 40, 20).held
    assert held is not None
    assert held.value == pytest.approx(20)
    assert held.low == 0
    assert held.high == pytest.approx(20 + 4.302653 * 20 / 3**0.5)


def test_no_interval_reaches_beyond_those_who_asked() -> None:
    """Of two unlike rounds, a logarithm's interval reaches from nothing to anything."""
    for counts in ((100, 40), (100, 0), (10, 90)):
        found = finding(*counts)
        for estimate, most in ((found.held, 100), (found.served, 100), (found.delivered_share, 1.0)):
            assert estimate is not None
            assert 0 <= estimate.low < estimate.value < estimate.high == most
    whole = finding(100, 100).held
    assert whole is not None
    assert (whole.low, whole.high) == pytest.approx((100, 100))


def test_the_p99_of_lags_is_told_by_the_median_of_the_rounds_and_their_range() -> None:
    recorded = fed({subject("flask"): (60, 60, 60)})
    windows = tuple(
        window.model_copy(update={"feed": window.feed and window.feed.model_copy(update={"lag": lags(ms)})})
        for window, ms in zip(recorded.windows, (700, 4, 30), strict=True)
    )
    (found,) = analyse(recorded.model_copy(update={"windows": windows})).feeds
    lag = found.lag_p99_us
    assert lag is not None
    assert (lag.low, lag.value, lag.high) == pytest.approx((4e3, 30e3, 700e3), rel=0.01)


def lags(ms: int) -> str:
    lag = Histogram()
    lag.record_many(np.array([ms * 1_000_000]))
    return lag.encode()


@given(st.lists(st.integers(0, 1_000), max_size=6))
@settings(deadline=None)
def test_an_estimate_lies_between_the_least_and_the_most_of_all_rounds(counts: list[int]) -> None:
    found = estimate_over_rounds(dict(enumerate(map(float, counts))))
    if not counts:
        assert found is None
        return
    assert found is not None
    assert min(counts) - 1e-6 <= found.value <= max(counts) + 1e-6
    assert 0 <= found.low <= found.value <= found.high
    assert (found.high == 0) is (not any(counts))


def test_events_that_are_none_of_the_contract_s_make_it_invalid_and_are_told() -> None:
    found = finding(0, unreadable=100, first_failure="wrong_body: an event with id 1 and data tick")
    assert not found.valid
    assert found.held is None
    assert any(
        "100 events that were none of the contract's (wrong_body: an event" in reason for reason in found.reasons
    )


def test_runs_that_did_not_count_them_say_so() -> None:
    assert finding(100, unreadable=None).unreadable is None
    assert finding(100).unreadable == 0


def test_a_window_whose_cpu_time_was_not_seen_does_not_make_events_free() -> None:
    """A reader that came to its turn after the load had ended saw a server at rest, and 0.0 us an event were shown."""

    def cost(*server_shares: float) -> Estimate | None:
        recorded = fed({subject("flask"): (60,) * len(server_shares)})
        windows = tuple(
            window.model_copy(update={"meter": meter(share)})
            for window, share in zip(recorded.windows, server_shares, strict=True)
        )
        (found,) = analyse(recorded.model_copy(update={"windows": windows})).feeds
        return found.server_cpu_us_per_event

    assert cost(0.0, 0.0) is None
    assert cost(0.3, 0.0, 0.3) == cost(0.3, 0.3)
