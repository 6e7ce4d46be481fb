"""What the round loop tells whoever watches."""

from typing import Protocol


class Progress(Protocol):
    """Receives the course of a run. Nothing that is measured may depend on it."""

    def total(self, seconds: float) -> None:
        """The announced time of what will be advanced."""

    def stage(self, text: str) -> None:
        """What is going on now, such as `round 2 of 4: warming up`."""

    def advance(self, seconds: float) -> None:
        """So much of the announced time has been worked off."""

    def trouble(self, text: str) -> None:
        """Something went wrong that the run survives."""


class Silent:
    """Watches nothing."""

    def total(self, seconds: float) -> None:
        """Ignore it."""

    def stage(self, text: str) -> None:
        """Ignore it."""

    def advance(self, seconds: float) -> None:
        """Ignore it."""

    def trouble(self, text: str) -> None:
        """Ignore it."""
