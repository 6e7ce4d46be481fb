"""What limited a capacity."""

from enum import StrEnum


class Bound(StrEnum):
    """What limited a capacity, from where the CPU time went."""

    SERVER = "server"
    DATABASE = "database"
    GENERATOR = "generator"
    IDLE = "idle"
    """None of them was busy: something was waited for."""
    UNKNOWN = "unknown"
