"""The stall watch of one CPU as a process: `python -m harness.metering.stall_timer --cpus N`.

`harness.metering.stall_watch` speaks to it.

A timer is due a thousand times a second. It goes before everything else on its CPU, so where it is late it was the CPU
that stood still, and not other work that kept it waiting. This is how jHiccup (https://github.com/giltene/jHiccup)
looks at a host, but for the priority. It says first whether it has that (`Began`), and watches only if so. Told to
begin (one JSON object a line), it says that it has begun; told to end, what it saw.
"""

import argparse
import gc
import os
import select
import sys
import time
from collections import deque
from typing import Final, Literal

from harness.companion import WATCH_PRIORITY, bind_to_harness, cpu_argument, go_first
from harness.model.base import Contract
from harness.model.window import Stall

EVERY_NS: Final = 1_000_000
LATE_NS: Final = 500_000
"""What keeps the kernel from waking it at once, such as the packets of a loaded server, takes some ten microseconds."""

GOES_FIRST: Final = "SCHED_FIFO"

_TICKS_A_LOOK: Final = 5
"""So often it looks whether it has been told to end."""
_COUNT_BYTES: Final = 8
_READ_BYTES: Final = 4_096
_KEPT: Final = 50_000
"""Stalls of one window, more than there can be in half a minute."""


class Order(Contract):
    """What it is told."""

    order: Literal["begin", "end"]


class Began(Contract):
    """It is ready, or watches."""

    scheduling: str
    """The scheduling policy that it runs under (sched(7)). Under another than `GOES_FIRST` it does not watch."""


class Seen(Contract):
    """What it saw; times are those of `time.monotonic_ns()`."""

    from_ns: int
    to_ns: int
    stalls: tuple[Stall, ...]


class StallTimer:
    """The timer, which is not due until it is told to watch."""

    def __init__(self) -> None:
        self._fd = os.timerfd_create(time.CLOCK_MONOTONIC)
        self._from_ns = 0

    def begin(self) -> None:
        """It is due from now on."""
        self._from_ns = time.monotonic_ns()
        due_ns = self._from_ns + EVERY_NS
        os.timerfd_settime_ns(self._fd, flags=os.TFD_TIMER_ABSTIME, initial=due_ns, interval=EVERY_NS)

    def watch(self, until: int) -> Seen:
        """Note when it was late since it began, until something can be read from the file descriptor `until`."""
        told = select.poll()
        told.register(until)
        # Next to nothing is done a tick: a thousand times a second, each microsecond is a thousandth of the CPU.
        timer, read, clock = self._fd, os.read, time.monotonic_ns
        stalls: deque[Stall] = deque(maxlen=_KEPT)
        from_ns = last_ns = self._from_ns
        due_ns = from_ns + EVERY_NS
        told_to_end = False
        while not told_to_end:
            told_to_end = bool(told.poll(0))  # What came before it was told is seen, so it goes on for some ticks.
            for _ in range(_TICKS_A_LOOK):
                ticks = read(timer, _COUNT_BYTES)
                now_ns = clock()
                if now_ns - due_ns < LATE_NS:
                    due_ns += EVERY_NS
                else:
                    due_ns += EVERY_NS * int.from_bytes(ticks, sys.byteorder)
                    if now_ns - last_ns >= LATE_NS:  # or it is what the last one had not read of the same stall
                        stalls.append((last_ns, now_ns - last_ns))
                last_ns = now_ns
        os.timerfd_settime_ns(timer)
        if len(stalls) == _KEPT:
            from_ns = sum(stalls[0])
        return Seen(from_ns=from_ns, to_ns=last_ns, stalls=tuple(stalls))


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cpus", type=cpu_argument, required=True, help="the CPU to watch, such as 1")
    bind_to_harness(parser.parse_args().cpus)
    began = Began(scheduling=go_first(WATCH_PRIORITY))
    timer = StallTimer()
    gc.collect()
    gc.freeze()
    gc.disable()
    stdin = sys.stdin.fileno()
    _say(began)
    received = b""
    while data := os.read(stdin, _READ_BYTES):
        *lines, received = (received + data).split(b"\n")
        for line in lines:
            if Order.model_validate_json(line).order == "begin":
                timer.begin()
                _say(began)
                seen = timer.watch(stdin)
            else:
                _say(seen)


def _say(what: Contract) -> None:
    os.write(sys.stdout.fileno(), what.model_dump_json().encode() + b"\n")


if __name__ == "__main__":
    main()
