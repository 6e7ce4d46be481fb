"""How fast this host is beside the one that a run's planned lengths were read off: a trial of less than a second."""

import os
import statistics
import subprocess
import sys
import time
from contextlib import suppress
from typing import Final

_COMMAND: Final = (sys.executable, "-c", "import asyncio, http.client, jinja2, pydantic")
"""Of the kind that most of a run's waiting is: an interpreter that starts, reads modules and makes their classes."""

CALM_S: Final = 0.27
"""What it takes on the host that the lengths are from."""

MOST: Final = 5.0
_TURNS: Final = 3
_LEAST_TURNS: Final = 2
_ENOUGH_S: Final = 0.7
"""No further turn begins after so long."""
_PATIENCE_S: Final = 20.0


def slowness(cpu: int) -> float | None:
    """How many times as long a start takes here, on this CPU; None where it can't be tried.

    One at a time, as most of a run is: where only several together meet a limit on CPU time, a run hardly meets it
    outside of its windows. At most `MOST`: what is slower for a second is another's work that ends.
    """
    began_s = time.monotonic()
    turns: list[float] = []
    with suppress(OSError, subprocess.SubprocessError):
        while len(turns) < _LEAST_TURNS or (len(turns) < _TURNS and time.monotonic() - began_s < _ENOUGH_S):
            turns.append(_turn_s(cpu))
        # The first turn may read files that are cached from then on.
        return min(MOST, statistics.median_low(turns) / CALM_S)
    return None


def _turn_s(cpu: int) -> float:
    """How long one start takes."""
    began_s = time.monotonic()
    process = subprocess.Popen(_COMMAND, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        os.sched_setaffinity(process.pid, {cpu})
        if process.wait(_PATIENCE_S):
            raise subprocess.CalledProcessError(process.returncode, _COMMAND)
    finally:
        process.kill()
        process.wait()
    return time.monotonic() - began_s
