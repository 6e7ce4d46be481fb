"""How long a run takes, from what its parts take.

The constants were read off runs on a two-core virtual machine; `bench plan` announces the sum.
"""

from collections.abc import Sequence
from typing import Final

from harness.model.cell import Cell, Subject, Workload
from harness.model.plan import Timing

SETUP_S: Final = 24.0
"""Database start, host checks, calibration, first start of each program and, at the end, analysis and report."""
START_S: Final = 0.55
"""Start of one server up to its first right answer."""
STOP_S: Final = 0.2
"""End of one server."""
WINDOW_OVERHEAD_S: Final = 0.016
"""Opening connections, draining, closing and writing one window."""
WARM_SHARE: Final = 0.8
"""Of the warm-up windows allowed, how many are used before the data say warm."""


def capacity_window_s(timing: Timing) -> float:
    """Seconds that one measured window of capacity takes."""
    return timing.lead_in_s + timing.capacity_window_s + WINDOW_OVERHEAD_S


def latency_window_s(timing: Timing) -> float:
    """Seconds that one measured window of latency takes."""
    return timing.latency_lead_in_s + timing.latency_window_s + WINDOW_OVERHEAD_S


def warm_s(timing: Timing) -> float:
    """Seconds that the warm-up of one subject on one endpoint takes."""
    return WARM_SHARE * timing.warm_windows_max * (timing.warm_window_s + WINDOW_OVERHEAD_S)


def round_s(timing: Timing, subjects: Sequence[Subject], cells: Sequence[Cell]) -> float:
    """Seconds that one round takes."""
    capacity = sum(cell.workload is Workload.CAPACITY for cell in cells)
    latency = len(cells) - capacity
    return (
        len(subjects) * (START_S + STOP_S)
        + capacity * (warm_s(timing) + timing.capacity_windows * capacity_window_s(timing))
        + latency * timing.latency_windows * latency_window_s(timing)
    )


def estimate_s(timing: Timing, subjects: Sequence[Subject], cells: Sequence[Cell]) -> float:
    """Seconds for the whole run, from the first server's start to the written report."""
    return SETUP_S + timing.rounds * round_s(timing, subjects, cells)
