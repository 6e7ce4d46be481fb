"""How well percentiles of the server are known, by how a round's windows of latency are laid out.

    python benchmarks/latency_scatter.py [--runs N] [RUN_FOLDER]

In simulation: half the length of 95 % intervals of ratios (the median over all pairs of eight servers, whose loads lie
between a tenth and a half of their capacity at the higher rate) and how many contain the truth, after five rounds. The
host changes from window to window as real ones did. Of a run folder: how medians and p90 scatter between the windows of
a round, and between the halves of a window, all cells taken together.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np

from harness.analysis.cells import JudgedCell
from harness.analysis.host_effect import fit_host_effect
from harness.analysis.intervals import ratio
from harness.analysis.latency.durations import Durations
from harness.analysis.latency.percentiles import log_quantiles, quantile_table
from harness.analysis.moderation import fit_prior
from harness.analysis.quantities import JudgedRun
from harness.arrival_log import ArrivalLog
from harness.model.cell import Workload
from harness.results.folder import read_run
from tests.unit.analysis.latency.simulate_stalls import Server, StallingHost, latency_run

HOST = StallingHost(stalls_per_s=5.0, speed=0.08, unseen=0.14, process=0.03)
SERVICES_S = tuple(0.001 * factor for factor in (1, 0.9, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2))
ROUNDS = 5
LAYOUTS = ((2, 1.0), (4, 0.5), (8, 0.25), (14, 0.125), (8, 0.5))
QUANTILES = (0.5, 0.99)


def simulated(rate_rps: float, windows: int, duration_s: float, runs: int) -> Iterator[str]:
    """Of each quantile, half an interval and how many contain the mean of all runs."""
    servers = [Server(service_s=each, load=rate_rps * each, spread=0.3) for each in SERVICES_S]
    found: dict[float, list[list[tuple[float, float]]]] = defaultdict(list)
    for seed in range(runs):
        run = latency_run(np.random.default_rng(seed), servers, HOST, ROUNDS, windows, duration_s)
        for quantile in QUANTILES:
            host = fit_host_effect([run.cells], log_quantiles(run.of_server, quantile))
            table = quantile_table(run.of_server, quantile, host)
            prior = fit_prior([table])
            pairs = [ratio(table, prior, *pair) for pair in combinations(range(len(servers)), 2)]
            found[quantile].append([(each.value, each.half_width) for each in pairs])
    for quantile in QUANTILES:
        values, half_widths = np.array(found[quantile]).transpose(2, 0, 1)
        holds = np.abs(values - values.mean(axis=0)) <= half_widths
        yield f"{100 * np.expm1(np.median(half_widths)):.1f} % | {100 * holds.mean():.1f} %"


def scatter(cell: JudgedCell, quantile: float) -> tuple[float, float] | None:
    """Variances of the log quantile: between windows of one round beyond what their halves show, and between halves."""
    by_round: dict[int, list[list[float]]] = defaultdict(list)
    for window in cell.windows.used:
        log, middle_ns = ArrivalLog.decode(window.report.arrivals or ""), window.report.duration_ns / 2
        halves = [
            Durations.of_requests(log.latencies_ns[half].astype(float), np.zeros(0)).quantile_ns(quantile)
            for half in (log.arrivals_ns < middle_ns, log.arrivals_ns >= middle_ns)
        ]
        if all(halves):
            by_round[window.round_index].append(np.log(np.array(halves, dtype=float)).tolist())
    rounds = [np.array(each) for each in by_round.values() if len(each) > 1]
    if not rounds:
        return None
    between_halves = float(np.mean([each.var(axis=1, ddof=1).mean() for each in rounds]))
    return float(np.mean([each.mean(axis=1).var(ddof=1) for each in rounds])) - between_halves / 2, between_halves


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("folder", type=Path, nargs="?")
    chosen = parser.parse_args()
    if chosen.folder:
        cells = [each for each in JudgedRun(read_run(chosen.folder)).cells if each.cell.workload is Workload.LATENCY]
        for quantile in (0.5, 0.9):
            found = np.array([each for cell in cells if (each := scatter(cell, quantile))])
            between, halves = np.sqrt(np.maximum(np.median(found, axis=0), 0))
            print(
                f"p{100 * quantile:g}: {between:.1%} between windows, {halves:.1%} between halves ({len(found)} cells)"
            )
        return
    print("| requests/s | windows a round | of | p50 | holds | p99 | holds |")
    print("|---|---|---|---|---|---|---|")
    for rate_rps in (200.0, 500.0):
        for windows, duration_s in LAYOUTS:
            figures = " | ".join(simulated(rate_rps, windows, duration_s, chosen.runs))
            print(f"| {rate_rps:.0f} | {windows} | {duration_s:g} s | {figures} |", flush=True)


if __name__ == "__main__":
    main()
