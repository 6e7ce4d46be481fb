"""Feeds what the engine counts to Locust's statistics, so that its web UI, console and CSV files show it."""

import time
from collections import Counter
from typing import Any, Final, override

import numpy as np
from locust.env import Environment
from locust.event import Events
from locust.stats import StatsError, setup_distributed_stats_event_listeners
from numpy.typing import NDArray

from harness.load.tally import Tally
from harness.model.window import Failure

_METHOD: Final = "GET"
_NS_PER_MS: Final = 1e6
_NS_PER_S: Final = 1_000_000_000
_SIGNIFICANT_DIGITS: Final = 3


class LocustTally(Tally):
    """Reports each batch to Locust as a worker reports to its master.

    Locust's master merges whole `StatsEntry` dictionaries. Going that way costs nothing per request, and keeps
    latencies to 3 significant digits where Locust's own logging rounds to whole milliseconds. No `request` event is
    fired: the runner listens to it and would count everything twice.
    """

    def __init__(self, environment: Environment, name: str) -> None:
        super().__init__()
        self._name = name
        self._reports = Events()  # type: ignore[no-untyped-call]
        setup_distributed_stats_event_listeners(self._reports, environment.stats)
        self._begun_s = time.time()
        self._failures: Counter[Failure] = Counter()
        self._excerpts: dict[Failure, str] = {}

    @override
    def fold(self) -> None:
        super().fold()
        if self._failures:
            self._report_failures()

    @override
    def _count(self, intended: NDArray[np.int64], sent: NDArray[np.int64], done: NDArray[np.int64]) -> None:
        latencies_ms = (done - intended) / _NS_PER_MS
        keys, counts = np.unique(_rounded(latencies_ms), return_counts=True)
        seconds, requests = np.unique((done + (time.time_ns() - time.monotonic_ns())) // _NS_PER_S, return_counts=True)
        self._report(
            num_requests=done.size,
            total_response_time=float(latencies_ms.sum()),
            min_response_time=float(latencies_ms.min()),
            max_response_time=float(latencies_ms.max()),
            response_times=dict(zip(keys.tolist(), counts.tolist(), strict=True)),
            num_reqs_per_sec=dict(zip(seconds.tolist(), requests.tolist(), strict=True)),
        )

    @override
    def offered(self, intended_ns: int) -> None:
        """Locust has no place for what was offered."""

    @override
    def failed(self, failure: Failure, now_ns: int, intended_ns: int, excerpt: str) -> None:
        self._failures[failure] += 1
        self._excerpts.setdefault(failure, f"{failure.value}: {excerpt}")

    @override
    def reconnected(self, now_ns: int) -> None:
        """Locust has no place for reconnects."""

    @override
    def interim(self, count: int, now_ns: int) -> None:
        """Nor for interim responses."""

    def _report_failures(self) -> None:
        now_s = time.time()
        count = self._failures.total()
        errors = {
            StatsError.create_key(_METHOD, self._name, self._excerpts[failure]): {
                "name": self._name,
                "method": _METHOD,
                "error": self._excerpts[failure],
                "occurrences": occurrences,
                "first_seen": now_s,
                "last_seen": now_s,
            }
            for failure, occurrences in self._failures.items()
        }
        self._failures.clear()
        self._report(
            errors,
            num_requests=count,
            num_none_requests=count,  # a failure has no response time, and does not enter the percentiles
            num_failures=count,
            num_reqs_per_sec={int(now_s): count},
            num_fail_per_sec={int(now_s): count},
        )

    def _report(self, errors: dict[str, dict[str, Any]] | None = None, **counts: object) -> None:
        entry = {
            "name": self._name,
            "method": _METHOD,
            "last_request_timestamp": time.time(),
            "start_time": self._begun_s,
            **counts,
        }
        data = {"stats": [entry], "stats_total": entry, "errors": errors or {}}
        self._reports.worker_report.fire(client_id="engine", data=data)  # type: ignore[no-untyped-call]


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """To 3 significant digits, so that Locust keeps some thousand keys at most."""
    digits = _SIGNIFICANT_DIGITS - 1 - np.floor(np.log10(np.maximum(values, 1e-6)))
    scale = 10.0**digits
    rounded: NDArray[np.float64] = np.round(values * scale) / scale
    return rounded
