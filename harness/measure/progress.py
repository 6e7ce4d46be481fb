"""What a run tells whoever watches."""

from typing import Protocol


class Progress(Protocol):
    """Receives the course of a run. Nothing that is measured may depend on it."""

    def announced(self, left_s: float, told: str) -> None:
        """It begins, and takes so long; `told` is how that is known."""

    def stage(self, text: str) -> None:
        """What is going on now, such as `round 2 of 4: warming up`."""

    def left(self, done_s: float, left_s: float) -> None:
        """It has lasted so long, and lasts so much longer as far as can be told."""

    def moved(self, done_s: float, left_s: float) -> None:
        """The same, where its end is no longer the one that was told."""

    def trouble(self, text: str) -> None:
        """Something went wrong that the run survives."""


class Silent:
    """Watches nothing."""

    def announced(self, left_s: float, told: str) -> None:
        """Ignore it."""

    def stage(self, text: str) -> None:
        """Ignore it."""

    def left(self, done_s: float, left_s: float) -> None:
        """Ignore it."""

    def moved(self, done_s: float, left_s: float) -> None:
        """Ignore it."""

    def trouble(self, text: str) -> None:
        """Ignore it."""
