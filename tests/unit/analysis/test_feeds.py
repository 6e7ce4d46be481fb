"""Feeds of which nothing was held say 0 and nothing else; what stands for it in a logarithm is never shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.analysis.analyse import analyse
from harness.analysis.counts import estimate_over_rounds
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
    held = finding(0, 60, 30).held
    assert held is not None
    assert held.value == pytest.approx(30)
    assert held.low == 0
    assert held.high == pytest.approx(30 + 4.302653 * 30 / 3**0.5)


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
