"""The windows of a run, and their sums.

Every window that was measured to its end counts, also where the hypervisor took much of the CPUs' time away. How much
it takes depends on who is measured: a subject that keeps its CPU busier, or asks for it more often, is robbed more
often. Leaving such windows out would favour somebody, and would tear apart what rounds make pairs of. What was stolen
is a property of the window instead, and its effect is taken out of all of them (`host_effect`).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Final

from harness.model.app import Endpoint
from harness.model.cell import BY_REQUEST, Cell, Subject, Workload
from harness.model.host import CpuLayout
from harness.model.run import Window, WindowKind
from harness.model.window import (
    Failure,
    ProcessMeter,
    SpeedReading,
    StallReading,
    WindowReport,
    WindowSpec,
    WorkerShare,
)
from harness.results.records import RecordedRun

type Capacities = Mapping[tuple[Subject, Endpoint], float]
"""Requests per second that a subject answers when it is never idle, as counted."""

_FAILED: Final = {
    Failure.CONNECT: "without a connection",
    Failure.TIMEOUT: "not answered in time",
    Failure.CLOSED_EARLY: "cut off, as the connection was closed",
    Failure.MALFORMED: "answered with what is no HTTP",
    Failure.STATUS: "answered with a wrong status",
    Failure.WRONG_BODY: "answered with a wrong body",
}


def failure_words(failures: Mapping[Failure, int], statuses: Mapping[int, int]) -> str:
    """How many requests failed in which way, most first: `755 answered with status 500, 3 not answered in time`."""
    others = failures.get(Failure.STATUS, 0) - sum(statuses.values())
    counted = [(count, f"answered with status {status}") for status, count in statuses.items()]
    counted += [(others if kind is Failure.STATUS else count, _FAILED[kind]) for kind, count in failures.items()]
    return ", ".join(f"{count:,} {words}" for count, words in sorted(counted, key=lambda each: -each[0]) if count > 0)


@dataclass(frozen=True)
class UsedWindow:
    """A window that was measured to its end."""

    round_index: int
    spec: WindowSpec
    report: WindowReport
    meter: ProcessMeter | None
    speed: SpeedReading | None = None
    sequence: int = 0
    """Its place among all windows of the run."""
    started_s: float = 0.0
    """Seconds since the epoch."""
    steal_share: float | None = None
    """Of the time of the CPUs in use, what the hypervisor took away; None where that was not read."""
    stalls: StallReading | None = None
    pass_index: int | None = None
    """Which pass of its round it belongs to; None where each pass had a window of each cell."""


@dataclass(frozen=True)
class CellWindows:
    """The measured windows of one cell."""

    cell: Cell
    used: tuple[UsedWindow, ...] = ()
    lost: tuple[str, ...] = ()
    """Why each of them was lost."""

    @property
    def measured(self) -> int:
        """How many windows were meant to count."""
        return len(self.used) + len(self.lost)

    @property
    def why_lost(self) -> str:
        """The one reason of those that were lost, or the first of several; empty where none was."""
        first, *others = dict.fromkeys(self.lost) or [""]
        return f"the first: {first}" if others else first

    @property
    def first_failure(self) -> str | None:
        """What the first request that failed got; None where none did."""
        return next((each.report.first_failure for each in self.used if each.report.first_failure), None)

    @cached_property
    def totals(self) -> "Totals":
        """Sums over the windows used."""
        return _sum(self.used)


@dataclass(frozen=True)
class Totals:
    """Sums over several windows. What was not read in all of them is None.

    Meters are summed over the windows in which they were read in time. On a busy host these are not all, and what they
    show is no less true for that.
    """

    windows: int = 0
    duration_ns: int = 0
    responses: int = 0
    failures: dict[Failure, int] = field(default_factory=dict)
    statuses: dict[int, int] = field(default_factory=dict)
    """Of those with a wrong status, how many had which, as far as that was counted."""
    reconnects: int = 0
    latency_sum_ns: int = 0
    under_way_ns: int | None = None
    """Time that requests were under way within the windows, to the nanosecond."""
    offered: int | None = None
    completed_in_time: int | None = None
    generator_cpu_ns: int = 0
    generator_run_delay_ns: int = 0
    workers: tuple[WorkerShare, ...] = ()
    """Where several generator processes drove the windows together: the sums of each, by name."""
    metered_ns: int | None = None
    """How long the meters were read, all windows taken together; None if in none of them."""
    server_cpu_ns: int | None = None
    database_metered_ns: int = 0
    """How long the database's CPU time was read, likewise."""
    database_cpu_ns: int | None = None
    server_idle_metered_ns: int = 0
    """How long it was read for how long the server's CPUs were idle, likewise."""
    server_idle_ns: int | None = None

    @property
    def failed(self) -> int:
        """Requests that failed in any way."""
        return sum(self.failures.values())

    @property
    def closed_unannounced(self) -> bool:
        """Whether most failures are of requests that were under way when the server closed their connections."""
        return 2 * self.failures.get(Failure.CLOSED_EARLY, 0) > self.failed

    @property
    def in_flight(self) -> float:
        """Mean number of requests under way, by Little's law: arrivals times the time each stays."""
        return self.latency_sum_ns / self.duration_ns

    @property
    def in_flight_at_ends(self) -> float:
        """The requests under way at the end of each window, summed over the windows."""
        return self.in_flight * self.windows

    @property
    def busiest_generator(self) -> tuple[str, float]:
        """The generator process that used most CPU time, and that over wall time."""
        return max(self._generators(lambda worker: worker.generator_cpu_ns), key=itemgetter(1))

    @property
    def most_delayed_generator(self) -> tuple[str, float]:
        """The generator process that waited longest for its CPU, and that over wall time."""
        return max(self._generators(lambda worker: worker.generator_run_delay_ns), key=itemgetter(1))

    @property
    def generator_cpu_share(self) -> float:
        """CPU time of the busiest generator process over wall time."""
        return self.busiest_generator[1]

    def _generators(self, spent_ns: Callable[[WorkerShare], int]) -> Iterator[tuple[str, float]]:
        alone = WorkerShare(
            name="the generator",
            responses=self.responses,
            generator_cpu_ns=self.generator_cpu_ns,
            generator_run_delay_ns=self.generator_run_delay_ns,
        )
        for worker in self.workers or (alone,):
            yield worker.name, spent_ns(worker) / self.duration_ns

    @property
    def server_cpu_share(self) -> float | None:
        """CPU time of the server over wall time; None if not metered."""
        return _share(self.server_cpu_ns, self.metered_ns)

    @property
    def database_cpu_share(self) -> float | None:
        """CPU time of the database over wall time; None if not metered."""
        return _share(self.database_cpu_ns, self.database_metered_ns)

    @property
    def server_idle_share(self) -> float | None:
        """For how many of the server's CPUs nobody had anything to do, on average; None if that was not read."""
        return _share(self.server_idle_ns, self.server_idle_metered_ns)


