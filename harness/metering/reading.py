"""One reading of all meters, wherever it was made."""

from dataclasses import dataclass
from typing import Protocol, Self

from harness.model.window import ProcessMeter


@dataclass(frozen=True)
class MeterReading:
    """All meters at one instant."""

    at_ns: int
    """`time.monotonic_ns()` of the host where the server runs."""
    server_cpu_ns: int
    database_cpu_ns: int | None
    steal_ns: int
    throttled_ns: int
    server_idle_ns: int | None = None
    after_ns: int = 0
    """From `at_ns`, until when the server's CPU time was read, until the database's had been."""

    def until(self, later: Self) -> ProcessMeter:
        """What was consumed between this reading and a later one."""
        before, after = self.database_cpu_ns, later.database_cpu_ns
        idle_before, idle_after = self.server_idle_ns, later.server_idle_ns
        return ProcessMeter(
            elapsed_ns=later.at_ns - self.at_ns,
            server_cpu_ns=later.server_cpu_ns - self.server_cpu_ns,
            database_cpu_ns=None if before is None or after is None else after - before,
            # Steal goes back where a virtual machine moves to another host, throttling where a control group is gone.
            steal_ns=max(0, later.steal_ns - self.steal_ns),
            throttled_ns=max(0, later.throttled_ns - self.throttled_ns),
            # What a CPU waits for its disk may be taken back (proc_stat(5)).
            server_idle_ns=None if idle_before is None or idle_after is None else max(0, idle_after - idle_before),
        )


class Metering(Protocol):
    """Meters of one server and the database beside it."""

    def read(self) -> MeterReading:
        """Read them all; raises RuntimeFault where they can't be read."""
