"""Whether a cell is worth a number: the gates that it has to pass, and what limited it."""

from enum import StrEnum

from harness.model.base import Contract


class GateName(StrEnum):
    """A validity check on a cell."""

    VERIFIED = "responses verified"
    ERRORS = "errors"
    RECONNECTS = "reconnects"
    GENERATOR_CPU = "generator CPU"
    GENERATOR_DELAY = "generator run delay"
    GENERATOR_BOUND = "generator ceiling"
    LITTLES_LAW = "Little's law"
    OFFERED_RATE = "offered rate"
    LIMIT_FOUND = "limit found"
    PERCENTILE_ORDER = "percentile order"
    SERVER_BUSY = "server busy"
    STARTED = "server started"
    LASTED = "server lasted"
    ENOUGH_DATA = "enough data"


class Gate(Contract):
    """How one check came out over all of a cell's windows."""

    name: GateName
    held: bool
    value: float | None
    """What was measured, in the unit of `limit`; None where nothing could be."""
    limit: float | None
    explanation: str
    """One sentence with the numbers in it; where the gate did not hold, the cell's reason."""


class Bound(StrEnum):
    """What limited a capacity, from where the CPU time went."""

    SERVER = "server"
    DATABASE = "database"
    GENERATOR = "generator"
    OTHERS = "others"
    """The server's CPU was busy, in good part with what is no part of the run."""
    UNCLEAR = "unclear"
    """None of them was busy by itself, and what others had of the CPUs can be why."""
    IDLE = "idle"
    """None of them was busy: something was waited for."""
    UNKNOWN = "unknown"