def sort_windows(recorded: RecordedRun) -> dict[str, CellWindows]:
    """The measured windows of each planned cell that is loaded by requests, by its key, in the order of the plan."""
    by_cell: dict[str, list[Window]] = defaultdict(list)
    for window in recorded.windows:
        if window.kind is WindowKind.MEASURED:
            by_cell[window.cell].append(window)
    return {
        cell.key: _sorted(cell, by_cell[cell.key], recorded.run.plan.cpus)
        for cell in recorded.run.plan.cells
        if cell.workload in BY_REQUEST
    }


def capacities_of(cells: Iterable[CellWindows]) -> Capacities:
    """Those that were measured, whatever became of their cells."""
    return {
        (each.cell.subject, each.cell.endpoint): each.totals.responses / each.totals.duration_ns * 1e9
        for each in cells
        if each.cell.workload is Workload.CAPACITY and each.totals.responses
    }


def _sorted(cell: Cell, windows: list[Window], cpus: CpuLayout) -> CellWindows:
    used: list[UsedWindow] = []
    lost: list[str] = []
    for window in windows:
        if window.report is None or window.spec is None:
            lost.append(window.lost or window.skipped or "not measured")
            continue
        used.append(
            UsedWindow(
                round_index=window.round_index,
                spec=window.spec,
                report=window.report,
                meter=window.meter,
                speed=window.speed,
                sequence=window.sequence,
                pass_index=window.pass_index,
                started_s=window.started_at.timestamp(),
                stalls=window.stalls,
                steal_share=_steal_share(window.meter, cpus),
            )
        )
    return CellWindows(cell, tuple(used), tuple(lost))


