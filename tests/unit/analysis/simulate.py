"""Runs of known truth: windows as a noisy host would give them.

The logarithm of a window's throughput is the subject's true value, plus what moved the whole round, plus what this
server process is like, plus the window's own noise.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from harness.analysis.windows import CellWindows, UsedWindow
from harness.histogram import Histogram
from harness.model.app import Endpoint
from harness.model.cell import IDLE_RATE_RPS, Cell, RateRule, Subject, Workload
from harness.model.run import Deployment, Start, Window
from harness.model.window import Mode, ProcessMeter, SpeedReading, WindowReport, WindowSpec
from harness.results.records import RecordedRun
from tests.unit.results.sample import deployment, run_of, window_of

DURATION_NS = 500_000_000
CONNECTIONS = 32
SERVER_SHARE = 0.95
EMPTY_REPORT = WindowReport(
    duration_ns=DURATION_NS, responses=0, reconnects=0, latency="", latency_sum_ns=0, generator_cpu_ns=0,
    generator_run_delay_ns=0, requests_total=0, responses_total=0,
)  # fmt: skip

type Array = NDArray[np.float64]


def simulated_runs(usually: int) -> int:
    """How many runs an error rate is taken over: `SIMULATED_RUNS=1000 pytest -m simulation tests/unit/analysis`."""
    return int(os.environ.get("SIMULATED_RUNS", usually))


def subject(app: str, *, twin: bool = False) -> Subject:
    return Subject(app=app, variant="controlled", twin=twin)


@dataclass(frozen=True)
class Noise:
    """Standard deviations of logarithms. A sequence gives one for each subject."""

    window: float | Sequence[float] = 0.10
    """So the ratio of two windows of different subjects has 1.4 times this."""
    process: float | Sequence[float] = 0.03
    common: float = 0.05
    block: float = 0.0
    """What moves one window of each subject alike."""
    heavy_tails: bool = False
    """Windows by Student's t with 4 degrees of freedom, scaled to the same standard deviation."""

    def draw(self, generator: np.random.Generator, subjects: int, rounds: int, windows: int) -> Array:
        """Logarithms of shape subjects x rounds x windows, with mean 0."""
        shape = (subjects, rounds, windows)
        tails = generator.standard_t(4, shape) / np.sqrt(2) if self.heavy_tails else generator.normal(size=shape)
        return (
            np.broadcast_to(self.window, subjects)[:, None, None] * tails
            + np.broadcast_to(self.process, subjects)[:, None, None] * generator.normal(size=(subjects, rounds, 1))
            + self.common * generator.normal(size=(1, rounds, 1))
            + self.block * generator.normal(size=(1, rounds, windows))
        )


@dataclass(frozen=True)
class SharedHost:
    """A host whose speed changes while windows of all subjects and endpoints take their turns on it."""

    speed: float = 0.13
    """Standard deviation of the logarithm of what the probe sees."""
    unseen: float = 0.06
    """Of what it doesn't see."""
    duration_s: float = 0.5
    """Both forget themselves in that time."""
    probe_error: float = 0.04
    follows: float | Sequence[float] = 1.0
    """How much each subject follows the host."""
    steal: float = 0.0
    """Mean share of the CPUs' time that the hypervisor takes away: much in some windows, next to nothing in most."""
    robbed: float | Sequence[float] = 1.0
    """How many times that it takes from each subject."""

    def draw(self, generator: np.random.Generator, shape: tuple[int, int, int, int]) -> "HostHistory":
        """For windows of shape endpoints x subjects x rounds x windows; each pass over all cells has its own order."""
        endpoints, subjects, rounds, windows = shape
        cells = endpoints * subjects
        # Columns are instants: all cells of the first pass, then all of the second ...
        keep = np.exp(-_APART_S / self.duration_s)
        shocks = generator.normal(size=(2, rounds, windows * cells))
        states = np.empty_like(shocks)
        states[..., 0] = shocks[..., 0]
        for instant in range(1, windows * cells):
            states[..., instant] = keep * states[..., instant - 1] + np.sqrt(1 - keep**2) * shocks[..., instant]
        passes = np.argsort(generator.random((rounds, windows, cells)), axis=2)
        place = np.arange(windows)[:, None] * cells + passes  # rounds x windows x cells
        place = place.transpose(2, 0, 1).reshape(shape)
        index = np.arange(rounds)[:, None]
        seen, unseen = (state[index, place] for state in states)
        followed = np.broadcast_to(self.follows, subjects)[:, None, None]
        robbed = np.broadcast_to(self.robbed, subjects)[:, None, None]
        stolen = np.minimum(self.steal * robbed * generator.gamma(0.5, 2.0, shape), 0.6)
        return HostHistory(
            logs=np.log(1 - stolen) - followed * (self.speed * seen + self.unseen * unseen),
            works_ns=1e4 * np.exp(self.speed * seen + self.probe_error * generator.normal(size=shape)),
            sequences=place + index * windows * cells,
            steal_shares=np.floor(stolen / _TICK + generator.random(shape)) * _TICK,
        )


