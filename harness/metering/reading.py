"""One reading of all meters, wherever it was made."""

from dataclasses import dataclass
from typing import Protocol, Self

from harness.model.window import ProcessMeter


@dataclass(frozen=True)
class MeterReading:
    """All meters at one instant."""

    at_ns: int
    """`time.monotonic_ns()` of the host where the server runs: in the middle of reading the server's CPU time."""
    server_cpu_ns: int
    database_cpu_ns: int | None
    steal_ns: int
    throttled_ns: int
    server_idle_ns: int | None = None
    after_ns: int = 0
    """From when the server's CPU time had been read until the database's had been."""
    database_at_ns: int | None = None
    """In the middle of reading the database's; None: at the same time."""

    def until(self, later: Self) -> ProcessMeter:
        """What was consumed between this reading and a later one.

        Of the database, in as long a time as that which passed between readings of the server.
        """
        idle_before, idle_after = self.server_idle_ns, later.server_idle_ns
        return ProcessMeter(
            elapsed_ns=later.at_ns - self.at_ns,
            server_cpu_ns=later.server_cpu_ns - self.server_cpu_ns,
            database_cpu_ns=self._database_until(later),
            # Steal goes back where a virtual machine moves to another host, throttling where a control group is gone.
            steal_ns=max(0, later.steal_ns - self.steal_ns),
            throttled_ns=max(0, later.throttled_ns - self.throttled_ns),
            # What a CPU waits for its disk may be taken back (proc_stat(5)).
            server_idle_ns=None if idle_before is None or idle_after is None else max(0, idle_after - idle_before),
        )

    def _database_until(self, later: Self) -> int | None:
        if self.database_cpu_ns is None or later.database_cpu_ns is None:
            return None
        consumed_ns = later.database_cpu_ns - self.database_cpu_ns
        if self.database_at_ns is None or later.database_at_ns is None:
            return consumed_ns
        return round(consumed_ns * (later.at_ns - self.at_ns) / (later.database_at_ns - self.database_at_ns))


class Metering(Protocol):
    """Meters of one server and the database beside it."""

    def read(self) -> MeterReading:
        """Read them all; raises RuntimeFault where they can't be read."""
