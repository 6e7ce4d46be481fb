"""When is a server warm? The data say so, not a fixed time."""

from collections.abc import Sequence
from typing import Final

STILL_RISING: Final = 1.05
"""A window this much faster than every one before it means that the server is still warming up."""


def is_warm(throughputs_rps: Sequence[float]) -> bool:
    """Whether the last warm-up window was no longer clearly faster than the ones before.

    CPython specialises its bytecode within the first dozens of calls, and pools and caches fill with the
    first requests: both end after a fraction of a second, and show as a rising throughput.
    """
    if len(throughputs_rps) < 2:  # noqa: PLR2004 - a trend needs two points
        return False
    return throughputs_rps[-1] <= STILL_RISING * max(throughputs_rps[:-1])
