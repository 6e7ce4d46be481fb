"""What the engine has to do at given instants, kept by a timer that its epoll can wait for."""

import heapq
import itertools
import os
import time
from collections.abc import Callable

_NEVER_NS = 2**63 - 1


class Agenda:
    """Actions due at instants of `time.monotonic_ns()`.

    The hub's own timers round up to whole milliseconds; a timerfd in the engine's epoll does not.
    """

    def __init__(self) -> None:
        self.fd = os.timerfd_create(time.CLOCK_MONOTONIC, flags=os.TFD_NONBLOCK | os.TFD_CLOEXEC)
        self.next_ns = _NEVER_NS
        """When the next action is due."""
        self._entries: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def at(self, when_ns: int, action: Callable[[], None]) -> None:
        """Have `action` run at `when_ns`, or as soon after as the engine gets to it."""
        heapq.heappush(self._entries, (when_ns, next(self._order), action))
        if when_ns < self.next_ns:
            self._arm()

    def run_due(self, now_ns: int) -> None:
        """Run what is due, earliest first, and wind the timer up for the rest."""
        entries = self._entries
        while entries and entries[0][0] <= now_ns:
            heapq.heappop(entries)[2]()
        self._arm()

    def clear(self) -> None:
        """Forget all actions."""
        self._entries.clear()
        self._arm()

    def close(self) -> None:
        """Give the timer back."""
        os.close(self.fd)

    def _arm(self) -> None:
        # Setting the timer also clears an expiration that nobody has read, so it need never be read.
        self.next_ns = self._entries[0][0] if self._entries else _NEVER_NS
        initial_ns = max(self.next_ns, 1) if self._entries else 0
        os.timerfd_settime_ns(self.fd, flags=os.TFD_TIMER_ABSTIME, initial=initial_ns)
