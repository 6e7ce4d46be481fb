"""One window of a feed: subscribers held while they are sent events, as asked for and as it went."""

from typing import Final

from pydantic import Field

from harness.model.base import Contract, Outside
from harness.model.window import Failure

HELD_ENOUGH: Final = 0.99
"""Of the subscribers asked for: a server that holds fewer is not asked to hold more."""


class FeedSpec(Contract):
    """What the load driver is asked to do.

    It opens subscribers one after the other, with a few under way at a time, until all of them have had their first
    event or nobody has had one for `stall_s`. Then comes a lead-in, the counted stretch of exactly `duration_s` by the
    engine's own clock, and `limit_s` more for what was due in it; then everyone leaves.
    """

    host: str
    port: int = Field(ge=1, le=65535)
    subscribers: int = Field(ge=1, le=60_000)
    interval_ms: int = Field(default=1_000, ge=1)
    """Between two events of a subscriber."""
    pending: int = Field(default=64, ge=1)
    """How many subscribers may be waiting for their first event at a time."""
    stall_s: float = Field(default=2.0, gt=0)
    opening_s: float = Field(default=30.0, gt=0)
    """However fast they come in, opening ends after that."""
    lead_in_s: float = Field(default=0.5, ge=0)
    duration_s: float = Field(gt=0)
    limit_s: float = Field(default=1.0, gt=0)
    """An event that comes later than this after it was due does not count as delivered."""


class FeedReport(Contract):
    """What happened. Every subscriber that was asked for and every event that was due is in one of the counts.

    An event is due at a fixed distance from the subscriber's most punctual one: `interval_ms` times the difference of
    their numbers. So no clock of the server's is asked, and what comes late is late by what its own stream promised.
    """

    duration_ns: int = Field(gt=0)
    opening_ns: int = Field(ge=0)
    """How long opening took."""
    asked: int = Field(ge=1)
    held: int = Field(ge=0)
    """Had an event before the stretch began, and were still connected at its end."""
    served: int = Field(ge=0)
    """Of these, the ones that had every event that was due within the limit."""
    dropped: int = Field(ge=0)
    """Had an event, and were closed or reset by the server before the end of the stretch."""
    late_comers: int = Field(ge=0)
    """Had their first event only after the stretch had begun."""
    unanswered: int = Field(ge=0)
    """Connected, but had no event."""
    refused: int = Field(ge=0)
    """Could not connect, or were answered by something else than a feed."""
    untried: int = Field(ge=0)
    """Were not tried, since those before them got no answer."""
    failures: dict[Failure, int] = Field(default_factory=dict)
    first_failure: Outside | None = None
    due: int = Field(ge=0)
    """Events due within the stretch, to all subscribers asked for: one that never had any was due as many as the
    stretch has intervals."""
    delivered: int = Field(ge=0)
    """Of these, the ones that came within the limit."""
    late: int = Field(ge=0)
    """Came, but later."""
    missing: int = Field(ge=0)
    """Had not come when the limit of the last ones had passed."""
    disordered: int = Field(ge=0)
    """Events whose number was not the next one: skipped, repeated or out of order, at any time."""
    unreadable: int | None = Field(default=None, ge=0)
    """Events that were none of the contract's feed: without a number, or with other data. Nobody is held by those. None
    where they were not counted yet."""
    events_total: int = Field(ge=0)
    """All that came, whenever."""
    interim_responses: int | None = Field(default=None, ge=0)
    """As in `WindowReport`."""
    lag: str
    """Of the events due within the stretch that came: a histogram as in `WindowReport`."""
    generator_cpu_ns: int = Field(ge=0)
    generator_run_delay_ns: int = Field(ge=0)

    @property
    def delivered_share(self) -> float | None:
        """Of the events due, those that came within the limit."""
        return self.delivered / self.due if self.due else None
