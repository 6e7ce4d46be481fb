"""Taking a CPU away as a host does, by what goes before everything else on it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.odd_hosts import lacking

SPINNER: Final = Path(__file__).with_name("rt_spinner.py")

type Stretch = tuple[int, int]
"""Beginning and end, in ns of `time.monotonic_ns()`."""


def need_real_time() -> None:
    """Of a test that takes the right to run before everything else on a CPU."""
    trying = "import os; os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))"
    if subprocess.run((sys.executable, "-c", trying), capture_output=True, check=False).returncode:
        lacking("it takes the right to SCHED_FIFO with priority 50 (root, or CAP_SYS_NICE)")


@contextmanager
def cpu_taken_away(cpu: int, *, stall_ms: float, gap_ms: float) -> Iterator[list[Stretch]]:
    """Again and again from now on, at random; the list holds when, once it is over."""
    stalls: list[Stretch] = []
    command = (sys.executable, str(SPINNER), str(cpu), str(stall_ms), str(gap_ms))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as spinner:
        assert spinner.stdin
        assert spinner.stdout
        assert spinner.stdout.readline() == "ready\n"
        yield stalls
        spinner.stdin.close()
        stalls += [(int(begin), int(end)) for begin, end in map(str.split, spinner.stdout)]
    assert spinner.returncode == 0
