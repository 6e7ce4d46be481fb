"""How fast this host is, for who has to say how long a run takes here: a trial of some seconds.

Two things are tried, since hosts differ by more in one than in the other: what starts take, of which most of a run's
waiting consists, and what exchanges over a connection take, by which servers answer and windows have their lengths.
"""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from harness.host.cpus import idle_ns

_EXCHANGES: Final = 500
_COMMAND: Final = (
    sys.executable,
    "-c",
    f"""
import os, sys
server, generator = ({{int(cpu)}} for cpu in sys.argv[1:])
os.sched_setaffinity(0, server)
import asyncio, http.client, jinja2, pydantic
import socket, time
with socket.create_server(("127.0.0.1", 0)) as listening:
    asking = socket.create_connection(listening.getsockname())
    answering, _ = listening.accept()
if asker := os.fork():
    asking.close()
    while question := answering.recv(4096):
        answering.send(b"!" * 200)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(asker, 0)[1]))
answering.close()
os.sched_setaffinity(0, generator)
began_s = time.perf_counter()
for _ in range({_EXCHANGES}):
    asking.send(b"?" * 100)
    if not asking.recv(4096):
        sys.exit("no answer")
print(time.perf_counter() - began_s)
""",
)
"""Of the kind that most of a run's waiting is: an interpreter on the server's CPU that starts, reads modules and makes
their classes. Then a process on the generator's asks it questions, and says for how long. Each answer is awaited
asleep, as in a run: waking up on another CPU is most of what an exchange takes."""

CALM_START_S: Final = 0.27
"""What a start takes on the host that the lengths are from."""
CALM_EXCHANGE_S: Final = 50e-6
"""What an exchange takes on a host where the parts of a run that consist of connections take 0.8 to 1.0 times as long
(a quick run; 1.3 to 2.1 times in a standard one, an hour later): 50 to 65 microseconds, from one minute to the next.

It is awaited asleep, on another CPU. Within one process an exchange took 12 microseconds there, and 15 on a host where
these parts took 3.4 times as long (`harness.plan.first_pace.BY_EXCHANGES`): that told nothing of them.
"""

MOST: Final = 8.0
"""Times as long. What is slower than that is another's work of some seconds."""
_TURNS: Final = 9
_LEAST_TURNS: Final = 3
_ENOUGH_S: Final = 3.0
"""No further turn begins after so long."""
_PATIENCE_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn of a trial took, in seconds."""

    start_s: float
    exchange_s: float
    """One question and its answer."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial has shown."""

    starts: float
    """How many times as long a start takes here as on the host that a run's planned lengths were read off."""
    exchanges: float
    """The same of one question over a connection of this host's own, with its answer."""
    others_cpus: float | None
    """How many of the run's CPUs others kept busy meanwhile, the hypervisor's guests among them; None where that is not
    told."""


def trial(server: int, generator: int, cpus: Collection[int]) -> Trial | None:
    """What starts and exchanges take on these CPUs, of all that a run would have; None where it can't be tried."""
    began_s, idle, own_s = time.monotonic(), _idle_s(cpus), _own_s()
    turns = turns_on(server, generator)
    idle_after, lasted_s = _idle_s(cpus), time.monotonic() - began_s
    if not turns:
        return None
    others_cpus = None
    if idle is not None and idle_after is not None:
        busy_s = lasted_s * len(cpus) - (idle_after - idle)
        others_cpus = max(0.0, busy_s - (_own_s() - own_s)) / lasted_s
    return judged(turns, others_cpus, one_cpu=server == generator)


def judged(turns: Sequence[Turn], others_cpus: float | None, *, one_cpu: bool = False) -> Trial:
    """What turns say of the work of an hour: the median of them.

    Each is long enough to have its share of the stalls of some milliseconds that slow hosts have all the time. A run
    has them too, so the least of the turns would tell of a faster host than this. Their mean would tell of a slower
    one: in so few, it is that of a second in which others had the CPU, or of the first turn, for which files were read.

    On `one_cpu` nobody wakes up on another, so exchanges say little of the host there: they pass for those of a calm
    one, or for as long as starts where these take longer.
    """
    starts = statistics.median(turn.start_s for turn in turns) / CALM_START_S
    exchanges = max(1.0, starts) if one_cpu else statistics.median(turn.exchange_s for turn in turns) / CALM_EXCHANGE_S
    return Trial(min(MOST, starts), min(MOST, exchanges), others_cpus)


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


def turns_on(server: int, generator: int) -> list[Turn]:
    """Several turns on the CPUs of a server and of the generator, which may be one; none where it can't be tried.

    One at a time, as most of a run is: where only several together meet a limit on CPU time, a run hardly meets it
    outside of its windows.
    """
    began_s = time.monotonic()
    turns: list[Turn] = []
    with suppress(OSError, ValueError, subprocess.SubprocessError):
        while len(turns) < _LEAST_TURNS or (len(turns) < _TURNS and time.monotonic() - began_s < _ENOUGH_S):
            turns.append(_turn(server, generator))
        return turns
    return []


def _turn(server: int, generator: int) -> Turn:
    """Raises where it can't be tried."""
    began_s = time.monotonic()
    quiet = subprocess.DEVNULL
    command = (*_COMMAND, str(server), str(generator))
    with subprocess.Popen(command, stdin=quiet, stdout=subprocess.PIPE, stderr=quiet) as process:
        try:
            said, _ = process.communicate(timeout=_PATIENCE_S)
        finally:
            process.kill()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    exchanged_s = float(said)
    return Turn(time.monotonic() - began_s - exchanged_s, exchanged_s / _EXCHANGES)
