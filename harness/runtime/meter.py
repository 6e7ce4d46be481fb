"""Readings of what a window consumed, taken from outside the load driver."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from harness.model.window import ProcessMeter
from harness.runtime.cpus import steal_ns
from harness.runtime.protocol import RunningDatabase, RunningServer


@dataclass(frozen=True)
class MeterReading:
    """All meters at one instant."""

    at_ns: int
    """`time.monotonic_ns()`."""
    server_cpu_ns: int
    database_cpu_ns: int | None
    steal_ns: int
    throttled_ns: int

    def until(self, later: Self) -> ProcessMeter:
        """What was consumed between this reading and a later one."""
        before, after = self.database_cpu_ns, later.database_cpu_ns
        return ProcessMeter(
            elapsed_ns=later.at_ns - self.at_ns,
            server_cpu_ns=later.server_cpu_ns - self.server_cpu_ns,
            database_cpu_ns=None if before is None or after is None else after - before,
            steal_ns=later.steal_ns - self.steal_ns,
            throttled_ns=later.throttled_ns - self.throttled_ns,
        )


class Meter:
    """The meters of one server and the database beside it."""

    def __init__(self, server: RunningServer, database: RunningDatabase | None, cpus: Iterable[int]) -> None:
        """`cpus` are those whose steal counts: all that the run uses. Without a database, its CPU time is 0."""
        self._server = server
        self._database = database
        self._cpus = tuple(cpus)

    def read(self) -> MeterReading:
        """Read them all, the server's nearest to the time stamp."""
        database = 0 if self._database is None else self._database.cpu_ns()
        server = self._server.cpu_ns()
        return MeterReading(
            at_ns=time.monotonic_ns(),
            server_cpu_ns=server,
            database_cpu_ns=database,
            steal_ns=steal_ns(self._cpus),
            throttled_ns=self._server.throttled_ns(),
        )
