"""The cell: the unit that is measured and reported."""

from enum import StrEnum

from pydantic import Field

from harness.model.app import Endpoint
from harness.model.base import Contract, Name


class Workload(StrEnum):
    """One way of loading an endpoint.

    `capacity` is closed-loop: as many requests as the server answers. `latency` is open-loop: requests
    arrive at a given rate whether or not earlier ones were answered.
    """

    CAPACITY = "capacity"
    LATENCY = "latency"


class RateRule(StrEnum):
    """How the offered rate of a latency cell is found from the capacities measured before it."""

    HALF = "50%"
    """Half of the cell's own capacity."""
    HIGH = "80%"
    """Four fifths of the cell's own capacity."""
    COMMON = "common"
    """Half of the lowest capacity of all variants in the run: the same rate for every one."""


class Subject(Contract):
    """What is measured: one variant of one app. `copy_of` marks the twin of the A/A pair."""

    app: Name
    variant: Name
    twin: bool = False
    """True for the second copy of the A/A pair: the same app and variant, started once more."""

    @property
    def key(self) -> str:
        """`flask/controlled`, and `flask/controlled/twin` for the twin."""
        return f"{self.app}/{self.variant}" + ("/twin" if self.twin else "")


class Cell(Contract):
    """App x variant x endpoint x workload x its parameters."""

    subject: Subject
    endpoint: Endpoint
    workload: Workload
    connections: int = Field(ge=1)
    rate: RateRule | None = None
    """Only for `latency`."""

    @property
    def key(self) -> str:
        """A stable, readable identity, such as `flask/controlled:json:capacity:32`."""
        tail = f":{self.rate.value}" if self.rate else ""
        return f"{self.subject.key}:{self.endpoint.value}:{self.workload.value}:{self.connections}{tail}"
