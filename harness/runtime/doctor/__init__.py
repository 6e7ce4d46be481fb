"""Is this host fit to measure? One check after another, each with its value, why it matters and a remedy.

Nothing is changed. What can't be read is `unknown` and never taken for good.
"""

from harness.model.host import Check, CpuLayout
from harness.runtime.doctor import cpu, limits, software

__all__ = ["examine"]


def examine(layout: CpuLayout) -> tuple[Check, ...]:
    """All checks, for a run with this CPU layout. Takes about one second."""
    sample = cpu.Sample.take(layout)
    return (
        cpu.layout(layout),
        cpu.shared_cores(layout),
        cpu.steal(sample),
        cpu.other_load(sample),
        cpu.pressure(),
        cpu.frequency_governor(layout),
        cpu.turbo(),
        cpu.clock_source(),
        limits.cpu_limit(),
        limits.memory_limit(),
        limits.memory_free(),
        limits.open_files(),
        limits.outgoing_ports(),
        limits.listen_backlog(),
        limits.connection_tracking(),
        software.interpreter(),
        software.leaked_variables(),
    )
