"""One window of a feed: subscribers held while they are sent events, as asked for and as it went."""

from pydantic import Field

from harness.model.crowds.crowd import CrowdReport, CrowdSpec


class FeedSpec(CrowdSpec):
    """What the load driver is asked to do. A subscriber is in with its first event."""

    subscribers: int = Field(ge=1, le=60_000)
    interval_ms: int = Field(default=1_000, ge=1)
    """Between two events of a subscriber."""


class FeedReport(CrowdReport):
    """What happened.

    An event is due at a fixed distance from the subscriber's most punctual one: `interval_ms` times the difference of
    their numbers. So no clock of the server's is asked, and what comes late is late by what its own stream promised.
    A subscriber that never had any was due as many as the stretch has intervals. Out of order are events whose number
    was not the next one: skipped, repeated or moved.
    """

    unreadable: int | None = Field(default=None, ge=0)
    """Events that were none of the contract's feed: without a number, or with other data. Nobody is held by those. None
    where they were not counted yet."""
