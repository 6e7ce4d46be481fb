"""Latencies of known truth on a host that stalls: a queue before one server, whose CPU stops again and again.

Requests arrive as a Poisson process and are worked off one after the other (M/G/1). A stall stops the work where it
is; what arrives meanwhile waits. The watch that tells of stalls looks a thousand times a second: it takes a stall to
have begun when it last looked, and misses one that ends before it looks again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.analysis.latency.durations import Durations
from harness.analysis.latency.percentiles import CellLatencies, WindowLatencies
from harness.analysis.latency.stalls import Stretch, clear_of_stalls
from harness.analysis.windows import CellWindows, UsedWindow
from harness.model.app import Endpoint
from harness.model.cell import Cell, RateRule, Subject, Workload
from harness.model.window import Mode, SpeedReading, WindowSpec
from tests.unit.analysis.simulate import EMPTY_REPORT, Array

LEAD_S = 0.3
"""Load before the counted stretch."""
WATCH_S = 0.001
_S = 1e9


@dataclass(frozen=True)
class Server:
    """How long a request takes by itself, and how busy the server is."""

    service_s: float = 0.001
    spread: float = 0.7
    """Standard deviation of a request's own time over its mean."""
    load: float = 0.5

    @property
    def rate_rps(self) -> float:
        return self.load / self.service_s


@dataclass(frozen=True)
class StallingHost:
    """How often and for how long its CPUs stop, and how fast they are meanwhile."""

    stalls_per_s: float = 25.0
    """On average: much more in some windows, next to none in others."""
    unevenness: float = 1.0
    """Standard deviation of that over its mean, from window to window."""
    median_s: float = 0.002
    sigma: float = 0.8
    """Of the logarithm of a stall's length."""
    speed: float = 0.10
    """Standard deviation of the logarithm of what a request takes, from window to window, as the probe sees it."""
    unseen: float = 0.05
    """The same of what it doesn't see."""
    process: float = 0.02
    """The same from one fresh process to the next."""


CALM = StallingHost(stalls_per_s=0.0)


@dataclass(frozen=True)
class Simulated:
    """One window: times in ns on its own clock, on which the counted stretch begins at 0."""

    arrivals_ns: Array
    latencies_ns: Array
    stalls: list[Stretch]
    """As the watch tells them."""
    watched: Stretch
    stolen_share: float

    def as_met(self) -> Durations:
        return Durations.of_requests(self.latencies_ns, np.zeros(0))

    def of_server(self, settle_ns: float) -> Durations:
        return clear_of_stalls(self.arrivals_ns, self.latencies_ns, self.stalls, self.watched, settle_ns)


def window(
    generator: np.random.Generator, server: Server, host: StallingHost, duration_s: float, slower: float = 1.0
) -> Simulated:
    """One window; each request takes `slower` times as long."""
    before_s, after_s = -LEAD_S, duration_s + 1.0
    often = host.stalls_per_s
    if often and host.unevenness:
        often *= generator.gamma(1 / host.unevenness**2, host.unevenness**2)
    count = generator.poisson(often * (after_s - before_s))
    begins_s = np.sort(generator.uniform(before_s, after_s, count))
    lengths_s = host.median_s * np.exp(host.sigma * generator.normal(size=count))
    begins_s, lengths_s = _apart(begins_s, lengths_s)
    requests = generator.poisson(server.rate_rps * (duration_s - before_s))
    arrivals_s = np.sort(generator.uniform(before_s, duration_s, requests))
    sigma = np.sqrt(np.log(1 + server.spread**2))
    services_s = server.service_s * slower * np.exp(sigma * generator.normal(size=requests) - sigma**2 / 2)
    done_s = _worked_off(arrivals_s, services_s, begins_s, lengths_s)
    counted = arrivals_s >= 0
    within = np.clip(np.minimum(begins_s + lengths_s, duration_s) - np.maximum(begins_s, 0), 0, None)
    return Simulated(
        arrivals_ns=np.round(arrivals_s[counted] * _S),
        latencies_ns=np.round((done_s - arrivals_s)[counted] * _S),
        stalls=_watched(generator, begins_s, lengths_s),
        watched=(int(before_s * _S), int((after_s - before_s) * _S)),
        stolen_share=float(within.sum() / duration_s),
    )


