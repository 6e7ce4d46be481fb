"""Whether this host has room for what is to be started on it, before anything is."""

from collections.abc import Callable
from typing import Final

from harness.host import limits
from harness.model.cell import Cell
from harness.model.errors import HostFault
from harness.model.host import CpuLayout
from harness.model.run import RuntimeName
from harness.plan.needs import SPARE_FILES, Needs
from harness.runtime.roles import Runtime

_MIB: Final = 2**20


def see_to_room(place: RuntimeName, needs: Needs, say: Callable[[str], None]) -> None:
    """Raises HostFault where this host surely has too little for local servers; `say` is told where it may have.

    What servers take is estimated by what the shipped apps take. Containers have limits of their own.
    """
    if place is not RuntimeName.PROCESS:
        return
    _see_to_files(needs, say)
    processes = limits.processes_left(needs.usual_processes)
    if processes < needs.least_processes:
        raise HostFault(
            f"this host lets {processes:,} more processes or threads start, and {needs.least_processes:,} are needed",
            hint=limits.PROCESSES_HINT,
        )
    if processes < needs.usual_processes:
        say(
            f"this host lets {processes:,} more processes or threads start, and up to {needs.usual_processes:,} are "
            f"usual: it may refuse some; {limits.PROCESSES_HINT}"
        )
    _see_to_memory(needs, say)


def _see_to_memory(needs: Needs, say: Callable[[str], None]) -> None:
    found = limits.memory_left_bytes()
    if found is None:
        return
    left, whose = found[0] // _MIB, found[1]
    least, usual = needs.least_bytes // _MIB, needs.usual_bytes // _MIB
    if left < least:
        raise HostFault(
            f"{left:,} MiB of memory are left, by {whose}, and {least:,} MiB are needed", hint=limits.MEMORY_HINT
        )
    if left < usual:
        say(
            f"{left:,} MiB of memory are left, by {whose}, and some {usual:,} MiB are usual: the kernel may end "
            f"servers, or the harness; {limits.MEMORY_HINT}"
        )


def most_connections(runtime: Runtime, cpus: CpuLayout) -> int | None:
    """How many connections driver and server may hold here; None where both run in containers, whose limit fits."""
    if runtime.name is RuntimeName.DOCKER and not cpus.load_host_apart:
        return None
    return limits.open_files() - SPARE_FILES


def too_many(cell: Cell, most: int | None) -> str | None:
    """Why a cell can't be measured that has more connections than that; None where it can."""
    if most is None or cell.connections <= most:
        return None
    return (
        f"this host allows a process {limits.open_files():,} open files, too few for {cell.connections:,} connections"
    )


def _see_to_files(needs: Needs, say: Callable[[str], None]) -> None:
    limits.use_all_open_files()
    files = limits.open_files()
    if files < needs.files:
        raise HostFault(
            f"this host allows a process {files:,} open files, and {needs.files:,} are needed", hint=limits.FILES_HINT
        )
    most = files - SPARE_FILES
    if most < needs.connections:
        say(
            f"this host allows a process {files:,} open files: what needs more than {most:,} connections is not "
            f"measured; {limits.FILES_HINT}"
        )
