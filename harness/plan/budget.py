"""How long a run takes, from what its parts take.

The constants were read off runs on a two-core virtual machine; `bench plan` announces the sum.
"""

from collections.abc import Sequence
from typing import Final

from harness.model.cell import Cell, Subject, Workload
from harness.model.plan import Timing

SETUP_S: Final = 12.0
"""Database start, host checks, calibration and, at the end, analysis and report."""
START_S: Final = 0.55
"""Start of one server up to its first right answer."""
STOP_S: Final = 0.2
"""End of one server."""
WINDOW_OVERHEAD_S: Final = 0.018
"""Opening connections, draining, closing and writing one window."""
WARM_SHARE: Final = 0.8
"""Of the warm-up windows allowed, how many are used before the data say warm."""


def window_s(timing: Timing, counted_s: float) -> float:
    """Seconds that one measured window takes."""
    return timing.lead_in_s + counted_s + WINDOW_OVERHEAD_S


def warm_s(timing: Timing) -> float:
    """Seconds that the warm-up of one subject on one endpoint takes."""
    return WARM_SHARE * timing.warm_windows_max * (timing.warm_window_s + WINDOW_OVERHEAD_S)


def round_s(timing: Timing, subjects: Sequence[Subject], cells: Sequence[Cell]) -> float:
    """Seconds that one round takes."""
    capacity = sum(cell.workload is Workload.CAPACITY for cell in cells)
    latency = len(cells) - capacity
    return (
        len(subjects) * (START_S + STOP_S)
        + capacity * (warm_s(timing) + timing.capacity_windows * window_s(timing, timing.capacity_window_s))
        + latency * timing.latency_windows * window_s(timing, timing.latency_window_s)
    )


def estimate_s(timing: Timing, subjects: Sequence[Subject], cells: Sequence[Cell]) -> float:
    """Seconds for the whole run, from the first server's start to the written report."""
    return SETUP_S + timing.rounds * round_s(timing, subjects, cells)
