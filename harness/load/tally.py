"""What is counted: the engine reports every answer and failure to a tally, in batches."""

from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field
from typing import Final, override

import numpy as np
from numpy.typing import NDArray

from harness.arrival_log import ArrivalLog
from harness.histogram import Histogram
from harness.load.raw_response import status_of
from harness.model.window import Failure, Mode

_FIELDS: Final = 3
_FOLD_AT: Final = 4096 * _FIELDS
"""Samples are folded before they make up a pause: 4096 of them take about half a millisecond."""

FIRST_FAILURE_CHARACTERS: Final = 300

_UNANSWERED: Final = frozenset({Failure.TIMEOUT, Failure.CLOSED_EARLY, Failure.MALFORMED, Failure.CONNECT})
"""Failures of requests that were never answered. A wrong answer counts when it comes, as a right one does."""


class Tally(ABC):
    """Takes what happened, one right answer or failure at a time, and folds answers in batches."""

    def __init__(self) -> None:
        self.samples: list[int] = []
        """Intended, sent and done time of each right answer since the last fold, flat: the engine extends it."""

    def fold_if_full(self) -> None:
        """Fold once enough has come together."""
        if len(self.samples) >= _FOLD_AT:
            self.fold()

    def fold(self) -> None:
        """Count the samples and forget them."""
        if not self.samples:
            return
        times = np.array(self.samples, dtype=np.int64).reshape(-1, _FIELDS)
        self.samples.clear()
        self._count(times[:, 0], times[:, 1], times[:, 2])

    @abstractmethod
    def _count(self, intended: NDArray[np.int64], sent: NDArray[np.int64], done: NDArray[np.int64]) -> None:
        """Count right answers, given the three times of each in ns."""

    @abstractmethod
    def offered(self, intended_ns: int) -> None:
        """Count an arrival of the open loop."""

    @abstractmethod
    def failed(self, failure: Failure, now_ns: int, intended_ns: int, excerpt: str) -> None:
        """Count a failure. `intended_ns` is 0 where there was no request, only a connection that did not open."""

    @abstractmethod
    def reconnected(self, now_ns: int) -> None:
        """Count a connection that is opened again because the server had closed it."""

    @abstractmethod
    def interim(self, count: int, now_ns: int) -> None:
        """Count interim responses that came before a final one."""


@dataclass
class WindowTally(Tally):
    """Counts what belongs to the stretch from `opens_ns` up to, not including, `closes_ns`.

    Closed mode: what is completed within it; and requests that were under way when it ended and were never
    answered. Open mode: all requests intended within it, whenever they end.
    """

    mode: Mode
    opens_ns: int = 2**62
    closes_ns: int = 2**62
    latency: Histogram = field(default_factory=Histogram)
    service_time: Histogram = field(default_factory=Histogram)
    schedule_lag: Histogram = field(default_factory=Histogram)
    responses: int = 0
    latency_sum_ns: int = 0
    failed_ns: int = 0
    open_at_start_ns: int = 0
    open_at_end_ns: int = 0
    completed_in_time: int = 0
    failures: Counter[Failure] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    first_failure: str | None = None
    arrivals: int = 0
    reconnects: int = 0
    answered: list[NDArray[np.int64]] = field(default_factory=list)
    """Open mode: rows of intended times and latencies of what counts, a batch each."""
    interim_responses: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    @override
    def _count(self, intended: NDArray[np.int64], sent: NDArray[np.int64], done: NDArray[np.int64]) -> None:
        in_time = (done >= self.opens_ns) & (done < self.closes_ns)
        if self.mode is Mode.CLOSED:
            ours = in_time
            self.open_at_start_ns += _under_way_ns(self.opens_ns, sent, done)
            self.open_at_end_ns += _under_way_ns(self.closes_ns, sent, done)
        else:
            ours = (intended >= self.opens_ns) & (intended < self.closes_ns)
            self.completed_in_time += int(in_time.sum())
            self.service_time.record_many((done - sent)[ours])
            self.schedule_lag.record_many((sent - intended)[ours])
        latencies = (done - intended)[ours]
        if self.mode is Mode.OPEN:
            self.answered.append(np.stack((intended[ours], latencies)))
        self.latency.record_many(latencies)
        self.latency_sum_ns += int(latencies.sum())
        self.responses += latencies.size

    def arrival_log(self) -> ArrivalLog:
        """Open mode: the requests that count, each by itself."""
        intended, latencies = np.concatenate([np.zeros((2, 0), dtype=np.int64), *self.answered], axis=1)
        return ArrivalLog.of(intended - self.opens_ns, latencies)

    @override
    def offered(self, intended_ns: int) -> None:
        self.arrivals += self.opens_ns <= intended_ns < self.closes_ns

    @override
    def failed(self, failure: Failure, now_ns: int, intended_ns: int, excerpt: str) -> None:
        if self.mode is Mode.CLOSED and intended_ns:
            self._count_failed(intended_ns, now_ns)
        if self.mode is Mode.OPEN and intended_ns:
            ours = self.opens_ns <= intended_ns < self.closes_ns
        elif failure in _UNANSWERED and now_ns >= self.closes_ns:
            ours = 0 < intended_ns < self.closes_ns
        else:
            ours = self.opens_ns <= now_ns < self.closes_ns
        if ours:
            self.failures[failure] += 1
            if failure is Failure.STATUS and (status := status_of(excerpt)) is not None:
                self.statuses[status] += 1
            self.first_failure = self.first_failure or f"{failure.value}: {excerpt}"[:FIRST_FAILURE_CHARACTERS]

    def _count_failed(self, sent_ns: int, ended_ns: int) -> None:
        if self.opens_ns <= ended_ns < self.closes_ns:
            self.failed_ns += ended_ns - sent_ns
        if sent_ns < self.opens_ns <= ended_ns:
            self.open_at_start_ns += self.opens_ns - sent_ns
        if sent_ns < self.closes_ns <= ended_ns:
            self.open_at_end_ns += self.closes_ns - sent_ns

    @override
    def reconnected(self, now_ns: int) -> None:
        if self.opens_ns <= now_ns < self.closes_ns:
            self.reconnects += 1

    @override
    def interim(self, count: int, now_ns: int) -> None:
        if self.opens_ns <= now_ns < self.closes_ns:
            self.interim_responses += count


def _under_way_ns(at_ns: int, sent: NDArray[np.int64], done: NDArray[np.int64]) -> int:
    """For how long those of these requests that were under way at that instant had been so, summed up."""
    return int((at_ns - sent[(sent < at_ns) & (done >= at_ns)]).sum())