@dataclass(frozen=True)
class HostHistory:
    """What a shared host did to each window, and when the window was."""

    logs: Array
    works_ns: Array
    sequences: NDArray[np.int64]
    steal_shares: Array
    """As the kernel tells them."""

    def of_endpoint(self, place: int) -> "HostHistory":
        return HostHistory(self.logs[place], self.works_ns[place], self.sequences[place], self.steal_shares[place])


_APART_S = 0.3
_TICK = 0.01
"""Of the time of two CPUs in half a second, one of the ticks that steal is told in."""


def capacity_windows(
    logs: Array,
    subjects: Sequence[Subject],
    endpoint: Endpoint = Endpoint.JSON,
    rps: float = 20_000.0,
    host: HostHistory | None = None,
) -> list[CellWindows]:
    """Closed-loop windows with nothing but their throughput: fast, for many runs."""
    spec = WindowSpec.model_construct(mode=Mode.CLOSED)
    responses = np.rint(rps * np.exp(logs) * DURATION_NS / 1e9).astype(int).tolist()
    return [
        CellWindows(
            cell=Cell(subject=each, endpoint=endpoint, workload=Workload.CAPACITY, connections=CONNECTIONS),
            used=tuple(
                UsedWindow(
                    index,
                    spec,
                    EMPTY_REPORT.model_copy(update={"responses": count}),
                    None,
                    *(_moment(host, (row, index, place)) if host else ()),
                )
                for index, of_round in enumerate(of_subject)
                for place, count in enumerate(of_round)
            ),
        )
        for row, (each, of_subject) in enumerate(zip(subjects, responses, strict=True))
    ]


def _moment(host: HostHistory, place: tuple[int, int, int]) -> tuple[SpeedReading, int, float, float]:
    sequence = int(host.sequences[place])
    speed = SpeedReading(samples=25, work_ns=float(host.works_ns[place]))
    return speed, sequence, _APART_S * sequence, float(host.steal_shares[place])


@dataclass(frozen=True)
class Simulation:
    """A whole run, record by record, with histograms, meters and starts."""

    capacities_rps: Mapping[Subject, float]
    """The truth."""
    endpoints: tuple[Endpoint, ...] = (Endpoint.JSON,)
    rounds: int = 4
    windows: int = 5
    latency_windows: int = 0
    """Of the latency workload at the common rate, in each round."""
    tail: Mapping[Subject, float] = field(default_factory=dict)
    """How many times its usual latency a subject's slowest 2 % take; 3 where nothing is said."""
    noise: Noise = field(default_factory=Noise)
    deployments: tuple[Deployment, ...] = ()
    seed: int = 1

    def recorded(self) -> RecordedRun:
        generator = np.random.default_rng(self.seed)
        cells = [
            cell for endpoint in self.endpoints for each in self.capacities_rps for cell in self._cells(each, endpoint)
        ]
        rate_rps = min(self.capacities_rps.values()) / 2
        windows: list[Window] = []
        for endpoint in self.endpoints:
            logs = self.noise.draw(generator, len(self.capacities_rps), self.rounds, self.windows)
            for (each, rps), of_subject in zip(self.capacities_rps.items(), logs, strict=True):
                capacity, *latency = self._cells(each, endpoint)
                for index, of_round in enumerate(of_subject):
                    windows += [
                        window_of(
                            capacity,
                            round_index=index,
                            report=closed_report(rps * np.exp(log), generator),
                            meter=meter(),
                        )
                        for log in of_round
                    ]
                    windows += [
                        window_of(
                            cell,
                            round_index=index,
                            rate_rps=rate_rps,
                            report=open_report(
                                rate_rps, 1 / rps * np.exp(-of_round[0]), self.tail.get(each, 3.0), generator
                            ),
                            meter=meter(server_share=0.3),
                        )
                        for cell in latency
                        for _ in range(self.latency_windows)
                    ]
        windows.sort(key=lambda window: window.round_index)
        return RecordedRun(
            run=run_of(
                cells, rounds=self.rounds, deployments=self.deployments or tuple(map(deployment, self.capacities_rps))
            ),
            windows=tuple(window.model_copy(update={"sequence": place}) for place, window in enumerate(windows)),
            starts=tuple(started(each, index) for index in range(self.rounds) for each in self.capacities_rps),
            rounds_complete=self.rounds,
        )

    def _cells(self, each: Subject, endpoint: Endpoint) -> list[Cell]:
        capacity = Cell(subject=each, endpoint=endpoint, workload=Workload.CAPACITY, connections=CONNECTIONS)
        latency = capacity.model_copy(update={"workload": Workload.LATENCY, "rate": RateRule.COMMON})
        return [capacity, latency] if self.latency_windows else [capacity]


