"""One window over several workers: shared out among them, and their reports put together.

Counts and histograms add up, nothing is averaged.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from harness.arrival_log import ArrivalLog
from harness.histogram import Histogram
from harness.model.window import Failure, WindowReport, WindowSpec, WorkerShare


def shares(spec: WindowSpec, connections: Iterable[int]) -> list[WindowSpec]:
    """One window as each worker drives its part: its own connections, as much of the rate, a seed of its own.

    Independent Poisson processes add up to one whose rate is the sum of theirs.
    """
    counts = list(connections)
    return [
        spec.model_copy(
            update={
                "connections": count,
                "rate_rps": None if spec.rate_rps is None else spec.rate_rps * count / sum(counts),
                "seed": spec.seed + index,
            }
        )
        for index, count in enumerate(counts)
    ]


def merge_reports(reports: Sequence[tuple[str, WindowReport]], skew_ns: int) -> WindowReport:
    """The report of all workers together, given that of each by its name; their stretches are equally long."""
    alone = [report for _, report in reports]
    failures: Counter[Failure] = Counter()
    statuses: Counter[int] = Counter()
    for report in alone:
        failures.update(report.failures)
        statuses.update(report.statuses)
    first = next((f"{name}: {report.first_failure}" for name, report in reports if report.first_failure), None)

    def total(count: Callable[[WindowReport], int]) -> int:
        return sum(map(count, alone))

    def total_if_all(count: Callable[[WindowReport], int | None]) -> int | None:
        counts = [found for report in alone if (found := count(report)) is not None]
        return sum(counts) if len(counts) == len(alone) else None

    def total_if_any(count: Callable[[WindowReport], int | None]) -> int | None:
        counts = [found for report in alone if (found := count(report)) is not None]
        return sum(counts) if counts else None

    return WindowReport(
        duration_ns=max(report.duration_ns for report in alone),
        responses=total(lambda report: report.responses),
        failures=dict(failures),
        statuses=dict(statuses),
        first_failure=first,
        reconnects=total(lambda report: report.reconnects),
        interim_responses=total_if_any(lambda report: report.interim_responses),
        latency=_merged([report.latency for report in alone]) or "",
        latency_sum_ns=total(lambda report: report.latency_sum_ns),
        failed_ns=total_if_all(lambda report: report.failed_ns),
        open_at_start_ns=total_if_all(lambda report: report.open_at_start_ns),
        open_at_end_ns=total_if_all(lambda report: report.open_at_end_ns),
        service_time=_merged([report.service_time for report in alone]),
        schedule_lag=_merged([report.schedule_lag for report in alone]),
        arrivals=_logged([report.arrivals for report in alone]),
        offered=total_if_any(lambda report: report.offered),
        completed_in_time=total_if_any(lambda report: report.completed_in_time),
        generator_cpu_ns=total(lambda report: report.generator_cpu_ns),
        generator_run_delay_ns=total(lambda report: report.generator_run_delay_ns),
        requests_total=total(lambda report: report.requests_total),
        responses_total=total(lambda report: report.responses_total),
        workers=tuple(
            WorkerShare(
                name=name,
                responses=report.responses,
                generator_cpu_ns=report.generator_cpu_ns,
                generator_run_delay_ns=report.generator_run_delay_ns,
            )
            for name, report in reports
        ),
        skew_ns=skew_ns,
    )


def _logged(encoded: Sequence[str | None]) -> str | None:
    """All requests as if the stretches had begun at the same time; how far apart they did stands in `skew_ns`."""
    logs = [ArrivalLog.decode(each) for each in encoded if each is not None]
    if not logs or len(logs) < len(encoded):
        return None
    arrivals, latencies = np.concatenate([np.stack((log.arrivals_ns, log.latencies_ns)) for log in logs], axis=1)
    return ArrivalLog.of(arrivals, latencies).encode()


def _merged(encoded: Sequence[str | None]) -> str | None:
    merged = Histogram()
    for each in encoded:
        if each is None:
            return None
        merged.add(Histogram.decode(each))
    return merged.encode()
