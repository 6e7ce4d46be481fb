"""How fast this host is beside the one that a run's planned lengths were read off: a trial of less than a second."""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from harness.host.cpus import idle_ns

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


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial has shown."""

    times: float
    """How many times as long a start takes here."""
    others_cpus: float | None
    """How many of the run's CPUs others kept busy meanwhile, the hypervisor's guests among them; None where that is not
    told."""


def trial(cpu: int, cpus: Collection[int]) -> Trial | None:
    """How long a start takes on this CPU, of those that a run would have; None where it can't be tried."""
    began_s, idle, own_s = time.monotonic(), _idle_s(cpus), _own_s()
    times = slowness(cpu)
    idle_after, lasted_s = _idle_s(cpus), time.monotonic() - began_s
    if times is None:
        return None
    if idle is None or idle_after is None:
        return Trial(times, None)
    busy_s = lasted_s * len(cpus) - (idle_after - idle)
    return Trial(times, max(0.0, busy_s - (_own_s() - own_s)) / lasted_s)


def _idle_s(cpus: Collection[int]) -> float | None:
    try:
        found = idle_ns(cpus)
    except (OSError, IndexError, ValueError):
        return None
    return None if found is None else found / 1e9


def _own_s() -> float:
    """The CPU time of this process, and of those that it has started and seen end."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


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
