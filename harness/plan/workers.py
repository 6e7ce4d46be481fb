"""Where several server processes are measured."""

from typing import Final

from harness.model.host import CpuLayout

MIN_WORKERS: Final = 2
"""With fewer CPUs for the server, several server processes would but share one."""


def too_few_for_workers(cpus: CpuLayout) -> str | None:
    """Why several server processes are not measured with a layout; None where they are."""
    given = len(cpus.server)
    if given >= MIN_WORKERS:
        return None
    return f"workers takes {MIN_WORKERS} CPUs for the server, and it has {given}, as on every host so far"
