"""Whether this host has room for what is to be started on it, before anything is."""

from collections.abc import Callable
from typing import Final

from harness.host import allowances
from harness.model.cell import Cell
from harness.model.errors import HostFault
from harness.model.host import CpuLayout
from harness.model.run import RuntimeName
from harness.plan.demand import SPARE_FILES, Demand
from harness.runtime.roles import Runtime

_MIB: Final = 2**20


def see_to_room(place: RuntimeName, demand: Demand, say: Callable[[str], None]) -> None:
    """Raises HostFault where this host surely has too little for local servers; `say` is told where it may have.

    What servers take is estimated by what the shipped apps take. Containers have limits of their own.
    """
    allowances.use_all_open_files()
    if place is not RuntimeName.PROCESS:
        return
    _see_to_files(demand, say)
    processes = allowances.processes_left(demand.usual_processes)
    if processes < demand.least_processes:
        raise HostFault(
            f"this host lets {processes:,} more processes or threads start, and {demand.least_processes:,} are needed",
            hint=allowances.PROCESSES_HINT,
        )
    if processes < demand.usual_processes:
        say(
            f"this host lets {processes:,} more processes or threads start, and up to {demand.usual_processes:,} are "
            f"usual: it may refuse some; {allowances.PROCESSES_HINT}"
        )
    _see_to_memory(demand, say)


def _see_to_memory(demand: Demand, say: Callable[[str], None]) -> None:
    found = allowances.memory_left_bytes()
    if found is None:
        return
    left, whose = found[0] // _MIB, found[1]
    least, usual = demand.least_bytes // _MIB, demand.usual_bytes // _MIB
    if left < least:
        raise HostFault(
            f"{left:,} MiB of memory are left, by {whose}, and {least:,} MiB are needed", hint=allowances.MEMORY_HINT
        )
    if left < usual:
        say(
            f"{left:,} MiB of memory are left, by {whose}, and some {usual:,} MiB are usual: the kernel may end "
            f"servers, or the harness; {allowances.MEMORY_HINT}"
        )


def most_connections(runtime: Runtime, cpus: CpuLayout) -> int | None:
    """How many connections driver and server may hold here; None where both run in containers, whose limit fits."""
    if runtime.name is RuntimeName.DOCKER and not cpus.load_host_apart:
        return None
    return allowances.open_files() - SPARE_FILES


def too_many(cell: Cell, most: int | None) -> str | None:
    """Why a cell can't be measured that has more connections than that; None where it can."""
    if most is None or cell.connections <= most:
        return None
    files = allowances.open_files()
    return f"this host allows a process {files:,} open files, too few for {cell.connections:,} connections"


def _see_to_files(demand: Demand, say: Callable[[str], None]) -> None:
    files = allowances.open_files()
    if files < demand.files:
        raise HostFault(
            f"this host allows a process {files:,} open files, and {demand.files:,} are needed",
            hint=allowances.FILES_HINT,
        )
    most = files - SPARE_FILES
    if most < demand.connections:
        say(
            f"this host allows a process {files:,} open files: what needs more than {most:,} connections is not "
            f"measured; {allowances.FILES_HINT}"
        )
