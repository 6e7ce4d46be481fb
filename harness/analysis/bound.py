"""What limited a capacity, from where the CPU time went."""

from dataclasses import dataclass
from typing import Final

from harness.analysis.windows import Totals
from harness.model.app import DATABASE_ENDPOINTS
from harness.model.cell import Cell
from harness.model.host import CpuLayout, Grade
from harness.model.run import Run
from harness.model.validity import Bound

BUSY_SHARE: Final = 0.85
"""A CPU that is used this much is the limit. Not nearer to 1: what the hypervisor steals (some per cent even
in windows that count) is nobody's CPU time."""

_TAKEN_SHARE: Final = 1 - BUSY_SHARE
"""Others who had less of a server's CPU left it enough to be the limit itself, had it wanted all of that."""

_OF_OTHERS: Final = frozenset({"other processes", "CPU pressure", "steal"})
"""The host's checks that tell of others' work on its CPUs."""


@dataclass(frozen=True)
class Surroundings:
    """What else is known of where a cell was measured."""

    busy_host: bool = False
    """Whether the host's checks found others on its CPUs before the run."""
    waits: bool = False
    """Whether the server waits for something else than a CPU, so that it need not have wanted what others had of it."""

    @classmethod
    def of(cls, cell: Cell, run: Run) -> "Surroundings":
        """Those of a cell in its run."""
        poor = {each.name for each in run.checks if each.grade in {Grade.POOR, Grade.UNFIT}}
        waits = not cell.workload.saturates or cell.endpoint in DATABASE_ENDPOINTS
        return cls(busy_host=bool(poor & _OF_OTHERS), waits=waits)


_CALM: Final = Surroundings()


def capacity_bound(totals: Totals, cpus: CpuLayout, server_workers: int, surroundings: Surroundings = _CALM) -> Bound:
    """Name the busiest link of a closed loop.

    A server that fills its CPUs is the limit, whatever else is busy. Otherwise it waited for another: where
    database and generator share CPUs and fill them together, it is the one that took more. Where others had the CPUs
    meanwhile, none of the run's own processes can be said to have been waited for.
    """
    server, database = totals.server_cpu_share, totals.database_cpu_share
    generator = totals.generator_cpu_share
    if server is None:
        return Bound.UNKNOWN
    # One worker process can't fill more than one CPU, however many it is given.
    usable = min(len(cpus.server), server_workers)
    if server >= BUSY_SHARE * usable:
        return Bound.SERVER
    if generator >= BUSY_SHARE:
        return Bound.GENERATOR
    if database is not None:
        together = database
        if cpus.database_beside_generator:
            together += generator
        if cpus.database_beside_server:
            together += server
        if together >= BUSY_SHARE * len(cpus.database):
            return Bound.DATABASE if database >= generator else Bound.GENERATOR
    by_others = _others(totals, cpus, usable, surroundings)
    return by_others or (Bound.UNKNOWN if database is None else Bound.IDLE)


def _others(totals: Totals, cpus: CpuLayout, usable: int, surroundings: Surroundings) -> Bound | None:
    """Whether others limited a server that did not fill its CPUs, or may have; None where they can't have."""
    taken = _taken_share(totals, cpus, usable)
    if taken is None:
        return Bound.UNCLEAR if surroundings.busy_host else None
    used = (totals.server_cpu_share or 0.0) / usable
    if not surroundings.waits and taken >= _TAKEN_SHARE and used + taken >= BUSY_SHARE:
        return Bound.OTHERS
    others = taken + totals.most_delayed_generator[1]
    # One after the other at worst: each request is at the server, the generator or the database.
    accounted = used + totals.generator_cpu_share + (totals.database_cpu_share or 0.0) + others
    can_be_why = others >= _TAKEN_SHARE and (surroundings.busy_host or accounted >= BUSY_SHARE)
    return Bound.UNCLEAR if can_be_why else None


def _taken_share(totals: Totals, cpus: CpuLayout, usable: int) -> float | None:
    """Of the CPU time that the server could have used, what went to others, the hypervisor's included.

    None where it was not read how long its CPUs were idle.
    """
    server, idle = totals.server_cpu_share, totals.server_idle_share
    if server is None or idle is None:
        return None
    own = server
    if cpus.database_beside_server:
        own += totals.database_cpu_share or 0.0
    if not cpus.load_host_apart and set(cpus.generator) & set(cpus.server):
        own += totals.generator_cpu_share
    return max(0.0, usable - own - idle) / usable
