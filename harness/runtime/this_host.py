"""What a runtime reads of the host where the servers run, where that is this host."""

from typing import Final

from harness.companion import Program
from harness.host.description import describe_host
from harness.host.doctor import examine
from harness.metering.meter import Meter
from harness.metering.reading import Metering
from harness.model.host import Check, CpuLayout, Host
from harness.runtime.docker.container_engine import find_engine
from harness.runtime.roles import RunningDatabase, RunningServer

STOPWATCH_MODULE: Final = "harness.metering.stopwatch"


def probe_here(layout: CpuLayout) -> Program:
    """The speed probe as a process of this host."""
    return Program.of_module(STOPWATCH_MODULE, cpus=layout.server)


class OnThisHost:
    """One host has servers, database and generator: this one."""

    def meter(self, server: RunningServer, database: RunningDatabase | None, layout: CpuLayout) -> Metering:
        """Meters of a server and of the database, which read what this host says of them."""
        return Meter(server, database, layout.app_host_cpus, layout.server)

    def clock_ahead_ns(self) -> int:
        """There is one clock."""
        return 0

    def describe_hosts(self) -> tuple[Host, Host | None]:
        """This host, and no other."""
        return describe_host(), None

    def examine(self, layout: CpuLayout) -> tuple[Check, ...]:
        """All checks of this host."""
        return examine(layout, find_engine())
