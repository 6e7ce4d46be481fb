"""Every event of a feed that was due is delivered, late or missing, and none is counted twice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.load.crowds.accounts import Integers, Stretch

MS = 1_000_000
INTERVAL_NS = 1_000 * MS
STRETCH = Stretch(opens_ns=10_000 * MS, closes_ns=13_000 * MS, interval_ns=INTERVAL_NS, limit_ns=500 * MS)


def stream(place: int, first_ns: int, numbers: range, lag_ns: int = 0) -> list[tuple[int, int, int]]:
    return [(place, number, first_ns + (number - 1) * INTERVAL_NS + lag_ns) for number in numbers]


def rows(*streams: list[tuple[int, int, int]]) -> Integers:
    return np.array([row for each in streams for row in each], dtype=np.int64).reshape(-1, 3)


def test_a_punctual_subscriber_is_due_as_many_events_as_fit_and_gets_them() -> None:
    found = STRETCH.accounts(rows(stream(0, 9_300 * MS, range(1, 7))), 1)
    assert (found.due[0], found.delivered[0], found.late[0]) == (3, 3, 0)
    assert found.lag.total == 3
    assert found.lag.value_at(1.0) == 0


def test_an_event_is_late_by_the_stream_s_own_most_punctual_one() -> None:
    punctual, late = stream(0, 9_300 * MS, range(1, 3)), stream(0, 9_300 * MS, range(3, 7), lag_ns=600 * MS)
    found = STRETCH.accounts(rows(punctual, late), 1)
    # Numbers 2, 3 and 4 are due within the stretch.
    assert (found.due[0], found.delivered[0], found.late[0]) == (3, 1, 2)
    assert found.lag.value_at(1.0) == pytest.approx(600 * MS, rel=0.001)


def test_what_did_not_come_is_missing_and_what_came_twice_counts_once() -> None:
    came = stream(0, 9_300 * MS, range(1, 3)) + stream(0, 9_300 * MS, range(4, 7))
    found = STRETCH.accounts(rows(came, stream(0, 9_300 * MS, range(2, 3))), 1)
    assert (found.due[0], found.delivered[0], found.late[0]) == (3, 2, 0)


def test_who_got_nothing_was_due_as_many_as_the_others() -> None:
    found = STRETCH.accounts(rows(stream(0, 9_300 * MS, range(1, 7))), 3)
    assert found.due.tolist() == [3, 3, 3]
    assert found.delivered.tolist() == [3, 0, 0]
    assert STRETCH.accounts(rows(), 2).due.tolist() == [3, 3]


def test_who_came_late_was_due_from_the_start() -> None:
    found = STRETCH.accounts(rows(stream(0, 11_500 * MS, range(1, 4))), 1)
    assert (found.due[0], found.delivered[0]) == (3, 2)


@given(
    firsts=st.lists(st.integers(0, 12_000), min_size=1, max_size=5),
    lags=st.lists(st.integers(0, 2_000), min_size=1, max_size=20),
    dropped=st.sets(st.integers(1, 14)),
)
def test_nothing_is_lost_and_nothing_is_invented(firsts: list[int], lags: list[int], dropped: set[int]) -> None:
    streams = [
        [
            (place, number, (first + (number - 1) * 1_000 + lags[number % len(lags)]) * MS)
            for number in range(1, 15)
            if number not in dropped
        ]
        for place, first in enumerate(firsts)
    ]
    found = STRETCH.accounts(rows(*streams), len(firsts))
    assert (found.due == 3).all()
    assert (found.delivered + found.late <= found.due).all()
    assert found.lag.total == (found.delivered + found.late).sum()
