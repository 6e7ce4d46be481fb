"""The memory of a server that holds a crowd is read while it does, or not at all."""

import time

from harness.measure.instruments import _read_by
from harness.metering.process_tree import Memory

A_DAY_NS = 86_400 * 10**9
MEMORY = Memory(rss_bytes=2, pss_bytes=1, processes=1)


def test_what_is_read_while_everybody_is_there_counts() -> None:
    assert _read_by(time.monotonic_ns() + A_DAY_NS, lambda: MEMORY) is MEMORY


def test_what_was_read_as_they_were_leaving_is_not_known() -> None:
    """The reader was late at its turn, or took so long that some may have left meanwhile."""

    def slow() -> Memory:
        time.sleep(0.1)
        return MEMORY

    assert _read_by(time.monotonic_ns() - 1, lambda: MEMORY) is None
    assert _read_by(time.monotonic_ns() + 50_000_000, slow) is None