def closed_report(rps: float, generator: np.random.Generator, **changes: object) -> WindowReport:
    """A window in which every connection waits for its next answer all the time."""
    responses = int(rps * DURATION_NS / 1e9)
    mean_ns = CONNECTIONS / max(rps, 1) * 1e9
    report = WindowReport(
        duration_ns=DURATION_NS,
        responses=responses,
        reconnects=0,
        latency=histogram(mean_ns * generator.lognormal(0, 0.2, responses)),
        latency_sum_ns=CONNECTIONS * DURATION_NS,
        generator_cpu_ns=int(0.4 * DURATION_NS),
        generator_run_delay_ns=int(0.001 * DURATION_NS),
        requests_total=responses,
        responses_total=responses,
    )
    return report.model_copy(update=changes)


def open_report(
    rate_rps: float,
    usual_s: float,
    tail: float,
    generator: np.random.Generator,
    of: int | None = None,
    **changes: object,
) -> WindowReport:
    """A window of one second in which Poisson arrivals (or `of` them) are answered, some of them slowly."""
    offered = int(generator.poisson(rate_rps)) if of is None else of
    slow = np.where(generator.random(offered) < 0.02, tail, 1.0)
    latencies_ns = usual_s * 1e9 * slow * generator.lognormal(0, 0.1, offered)
    report = WindowReport(
        duration_ns=1_000_000_000,
        responses=offered,
        reconnects=0,
        latency=histogram(latencies_ns),
        latency_sum_ns=int(latencies_ns.sum()),
        service_time=histogram(latencies_ns),
        schedule_lag=histogram(np.full(offered, 1e4)),
        offered=offered,
        completed_in_time=offered,
        generator_cpu_ns=200_000_000,
        generator_run_delay_ns=1_000_000,
        requests_total=offered,
        responses_total=offered,
    )
    return report.model_copy(update=changes)


def meter(server_share: float = SERVER_SHARE, **changes: object) -> ProcessMeter:
    elapsed_ns = DURATION_NS + 1_000_000
    return ProcessMeter(
        elapsed_ns=elapsed_ns, server_cpu_ns=int(server_share * elapsed_ns), database_cpu_ns=0, steal_ns=0
    ).model_copy(update=changes)


def started(each: Subject, round_index: int, **changes: object) -> Start:
    return Start(
        round_index=round_index, subject=each, hash_seed=1, start_s=0.5, rss_idle_bytes=1, pss_idle_bytes=1
    ).model_copy(update=changes)


def histogram(latencies_ns: Array) -> str:
    made = Histogram()
    made.record_many(np.asarray(latencies_ns).astype(np.int64))
    return made.encode()


@dataclass(frozen=True)
class IdleCost:
    """What a server takes when hardly anybody comes: the truth."""

    timers_us_per_s: float
    """Of CPU time in each second, whoever comes."""
    request_us: float
    database_us: float = 0.0
    """Of the database, for each request."""

    @property
    def us_per_s(self) -> float:
        return self.timers_us_per_s + IDLE_RATE_RPS * self.request_us


def idle_run(
    costs: Mapping[Subject, IdleCost],
    *,
    noise: Noise,
    endpoint: Endpoint = Endpoint.DB,
    host: SharedHost | None = None,
    seed: int = 1,
) -> RecordedRun:
    """A run of nothing but `idle`, a window in each round; with a host, CPU times follow its speed and its steal."""
    generator, rounds = np.random.default_rng(seed), 6
    shape = (1, len(costs), rounds, 1)
    logs = noise.draw(generator, *shape[1:])
    history = host.draw(generator, shape).of_endpoint(0) if host else None
    windows: list[Window] = []
    cells = [Cell(subject=each, endpoint=endpoint, workload=Workload.IDLE, connections=4) for each in costs]
    for row, (cell, cost) in enumerate(zip(cells, costs.values(), strict=True)):
        for index in range(rounds):
            slower = np.exp(logs[row, index, 0] - (history.logs[row, index, 0] if history else 0.0))
            report = open_report(IDLE_RATE_RPS, 1e-3, 1.0, generator, of=int(3 * IDLE_RATE_RPS), duration_ns=3 * 10**9)
            read = ProcessMeter(
                elapsed_ns=3 * 10**9,
                server_cpu_ns=int(3_000 * cost.us_per_s * slower),
                database_cpu_ns=int(3_000 * IDLE_RATE_RPS * cost.database_us * slower),
                steal_ns=int(history.steal_shares[row, index, 0] * 6 * 10**9) if history else 0,
            )
            moment = _moment(history, (row, index, 0)) if history else (None, row + index * len(costs), 0.0, 0.0)
            window = window_of(cell, rate_rps=IDLE_RATE_RPS, round_index=index, report=report, meter=read)
            windows.append(
                window.model_copy(
                    update={
                        "speed": moment[0],
                        "sequence": moment[1],
                        "started_at": window.started_at + timedelta(seconds=moment[2]),
                    }
                )
            )
    return RecordedRun(
        run=run_of(cells, rounds=rounds, deployments=tuple(map(deployment, costs))),
        windows=tuple(sorted(windows, key=lambda each: each.sequence)),
        starts=tuple(started(each, index) for index in range(rounds) for each in costs),
        rounds_complete=rounds,
    )
