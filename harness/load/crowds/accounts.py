"""Which events of a feed were due in a stretch, and what became of each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.histogram import Histogram

type Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Accounts:
    """Counts of events by subscriber, and the lag of all that came."""

    due: Integers
    delivered: Integers
    """Within the limit."""
    late: Integers
    """Beyond it."""
    lag: Histogram


@dataclass(frozen=True)
class Stretch:
    """The counted stretch, from `opens_ns` up to, not including, `closes_ns`."""

    opens_ns: int
    closes_ns: int
    interval_ns: int
    limit_ns: int

    def accounts(self, events: Integers, subscribers: int) -> Accounts:
        """Account for the events due to so many subscribers.

        Args:
            events: One row for each event that came: subscriber's place, number of the event, time of arrival in ns.
            subscribers: How many were asked for. Those without any event were due as many as fit into the stretch.
        """
        fitting = (self.closes_ns - self.opens_ns) // self.interval_ns
        due = np.full(subscribers, fitting, dtype=np.int64)
        delivered, late = np.zeros((2, subscribers), dtype=np.int64)
        lag = Histogram()
        if not len(events):
            return Accounts(due, delivered, late, lag)
        place, number, came_ns = events.T
        # When the first event would have come, had it been as punctual as the most punctual one.
        began_ns = np.full(subscribers, np.iinfo(np.int64).max)
        np.minimum.at(began_ns, place, came_ns - (number - 1) * self.interval_ns)
        known = np.unique(place)
        begun = began_ns[known]
        # Who came late was due as many as the others.
        due[known] = np.maximum(
            fitting, self._first_after(self.closes_ns, begun) - self._first_after(self.opens_ns, begun)
        )
        # An event that is sent twice is one that was due once.
        _, once = np.unique(events[:, :2], axis=0, return_index=True)
        place, number, came_ns = events[once].T
        due_ns = began_ns[place] + (number - 1) * self.interval_ns
        ours = (due_ns >= self.opens_ns) & (due_ns < self.closes_ns) & (number >= 1)
        lags_ns = (came_ns - due_ns)[ours]
        in_time = lags_ns <= self.limit_ns
        np.add.at(delivered, place[ours][in_time], 1)
        np.add.at(late, place[ours][~in_time], 1)
        lag.record_many(lags_ns)
        return Accounts(due, delivered, late, lag)

    def _first_after(self, at_ns: int, began_ns: Integers) -> Integers:
        """The number, less one, of the first event due at `at_ns` or later."""
        return np.maximum(0, -((began_ns - at_ns) // self.interval_ns))
