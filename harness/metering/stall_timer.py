"""The stall watch of one CPU as a process: `python -m harness.metering.stall_timer --cpus N`.

`harness.metering.stall_watch` speaks to it.

A timer is due a thousand times a second. It goes before everything else on its CPU, so where it is late it was the CPU
that stood still, and not other work that kept it waiting. This is how jHiccup (https://github.com/giltene/jHiccup)
looks at a host, but for the priority. It says first whether it has that (`Began`), and watches only if so. Told to
begin (one JSON object a line), it says that it has begun; told to end, what it saw.

Told whose the CPU is, it says as well when others had it (`cpu_switches`): the CPU ran then, but not for those.
"""

import argparse
import gc
import os
import select
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

from harness.companion import WATCH_PRIORITY, bind_to_harness, cpu_argument, go_first
from harness.metering.cpu_switches import CpuSwitches, held_by_others
from harness.model.base import Contract, build_contracts
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
    ours: tuple[int, ...] | None = None
    """Process ids of those for whom the CPU is there, to be told when others had it; None where that is not asked."""


class Began(Contract):
    """It is ready, or watches."""

    scheduling: str
    """The scheduling policy that it runs under (sched(7)). Under another than `GOES_FIRST` it does not watch."""
    holders_unseen: str | None = None
    """Why it can't tell who has the CPU; None where it can."""


class Seen(Contract):
    """What it saw; times are those of `time.monotonic_ns()`."""

    from_ns: int
    to_ns: int
    stalls: tuple[Stall, ...]
    held: tuple[Stall, ...] | None = None
    """When others had the CPU for `LATE_NS` or longer at a stretch; None where that was not asked for, or not seen."""


class Holders:
    """Who has the CPU, as far as the kernel tells this process."""

    def __init__(self, cpu: int) -> None:
        """Where the kernel does not tell, there is never a reading."""
        self._switches: CpuSwitches | None = None
        self.unseen: str | None = None
        """Why they can't be seen here; None where they can."""
        try:
            self._switches = CpuSwitches(cpu)
        except OSError as error:
            self.unseen = error.strerror or str(error)
        # The kernel's own thread for packets works for whoever gets them.
        self._passing = {os.getpid(), *_pids_named(f"ksoftirqd/{cpu}")}
        self._ours: frozenset[int] | None = None

    def begin(self, ours: tuple[int, ...] | None) -> None:
        """Look from now on."""
        self._ours = None if ours is None else frozenset(ours)
        if self._switches and self._ours is not None:
            self._switches.begin()

    def end(self) -> tuple[Stall, ...] | None:
        """When others had it since."""
        if self._switches is None or self._ours is None:
            return None
        seen = self._switches.end()
        return None if seen is None else held_by_others(*seen, self._ours, self._passing, LATE_NS)


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
    cpus = parser.parse_args().cpus
    bind_to_harness(cpus)
    holders = Holders(cpus[0])
    began = Began(scheduling=go_first(WATCH_PRIORITY), holders_unseen=holders.unseen)
    timer = StallTimer()
    build_contracts()
    gc.collect()
    gc.freeze()
    gc.disable()
    stdin = sys.stdin.fileno()
    _say(began)
    received = b""
    while data := os.read(stdin, _READ_BYTES):
        *lines, received = (received + data).split(b"\n")
        for line in lines:
            order = Order.model_validate_json(line)
            if order.order == "begin":
                holders.begin(order.ours)
                timer.begin()
                _say(began)
                seen = timer.watch(stdin)
            else:
                _say(seen.model_copy(update={"held": holders.end()}))


def _pids_named(name: str) -> Iterator[int]:
    for comm in Path("/proc").glob("[0-9]*/comm"):
        with suppress(OSError):
            if comm.read_text(errors="replace").strip() == name:
                yield int(comm.parent.name)


def _say(what: Contract) -> None:
    os.write(sys.stdout.fileno(), what.model_dump_json().encode() + b"\n")


if __name__ == "__main__":
    main()
