"""The log of a local process: bounded, whatever it writes."""

import os
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 8 * 2**20
"""A log that has grown beyond this is cut. It is looked at between windows, so that it may have grown further then."""

KEPT_BYTES: Final = 256 * 2**10
"""Of its beginning, and as much of its end: that it starts badly is said first, and why it ended last."""


def cut(log: Path) -> int:
    """Take the middle out of a log that has grown too long; how many bytes were taken out, 0 for none.

    Whoever writes to it appends, and goes on at the new end. What is written in the meantime may be lost.
    """
    if log.stat().st_size <= MOST_BYTES:
        return 0
    with log.open("r+b") as file:
        beginning = file.read(KEPT_BYTES)
        size = file.seek(0, os.SEEK_END)
        file.seek(size - KEPT_BYTES)
        end = file.read(KEPT_BYTES)
        taken = size - len(beginning) - len(end)
        file.seek(len(beginning))
        file.write(f"\n[... {taken:,} bytes were taken out of this log here ...]\n".encode() + end)
        file.truncate()
    return taken
