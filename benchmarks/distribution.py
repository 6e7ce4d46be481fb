"""What does it cost to spread the load over several processes? Generator CPU time per request, in turn. Not a test.

    python benchmarks/distribution.py [--workers 2] [--turns 30]

One driver alone and one with workers load the same trivial responder, each window in turn, with the same number of
connections in all. The workers' CPU time is theirs and their engines'; the master's own is measured beside it.
The ratio of CPU time per request is formed within turns; its 95 % interval is Student's t over turns.
"""

import argparse
import statistics
from math import exp, log, sqrt

import psutil
from scipy import stats

from harness.host.cpus import keep_to, layout_here
from harness.load.calibration.responder import Responder
from harness.load.client import Driver
from harness.model.app import Endpoint
from harness.model.window import Mode, WindowReport, WindowSpec

CONNECTIONS = 32
WINDOW_S = 0.5


def main() -> None:
    """Print medians and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--turns", type=int, default=30)
    options = parser.parse_args()
    layout = layout_here(options.workers)
    keep_to(layout.generator)
    with (
        Responder.on(layout.server) as responder,
        Driver.on(layout.generator) as alone,
        Driver.on(layout.generator, "--workers", str(options.workers)) as team,
    ):
        master = psutil.Process(team.pid)
        drivers = {"alone": alone, "team": team}
        costs: dict[str, list[float]] = {name: [] for name in drivers}
        rates: dict[str, list[float]] = {name: [] for name in drivers}
        master_us: list[float] = []
        for turn in range(-1, options.turns):
            for name in drivers if turn % 2 else reversed(drivers):
                before_s = sum(master.cpu_times()[:2])
                report = load(drivers[name], responder)
                if turn < 0:
                    continue  # warms up
                costs[name].append(report.generator_cpu_ns / 1e3 / report.responses)
                rates[name].append(report.responses / report.duration_ns * 1e9)
                if name == "team":
                    master_us.append((sum(master.cpu_times()[:2]) - before_s) * 1e6 / report.responses_total)
    for name in drivers:
        print(
            f"{name}: {statistics.median(costs[name]):.2f} us of generator CPU per request, "
            f"{statistics.median(rates[name]):,.0f} requests/s (medians)"
        )
    print(f"the team's master: {statistics.fmean(master_us):.2f} us per request beside that, starting windows included")
    ratios = [log(theirs / ours) for theirs, ours in zip(costs["team"], costs["alone"], strict=True)]
    mean = statistics.fmean(ratios)
    reach = float(stats.t.ppf(0.975, len(ratios) - 1)) * statistics.stdev(ratios) / sqrt(len(ratios))
    print(
        f"{options.workers} workers / one process = {exp(mean):.3f} ({exp(mean - reach):.3f} .. "
        f"{exp(mean + reach):.3f}) in CPU time per request, {len(ratios)} turns"
    )


def load(driver: Driver, responder: Responder) -> WindowReport:
    """One closed-loop window; every response must be right."""
    spec = WindowSpec(
        host=responder.host,
        port=responder.port,
        endpoint=Endpoint.HELLO,
        mode=Mode.CLOSED,
        connections=CONNECTIONS,
        lead_in_s=0.1,
        duration_s=WINDOW_S,
    )
    report = driver.window(spec)
    if report.failures:
        raise SystemExit(f"failures: {report.failures}: {report.first_failure}")
    return report


if __name__ == "__main__":
    main()