def _apart(begins_s: Array, lengths_s: Array) -> tuple[Array, Array]:
    """A stall that begins during another one goes on after it."""
    if not begins_s.size:
        return begins_s, lengths_s
    # As in a queue: each begins when the one before it is over.
    ends = np.cumsum(lengths_s) + np.maximum.accumulate(begins_s - np.cumsum(lengths_s) + lengths_s)
    return ends - lengths_s, lengths_s


def _worked_off(arrivals_s: Array, services_s: Array, begins_s: Array, lengths_s: Array) -> Array:
    """When each request is done. Time on the CPU's own clock stands still during stalls; there it is a queue."""
    stalled = np.concatenate(([0.0], np.cumsum(lengths_s)))
    begins_cpu = begins_s - stalled[:-1]
    so_many = np.searchsorted(begins_s, arrivals_s, side="right")
    last = np.maximum(so_many - 1, 0)
    if begins_s.size:
        partly = np.minimum(arrivals_s - begins_s[last], lengths_s[last])
        arrivals_cpu = arrivals_s - np.where(so_many > 0, stalled[last] + partly, 0.0)
    else:
        arrivals_cpu = arrivals_s
    worked = np.cumsum(services_s)
    done_cpu = worked + np.maximum.accumulate(arrivals_cpu - worked + services_s)
    return np.asarray(done_cpu + stalled[np.searchsorted(begins_cpu, done_cpu, side="left")])


def _watched(generator: np.random.Generator, begins_s: Array, lengths_s: Array) -> list[Stretch]:
    looked = begins_s - WATCH_S * generator.random(begins_s.size)
    seen = looked + WATCH_S < begins_s + lengths_s
    told = zip(looked[seen], (begins_s + lengths_s - looked)[seen], strict=True)
    return [(int(begin * _S), int(length * _S)) for begin, length in told]


@dataclass(frozen=True)
class LatencyRun:
    """The latency windows of several subjects at one rate, as a whole run has them."""

    cells: list[CellWindows]
    as_met: list[CellLatencies]
    of_server: list[CellLatencies]


def latency_run(  # noqa: PLR0913, PLR0917 - a run has many sides
    generator: np.random.Generator,
    servers: Sequence[Server],
    host: StallingHost = StallingHost(),
    rounds: int = 5,
    windows: int = 4,
    duration_s: float = 0.5,
    settle_ns: float = 1e7,
) -> LatencyRun:
    """A run of one subject for each server; its windows take turns in shuffled order."""
    used: list[list[UsedWindow]] = [[] for _ in servers]
    as_met: list[list[WindowLatencies]] = [[] for _ in servers]
    of_server: list[list[WindowLatencies]] = [[] for _ in servers]
    sequence = 0
    for index in range(rounds):
        processes = np.exp(host.process * generator.normal(size=len(servers)))
        for _ in range(windows):
            for place in generator.permutation(len(servers)).tolist():
                seen = host.speed * generator.normal()
                slower = processes[place] * np.exp(seen + host.unseen * generator.normal())
                made = window(generator, servers[place], host, duration_s, slower)
                taken = UsedWindow(
                    round_index=index,
                    spec=_SPEC,
                    report=EMPTY_REPORT,
                    meter=None,
                    speed=SpeedReading(samples=50, work_ns=1e4 * np.exp(seen + 0.02 * generator.normal())),
                    sequence=sequence,
                    started_s=sequence * (duration_s + LEAD_S),
                    steal_share=np.floor(made.stolen_share / _TICK + generator.random()) * _TICK,
                )
                sequence += 1
                used[place].append(taken)
                as_met[place].append(WindowLatencies(taken, made.as_met()))
                of_server[place].append(WindowLatencies(taken, made.of_server(settle_ns)))
    return LatencyRun([_cell(place, own) for place, own in enumerate(used)], list(as_met), list(of_server))


_SPEC = WindowSpec.model_construct(mode=Mode.OPEN)
_TICK = 0.01


def _cell(place: int, used: Sequence[UsedWindow]) -> CellWindows:
    subject = Subject(app=f"app{place}", variant="controlled")
    cell = Cell(
        subject=subject, endpoint=Endpoint.JSON, workload=Workload.LATENCY, connections=64, rate=RateRule.COMMON
    )
    return CellWindows(cell, tuple(used))
