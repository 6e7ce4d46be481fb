"""What a runtime reads of the host where the servers run, where that is this host."""

from typing import Final

from harness.companion import Program, may_go_first
from harness.host.description import describe_host
from harness.host.doctor import examine
from harness.metering.meter import Meter
from harness.metering.reading import Metering
from harness.model.host import Check, CpuLayout, Host
from harness.model.run import GeneratorTeam
from harness.runtime.docker.container_engine import find_engine
from harness.runtime.roles import RunningDatabase, RunningServer

STOPWATCH_MODULE: Final = "harness.metering.stopwatch"


def probe_here(layout: CpuLayout) -> Program:
    """The speed probe as a process of this host."""
    return Program.of_module(STOPWATCH_MODULE, cpus=layout.server)


def workers_share_cpus(layout: CpuLayout, team: GeneratorTeam) -> bool:
    """Whether there are more of the generator's workers than CPUs: then none of them may go before everything else.

    Those that are awaited have a CPU each, whichever host it is of.
    """
    return team.listen is None and team.workers > len(layout.generator)


def database_gives_way(layout: CpuLayout, team: GeneratorTeam) -> bool:
    """Whether a database of this host runs only where the generator has nothing to do.

    They share a CPU, and the generator can't see to it by going first: it has no right to, or its workers share CPUs.
    """
    goes_first = may_go_first() and not workers_share_cpus(layout, team)
    return layout.database_beside_generator and not goes_first


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