def _steal_share(meter: ProcessMeter | None, cpus: CpuLayout) -> float | None:
    return None if meter is None else meter.steal_ns / (meter.elapsed_ns * cpus.cpus_in_use)


def _sum(windows: tuple[UsedWindow, ...]) -> Totals:
    reports = [window.report for window in windows]
    meters = [window.meter for window in windows if window.meter]
    failures: Counter[Failure] = Counter()
    statuses: Counter[int] = Counter()
    for report in reports:
        failures.update(report.failures)
        statuses.update(report.statuses)
    return Totals(
        windows=len(windows),
        duration_ns=sum(report.duration_ns for report in reports),
        responses=sum(report.responses for report in reports),
        failures=dict(failures),
        statuses=dict(statuses),
        reconnects=sum(report.reconnects for report in reports),
        latency_sum_ns=sum(report.latency_sum_ns for report in reports),
        under_way_ns=_sum_if_all([_under_way_ns(report) for report in reports]),
        offered=_sum_if_all([report.offered for report in reports]),
        completed_in_time=_sum_if_all([report.completed_in_time for report in reports]),
        generator_cpu_ns=sum(report.generator_cpu_ns for report in reports),
        generator_run_delay_ns=sum(report.generator_run_delay_ns for report in reports),
        workers=_sum_of_workers(reports),
        metered_ns=_sum_if_all([meter.elapsed_ns for meter in meters]),
        server_cpu_ns=_sum_if_all([meter.server_cpu_ns for meter in meters]),
        database_metered_ns=sum(meter.elapsed_ns for meter in meters if meter.database_cpu_ns is not None),
        database_cpu_ns=_sum_if_any([meter.database_cpu_ns for meter in meters]),
        server_idle_metered_ns=sum(meter.elapsed_ns for meter in meters if meter.server_idle_ns is not None),
        server_idle_ns=_sum_if_any([meter.server_idle_ns for meter in meters]),
    )


def _under_way_ns(report: WindowReport) -> int | None:
    if report.failed_ns is None or report.open_at_start_ns is None or report.open_at_end_ns is None:
        return None
    return report.latency_sum_ns + report.failed_ns + report.open_at_end_ns - report.open_at_start_ns


def _sum_of_workers(reports: Sequence[WindowReport]) -> tuple[WorkerShare, ...]:
    by_name: dict[str, list[WorkerShare]] = defaultdict(list)
    for report in reports:
        for share in report.workers:
            by_name[share.name].append(share)
    return tuple(
        WorkerShare(
            name=f"worker {name}",
            responses=sum(share.responses for share in found),
            generator_cpu_ns=sum(share.generator_cpu_ns for share in found),
            generator_run_delay_ns=sum(share.generator_run_delay_ns for share in found),
        )
        for name, found in by_name.items()
    )


def _sum_if_all(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _sum_if_any(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _share(part_ns: int | None, whole_ns: int | None) -> float | None:
    return None if part_ns is None or not whole_ns else part_ns / whole_ns
