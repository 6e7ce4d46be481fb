"""One cell: its windows, its gates, and what was found of it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from harness.analysis.bound import Surroundings, capacity_bound
from harness.analysis.gates import Circumstances, check_cell
from harness.analysis.generator_delay import ByRound, cost_by_round
from harness.analysis.latency.highest_rate import limit_found
from harness.analysis.latency.percentiles import Latencies
from harness.analysis.outages import lasted, outages_of, reason_of
from harness.analysis.windows import CellWindows, capacities_of, sort_windows
from harness.model.cell import Cell, RateRule, Subject, Workload
from harness.model.findings import CellFinding, Estimate, Percentile
from harness.model.run import Deployment, Run, Start
from harness.model.validity import Bound, Gate
from harness.results.records import RecordedRun

_WITH_CURVE: Final = (Workload.CAPACITY, Workload.LATENCY)

type Deployments = Mapping[Subject, Deployment]


@dataclass(frozen=True)
class JudgedCell:
    """A cell's windows and whether they are worth a number."""

    windows: CellWindows
    latencies: Latencies
    bound: Bound
    gates: tuple[Gate, ...]

    @property
    def cell(self) -> Cell:
        """The cell itself."""
        return self.windows.cell

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """Why it is invalid: what the gates that did not hold say."""
        return tuple(reason_of(gate) for gate in self.gates if not gate.held)


@dataclass(frozen=True)
class Estimates:
    """The estimates of a valid cell."""

    throughput_rps: Estimate | None = None
    throughput_as_counted_rps: Estimate | None = None
    in_flight: Estimate | None = None
    server_cpu_us_per_request: Estimate | None = None
    database_cpu_us_per_request: Estimate | None = None
    server_cpu_us_per_s: Estimate | None = None
    database_cpu_us_per_s: Estimate | None = None
    limit_rps: Estimate | None = None
    limit_to_highest: Estimate | None = None
    percentiles: tuple[Percentile, ...] = ()
    percentiles_of_server: tuple[Percentile, ...] = ()
    clear_share: float | None = None
    of_server_unknown: str | None = None
    service_time_p99_us: float | None = None
    schedule_lag_p99_us: float | None = None


def judge_cells(recorded: RecordedRun) -> list[JudgedCell]:
    """All cells of the plan, in its order, each with its gates."""
    deployments = by_subject(recorded.run)
    sorted_windows = sort_windows(recorded)
    outages, rounds = outages_of(recorded), recorded.run.plan.timing.rounds
    starts: dict[Subject, list[Start]] = defaultdict(list)
    for start in recorded.starts:
        starts[start.subject].append(start)
    delays: dict[tuple[object, ...], dict[str, ByRound]] = defaultdict(dict)
    for key, windows in sorted_windows.items():
        workers = _workers(deployments.get(windows.cell.subject))
        delays[_kind(windows.cell)][key] = cost_by_round(windows, recorded.run.plan.cpus, workers)
    capacities = capacities_of(sorted_windows.values())
    judged: list[JudgedCell] = []
    for key, windows in sorted_windows.items():
        subject = windows.cell.subject
        latencies = Latencies(windows)
        bound = _bound(windows, recorded.run, deployments.get(subject))
        delays_of_kind = delays[_kind(windows.cell)]
        circumstances = Circumstances(
            starts=starts[subject],
            cpus=recorded.run.plan.cpus,
            ceiling=recorded.run.ceiling,
            bound=bound,
            own_delay=delays_of_kind[key],
            other_delays=[delay for other, delay in delays_of_kind.items() if other != key],
            capacity_rps=capacities.get((subject, windows.cell.endpoint)),
        )
        started, *others = check_cell(windows, latencies.merged, circumstances)
        searched = (limit_found(windows),) if windows.cell.workload is Workload.LIMIT and windows.used else ()
        gates = (started, lasted(windows.cell, outages, rounds), *others, *searched)
        judged.append(JudgedCell(windows, latencies, bound, gates))
    return judged


def by_subject(run: Run) -> Deployments:
    """How each subject was deployed."""
    return {deployment.subject: deployment for deployment in run.deployments}


def finding_of(judged: JudgedCell, estimates: Estimates) -> CellFinding:
    """All that is known of a cell; of an invalid one, how it was loaded and what went wrong."""
    windows, totals = judged.windows, judged.windows.totals
    valid = not judged.reasons
    at_a_rate = judged.cell.workload in {Workload.LATENCY, Workload.IDLE}  # A search has many rates.
    return CellFinding(
        cell=judged.cell,
        valid=valid,
        reasons=judged.reasons,
        gates=judged.gates,
        rounds=len({window.round_index for window in windows.used}),
        windows=len(windows.used),
        windows_lost=len(windows.lost),
        requests=totals.responses,
        reconnects=totals.reconnects if all(window.spec.keep_alive for window in windows.used) else None,
        failures={kind.value: count for kind, count in totals.failures.items()},
        first_failure=windows.first_failure,
        throughput_rps=estimates.throughput_rps,
        throughput_as_counted_rps=estimates.throughput_as_counted_rps,
        in_flight=estimates.in_flight,
        server_cpu_us_per_request=estimates.server_cpu_us_per_request,
        database_cpu_us_per_request=estimates.database_cpu_us_per_request,
        server_cpu_us_per_s=estimates.server_cpu_us_per_s,
        database_cpu_us_per_s=estimates.database_cpu_us_per_s,
        limit_rps=estimates.limit_rps,
        limit_to_highest=estimates.limit_to_highest,
        server_cpu_share=totals.server_cpu_share,
        generator_cpu_share=totals.generator_cpu_share if windows.used else None,
        generator_wait_share=totals.most_delayed_generator[1] if windows.used else None,
        bound=judged.bound,
        offered_rps=windows.used[0].spec.rate_rps if at_a_rate and windows.used else None,
        percentiles=estimates.percentiles,
        percentiles_of_server=estimates.percentiles_of_server,
        clear_share=estimates.clear_share,
        of_server_unknown=estimates.of_server_unknown,
        latency_max_us=judged.latencies.max_us if valid and judged.cell.workload in _WITH_CURVE else None,
        curve=judged.latencies.curve() if valid and judged.cell.workload in _WITH_CURVE else (),
        service_time_p99_us=estimates.service_time_p99_us,
        schedule_lag_p99_us=estimates.schedule_lag_p99_us,
    )


def _bound(windows: CellWindows, run: Run, deployment: Deployment | None) -> Bound:
    workload = windows.cell.workload
    if not (workload.saturates or workload is Workload.WAITING) or not windows.totals.responses:
        return Bound.UNKNOWN
    surroundings = Surroundings.of(windows.cell, run)
    return capacity_bound(windows.totals, run.plan.cpus, _workers(deployment), surroundings)


def _workers(deployment: Deployment | None) -> int:
    return int(deployment.environment.get("WORKERS", "1")) if deployment else 1


def _kind(cell: Cell) -> tuple[object, ...]:
    # At a share of its own capacity, an app is offered a rate that only its revisions and copies share.
    whose = None if cell.rate in {None, RateRule.COMMON} else cell.subject.kin
    return cell.endpoint, cell.workload, cell.connections, cell.rate, cell.limit_ms, whose
