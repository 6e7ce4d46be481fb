"""What was seen of the host's changing speed in a run."""

from enum import StrEnum

from pydantic import Field

from harness.model.app import Endpoint
from harness.model.base import Contract
from harness.model.cell import RateRule, Subject, Workload


class SpeedEffect(Contract):
    """How the throughput of one kind of cell follows what is known of the host."""

    endpoint: Endpoint
    workload: Workload
    rate: RateRule | None
    slope: float
    """Change of log throughput by change of the log time that the speed probe's work takes: about -1 where nothing
    but the CPU's speed decides. 0: too little was known, so nothing was taken out."""
    steal_slope: float = 0.0
    """Change of log throughput by change of the log share of CPU time that was not stolen: about 1 where what is stolen
    is lost. 0: nothing was stolen, or too little was known."""
    explained: float
    """Share of the variance between windows of the same subject and round that goes with the two."""


class HostSpeed(Contract):
    """What was seen of the host's changing speed, and what taking it out did to the figures."""

    windows: int
    """Measured windows with a reading of the speed."""
    windows_without: int
    relative_sd: float
    """Standard deviation between windows of the time that the same piece of work takes, relative."""
    steal_share: float | None = None
    """Of the time of the CPUs in use, what the hypervisor took away, over all windows; None where it was not read."""
    effects: tuple[SpeedEffect, ...]
    drift_share: float
    """Of the variance that the speed probe leaves, how much goes on from window to window; 0 where none is sure."""
    drift_s: float
    """How long it goes on, in seconds (until the correlation is 1/e)."""
    median_ratio_half_width_as_counted: float | None
    """What `Findings.median_ratio_half_width` would be without regard to the host's speed."""
    largest_change: float | None
    """By how much the valid capacity that changed most differs from the one as counted, relative."""


HOST_DEPENDENCE_LEVEL = 0.01
"""Below this p-value, the host is taken to have treated subjects differently."""


class HostQuantity(StrEnum):
    """What the host does to a window."""

    STEAL = "steal"
    SPEED = "speed"


class HostDependence(Contract):
    """Whether what the host did depended on who was measured: a test of shuffled readings."""

    quantity: HostQuantity
    p_value: float = Field(gt=0, le=1)
    """How often subjects come out as unlike each other where the host does not care who is measured."""
    windows: int
    most: Subject
    """Who got most of it: the most steal, or the slowest CPU."""
    most_excess: float
    """How much more than others measured in the same passes: of steal as a share of the CPUs' time, of speed as the
    logarithm of the probe's time."""
    least: Subject
    least_excess: float

    @property
    def found(self) -> bool:
        """Whether it depended on that."""
        return self.p_value < HOST_DEPENDENCE_LEVEL
