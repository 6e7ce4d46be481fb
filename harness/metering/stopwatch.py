"""The speed probe as a process: `python -m harness.metering.stopwatch --cpus N`.

`harness.metering.speed_probe` speaks to it.

A hundred times a second it does a small, fixed piece of work on the server's CPU and takes the CPU time of it.
Asked for a stretch of time (one JSON object a line), it answers with the mean. The piece is done twice and only
the second counts: by then its code and data are in the caches, whatever the server had left there.
"""

import argparse
import gc
import os
import select
import sys
import time
from collections import deque
from math import exp, fsum, log
from typing import Final

from harness.companion import bind_to_harness, cpu_argument, go_first
from harness.model.base import Contract, build_contracts
from harness.model.window import SpeedReading

INTERVAL_NS: Final = 10_000_000
_KEPT: Final = 12_000
"""Samples of the last two minutes; no window is that long."""
_STEPS: Final = 400
"""Some 10 microseconds of work, so that the speed probe takes 0.3 % of the CPU."""
_READ_BYTES: Final = 4_096


class Stretch(Contract):
    """Asks for the speed between two instants of `time.monotonic_ns()`."""

    from_ns: int
    to_ns: int


class Answer(Contract):
    """What it was; None where there is no sample."""

    speed: SpeedReading | None


class Stopwatch:
    """Takes samples, and keeps the latest."""

    def __init__(self) -> None:
        self._samples: deque[tuple[int, int]] = deque(maxlen=_KEPT)

    def take(self) -> None:
        """One sample: when, and how much CPU time the work took, in nanoseconds."""
        _work()
        began_ns = time.thread_time_ns()
        _work()
        self._samples.append((time.monotonic_ns(), time.thread_time_ns() - began_ns))

    def mean(self, stretch: Stretch) -> SpeedReading | None:
        """The geometric mean over a stretch."""
        logs = [log(taken_ns) for at_ns, taken_ns in self._samples if stretch.from_ns <= at_ns <= stretch.to_ns]
        return SpeedReading(samples=len(logs), work_ns=exp(fsum(logs) / len(logs))) if logs else None


def main() -> None:
    """Take samples, and answer, until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cpus", type=cpu_argument, help="CPUs to run on, such as 1; by default any")
    bind_to_harness(parser.parse_args().cpus)
    build_contracts()
    go_first()
    gc.disable()
    stopwatch = Stopwatch()
    stdin, stdout = sys.stdin.fileno(), sys.stdout.fileno()
    received = b""
    due_ns = time.monotonic_ns()
    while True:
        asked, _, _ = select.select([stdin], [], [], max(0, due_ns - time.monotonic_ns()) / 1e9)
        if not asked:
            stopwatch.take()
            due_ns = max(due_ns + INTERVAL_NS, time.monotonic_ns())
            continue
        data = os.read(stdin, _READ_BYTES)
        if not data:
            return
        *lines, received = (received + data).split(b"\n")
        for line in lines:
            answer = Answer(speed=stopwatch.mean(Stretch.model_validate_json(line)))
            os.write(stdout, answer.model_dump_json().encode() + b"\n")


def _work() -> int:
    """What is timed: the interpreter's own loop, which touches next to no memory."""
    value = 0
    for step in range(_STEPS):
        value ^= step
    return value


if __name__ == "__main__":
    main()
