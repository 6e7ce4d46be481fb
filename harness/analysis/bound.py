"""What limited a capacity, from where the CPU time went."""

from typing import Final

from harness.analysis.windows import Totals
from harness.model.bound import Bound
from harness.model.host import CpuLayout

BUSY_SHARE: Final = 0.85
"""A CPU that is used this much is the limit. Not nearer to 1: what the hypervisor steals (some per cent even
in windows that count) is nobody's CPU time."""


def capacity_bound(totals: Totals, cpus: CpuLayout, server_workers: int) -> Bound:
    """Name the busiest link of a closed loop.

    A server that fills its CPUs is the limit, whatever else is busy. Otherwise it waited for another: where
    database and generator share CPUs and fill them together, it is the one that took more.
    """
    server, database = totals.server_cpu_share, totals.database_cpu_share
    generator = totals.generator_cpu_share
    if server is None:
        return Bound.UNKNOWN
    # One worker process can't fill more than one CPU, however many it is given.
    if server >= BUSY_SHARE * min(len(cpus.server), server_workers):
        return Bound.SERVER
    if generator >= BUSY_SHARE:
        return Bound.GENERATOR
    if database is None:
        return Bound.UNKNOWN
    together = database
    if cpus.database_beside_generator:
        together += generator
    if cpus.database_beside_server:
        together += server
    if together >= BUSY_SHARE * len(cpus.database):
        return Bound.DATABASE if database >= generator else Bound.GENERATOR
    return Bound.IDLE
