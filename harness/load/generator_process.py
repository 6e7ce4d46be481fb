"""What every process that generates load sees to when it starts."""

import gc
import resource
import time
from pathlib import Path
from typing import Final, Literal

from harness.model.base import build_contracts
from harness.model.window import Phase

_SCHEDSTAT: Final = Path("/proc/self/schedstat")


def allow_connections() -> None:
    """Each connection is an open file, and the usual soft limit is 1,024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def freeze() -> None:
    """What is loaded by now stays: no need to look at it again during a window, nor to build any of it there."""
    build_contracts()
    gc.collect()
    gc.freeze()


def consumed() -> tuple[int, int]:
    """CPU time of this process, and how long it was ready to run but had no CPU, both in ns."""
    return time.process_time_ns(), int(_SCHEDSTAT.read_text().split()[1])


def come_to(event: Literal["opened", "closed"], at_ns: int) -> Phase:
    """The stretch begins or has ended at this instant, which has just passed, or did so while this process waited."""
    return Phase(event=event, at_ns=at_ns, late_ns=max(0, time.monotonic_ns() - at_ns))
