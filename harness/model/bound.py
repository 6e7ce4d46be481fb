"""What limited a capacity."""

from enum import StrEnum


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
