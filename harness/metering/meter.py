"""Readings of what a window consumed, taken from outside the load driver."""

import time
from collections.abc import Iterable
from typing import Protocol

from harness.host.cpus import idle_ns, steal_ns
from harness.metering.reading import MeterReading


class MeteredServer(Protocol):
    """What is read of a server."""

    def cpu_ns(self) -> int:
        """CPU time of all its processes so far, ended ones included."""

    def throttled_ns(self) -> int:
        """How long a CPU limit has held it back so far; 0 where nothing could."""


class MeteredDatabase(Protocol):
    """What is read of the database beside it."""

    def cpu_ns(self) -> int | None:
        """CPU time of all its processes so far; None where they can't be seen."""


class Meter:
    """The meters of one server and the database beside it, on this host."""

    def __init__(
        self,
        server: MeteredServer,
        database: MeteredDatabase | None,
        cpus: Iterable[int],
        server_cpus: Iterable[int] | None = None,
    ) -> None:
        """`cpus` are those whose steal counts: all that the run uses. Without a database, its CPU time is 0.

        `server_cpus` are the server's, whose idling is read; None where that is not asked for.
        """
        self._server = server
        self._database = database
        self._cpus = tuple(cpus)
        self._server_cpus = None if server_cpus is None else tuple(server_cpus)

    def read(self) -> MeterReading:
        """Read them all, the server's first and the database's, whose many processes take long, last."""
        began_ns = time.monotonic_ns()
        server = self._server.cpu_ns()
        read_ns = time.monotonic_ns()
        steal, throttled = steal_ns(self._cpus), self._server.throttled_ns()
        idle = None if self._server_cpus is None else idle_ns(self._server_cpus)
        database_began_ns = time.monotonic_ns()
        database = 0 if self._database is None else self._database.cpu_ns()
        ended_ns = time.monotonic_ns()
        return MeterReading(
            at_ns=(began_ns + read_ns) // 2,
            server_cpu_ns=server,
            database_cpu_ns=database,
            steal_ns=steal,
            throttled_ns=throttled,
            server_idle_ns=idle,
            after_ns=ended_ns - read_ns,
            database_at_ns=(database_began_ns + ended_ns) // 2,
        )
