"""Whether a window of requests that wait leaves some behind, that nobody awaits any more."""

from typing import Final

from harness.model.cell import WAIT_MS
from harness.model.window import WindowReport

ALL_IN_FLIGHT: Final = 0.8
"""Of the connections: from here on, what is still to be answered is a matter of some ten milliseconds."""

_NS_PER_MS: Final = 1_000_000


def leaves_a_queue(report: WindowReport, connections: int) -> bool:
    """Whether more requests were sent than were waiting at a time, so that the rest is still queued up."""
    in_flight = report.responses / report.duration_ns * WAIT_MS * _NS_PER_MS
    return in_flight < ALL_IN_FLIGHT * connections
