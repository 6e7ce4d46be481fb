"""What a run will do: profile -> cells, rounds, order, time."""

from enum import StrEnum

from pydantic import Field

from harness.model.base import Contract
from harness.model.cell import Cell, Subject
from harness.model.host import CpuLayout


class ProfileName(StrEnum):
    """How much is measured, and for how long."""

    SMOKE = "smoke"
    QUICK = "quick"
    STANDARD = "standard"
    FULL = "full"


class Timing(Contract):
    """The lengths that a profile sets, in seconds, and how often each window is repeated in a round."""

    rounds: int = Field(ge=1)
    lead_in_s: float
    """Not counted, at the start of each window of capacity: the server is busy as soon as all connections have sent."""
    latency_lead_in_s: float = 0.03
    """The same of latency. It takes many times a request's own time until queues are as long as they are on average.
    Runs from before this was told apart had one lead-in for both, of the default's length."""
    warm_window_s: float
    """Length of one warm-up window."""
    warm_windows_max: int
    """Warm-up ends when two windows in a row agree, or after so many."""
    capacity_window_s: float
    capacity_windows: int
    """Counted windows of each capacity cell in one round."""
    latency_window_s: float
    latency_windows: int


class Plan(Contract):
    """Everything that is decided before the first server starts."""

    profile: ProfileName
    seed: int
    timing: Timing
    subjects: tuple[Subject, ...]
    """In catalog order; the order of start and of windows is drawn anew in each round from `seed`."""
    cells: tuple[Cell, ...]
    cpus: CpuLayout
    estimated_s: float
    """The announced time for the whole run, from the first server's start to the written report."""


class WindowOrder(Contract):
    """The windows of one round in the order in which they are measured: indices into `Plan.cells`."""

    round_index: int
    capacity: tuple[int, ...]
    latency: tuple[int, ...]
