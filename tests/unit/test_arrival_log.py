"""Requests as text: what comes back is what was put in, as far as it is kept."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.arrival_log import ArrivalLog

requests = st.lists(st.tuples(st.integers(0, 10**11), st.integers(1, 4 * 10**11)), max_size=60)


@given(given_requests=requests)
@settings(deadline=None)
def test_requests_come_back_in_the_order_of_their_arrival(given_requests: list[tuple[int, int]]) -> None:
    arrivals, latencies = np.array(given_requests, dtype=np.int64).reshape(-1, 2).T
    kept = ArrivalLog.of(arrivals, latencies)
    found = ArrivalLog.decode(kept.encode())
    assert np.abs(found.arrivals_ns - np.sort(arrivals)).max(initial=0) <= 5_000
    assert np.all(np.abs(found.latencies_ns - kept.latencies_ns) <= np.maximum(kept.latencies_ns * 0.005, 50))


def test_it_takes_less_than_five_characters_a_request() -> None:
    generator = np.random.default_rng(1)
    arrivals = np.cumsum(generator.exponential(1e6, 2_000)).astype(np.int64)
    latencies = (1e6 * generator.lognormal(0, 0.5, 2_000)).astype(np.int64)
    assert len(ArrivalLog.of(arrivals, latencies).encode()) < 5 * 2_000


@pytest.mark.parametrize("text", ["", "no base64!", "aGVsbG8=", "eJwDAAAAAAE"])
def test_what_is_no_arrival_log_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no encoded arrival log"):
        ArrivalLog.decode(text)
