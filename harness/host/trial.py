"""How fast this host is beside the one that a run's planned lengths were read off: a trial of less than a second."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

_COMMAND: Final = (sys.executable, "-c", "import asyncio, http.client, jinja2, pydantic")
"""Of the kind that most of a run's waiting is: an interpreter that starts, reads modules and makes their classes."""

CALM_S: Final = 0.2
"""What it takes on the host that the lengths are from, on both of its CPUs at the same time."""

MOST: Final = 5.0

_TURNS: Final = 3
_ENOUGH_S: Final = 0.7
"""No further turn begins after so long."""
_PATIENCE_S: Final = 20.0


def slowness(cpus: Iterable[int]) -> float | None:
    """How many times as long a start takes here, on all these CPUs at once; None where it can't be tried.

    All at once, since a limit on CPU time is met by those who use several. At most `MOST`: what is slower for a second
    is another's work that ends.
    """
    began_s = time.monotonic()
    turns: list[float] = []
    with suppress(OSError, subprocess.SubprocessError):
        while len(turns) < _TURNS and (len(turns) < 2 or time.monotonic() - began_s < _ENOUGH_S):  # noqa: PLR2004
            turns.append(_turn_s(tuple(cpus)))
    # The first turn may read files that are cached from then on.
    return min(MOST, statistics.median_low(turns) / CALM_S) if len(turns) > 1 else None


def _turn_s(cpus: tuple[int, ...]) -> float:
    """How long one start on each CPU takes until all are over."""
    began_s = time.monotonic()
    started = [subprocess.Popen(_COMMAND, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) for _ in cpus]
    try:
        for cpu, process in zip(cpus, started, strict=True):
            os.sched_setaffinity(process.pid, {cpu})
        for process in started:
            if process.wait(_PATIENCE_S):
                raise subprocess.CalledProcessError(process.returncode, _COMMAND)
    finally:
        for process in started:
            process.kill()
            process.wait()
    return time.monotonic() - began_s
