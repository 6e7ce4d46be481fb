"""One window of a crowd: many who are held at a time, each on a connection of its own, while they are sent something.

Feeds have subscribers that are sent events, chats have members that are sent each other's messages.
"""

from typing import Final

from pydantic import Field

from harness.model.base import Contract, Outside
from harness.model.window import Failure

HELD_ENOUGH: Final = 0.99
"""Of those asked for: a server that holds fewer is not asked to hold more."""


class CrowdSpec(Contract):
    """What the load driver is asked to do.

    It lets them in one after the other, with a few under way at a time, until all are in or nobody has come in for
    `stall_s`. Then comes a lead-in, the counted stretch of exactly `duration_s` by the engine's own clock, and
    `limit_s` more for what was due in it; then everyone leaves.
    """

    host: str
    port: int = Field(ge=1, le=65535)
    pending: int = Field(default=64, ge=1)
    """How many may be on their way in at a time."""
    stall_s: float = Field(default=2.0, gt=0)
    opening_s: float = Field(default=30.0, gt=0)
    """However fast they come in, opening ends after that."""
    lead_in_s: float = Field(default=0.5, ge=0)
    duration_s: float = Field(gt=0)
    limit_s: float = Field(default=1.0, gt=0)
    """What comes later than this after it was due does not count as delivered."""


class CrowdReport(Contract):
    """What happened. Everyone who was asked for, and all that was due to them, is in one of the counts."""

    duration_ns: int = Field(gt=0)
    opening_ns: int = Field(ge=0)
    """How long letting them in took."""
    asked: int = Field(ge=1)
    held: int = Field(ge=0)
    """Were in before the stretch began, and were still connected at its end."""
    served: int = Field(ge=0)
    """Of these, the ones that had all that was due to them within the limit."""
    dropped: int = Field(ge=0)
    """Were in, and were closed or reset by the server before the end of the stretch."""
    late_comers: int = Field(ge=0)
    """Came in only after the stretch had begun."""
    unanswered: int = Field(ge=0)
    """Connected, but never came in."""
    refused: int = Field(ge=0)
    """Could not connect, or were answered by something else than what they had asked for."""
    untried: int = Field(ge=0)
    """Were not tried, since those before them got no answer."""
    failures: dict[Failure, int] = Field(default_factory=dict)
    first_failure: Outside | None = None
    due: int = Field(ge=0)
    """What was due within the stretch, to all who were asked for."""
    delivered: int = Field(ge=0)
    """Of this, what came within the limit."""
    late: int = Field(ge=0)
    """Came, but later."""
    missing: int = Field(ge=0)
    """Had not come when the limit of the last had passed."""
    disordered: int = Field(ge=0)
    """What came out of order, at any time."""
    events_total: int = Field(ge=0)
    """All that came, whenever."""
    interim_responses: int | None = Field(default=None, ge=0)
    """As in `WindowReport`."""
    lag: str
    """Of what was due within the stretch and came: a histogram as in `WindowReport`."""
    generator_cpu_ns: int = Field(ge=0)
    generator_run_delay_ns: int = Field(ge=0)

    @property
    def delivered_share(self) -> float | None:
        """Of what was due, the share that came within the limit."""
        return self.delivered / self.due if self.due else None


class CrowdMemory(Contract):
    """Memory of a server before the first of a crowd came, and while it held those of a window."""

    before_bytes: int | None
    held_bytes: int | None
    """None where it was not read before they left, or can't be."""
    charged_before_bytes: int | None = None
    """What the container's control group was charged; None outside of containers."""
    charged_held_bytes: int | None = None
