"""What do containers change? The same apps as local processes and in containers, window by window in turn. Not a test.

    python benchmarks/runtimes.py [APP ...] [--endpoint hello --endpoint db] [--rounds 8] [--windows 12]

In each round every app is started afresh, once as a local process and once in a container, and both are loaded in
turn, each with the load driver of its own runtime: a process, or a container in the servers' network. The ratio of
throughputs (and of server CPU time per request) is formed within rounds; its 95 % interval is Student's t over rounds.
The interpreter of the containers is their base image's: where its build differs from the harness's, the ratio shows
that too. PYTHON_IMAGE names another base image, such as one that holds the harness's own interpreter.

It needs a container engine, and a host on which nothing else runs.
"""

import argparse
import statistics
import tempfile
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from math import exp, log, sqrt
from pathlib import Path

from scipy import stats

from harness.catalog.discover import read_app
from harness.host.cpus import keep_to, layout_here
from harness.load.client import Driver
from harness.metering.meter import Meter
from harness.metering.reading import MeterReading
from harness.model.app import DATABASE_ENDPOINTS, App, Endpoint
from harness.model.cell import Subject
from harness.model.window import Mode, WindowSpec
from harness.report.view.deployments import interpreter_words
from harness.runtime.docker.runtime import DockerRuntime
from harness.runtime.local.runtime import ProcessRuntime
from harness.runtime.roles import RunningDatabase, RunningServer, Runtime

APPS = Path(__file__).parents[1] / "apps"
VARIANT = "controlled"
CONNECTIONS = 32
WARM_S, WINDOW_S = 0.4, 0.25


@dataclass
class Side:
    """One runtime with what is common to all its servers."""

    runtime: Runtime
    driver: Driver
    database: RunningDatabase


@dataclass(frozen=True)
class Sum:
    """What some windows of one server amount to."""

    responses: int
    duration_ns: int
    cpu_ns: int

    @property
    def rps(self) -> float:
        """Requests per second."""
        return self.responses / self.duration_ns * 1e9

    @property
    def cpu_us(self) -> float:
        """CPU time of the server per request, in microseconds."""
        return self.cpu_ns / 1e3 / self.responses


def main() -> None:
    """Print one line per app and endpoint."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("apps", nargs="*", default=["flask", "fastapi"])
    parser.add_argument("--endpoint", action="append", choices=["hello", "json", "db", "queries", "fortunes"])
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--windows", type=int, default=12, help="of each server in a round")
    options = parser.parse_args()
    apps = [read_app(APPS / f"{name}_app") for name in options.apps]
    endpoints = [Endpoint(name) for name in options.endpoint or ("json", "db")]
    layout = layout_here()
    keep_to(layout.generator)
    with ExitStack() as stack:
        sides = []
        for kind in (ProcessRuntime, DockerRuntime):
            state = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            runtime = stack.enter_context(kind(state, layout))
            runtime.prepare(apps, lambda _: None)
            driver = stack.enter_context(Driver.start(runtime.driver))
            driver.scheduling = runtime.prefer_driver() or driver.scheduling
            sides.append(Side(runtime, driver, runtime.start_database()))
            print(f"{runtime.name.value}: {built(runtime, apps[0])}; generator under {driver.scheduling}")
        ratios: dict[tuple[str, Endpoint], list[tuple[float, float]]] = defaultdict(list)
        for index in range(options.rounds):
            for app in apps:
                for endpoint in endpoints:
                    process, container = one_round(sides, app, endpoint, options.windows, seed=index)
                    ratios[app.name, endpoint].append(
                        (log(container.rps / process.rps), log(container.cpu_us / process.cpu_us))
                    )
    for (app_name, endpoint), rounds in ratios.items():
        throughputs, costs = zip(*rounds, strict=True)
        print(
            f"{app_name} {endpoint.value}: container / process = {interval(throughputs)} in throughput, "
            f"{interval(costs)} in server CPU per request; {len(rounds)} rounds of {options.windows} windows each"
        )


def built(runtime: Runtime, app: App) -> str:
    """The interpreter of one app, as it was built."""
    found = runtime.deployment(app, Subject(app=app.name, variant=VARIANT)).interpreter
    return interpreter_words(found)


def one_round(sides: list[Side], app: App, endpoint: Endpoint, windows: int, *, seed: int) -> list[Sum]:
    """Start the app on each side, and load both in turn."""
    subject = Subject(app=app.name, variant=app.resolve(VARIANT) or VARIANT)
    servers = [side.runtime.launch(app, subject, hash_seed=seed + 1, database_url=side.database.url) for side in sides]
    try:
        pairs = list(zip(sides, servers, strict=True))
        for side, server in pairs:
            server.await_ready()
            window(side, server, endpoint, WARM_S)
        found: list[list[Sum]] = [[] for _ in sides]
        for turn in range(windows):
            for place in (0, 1) if turn % 2 else (1, 0):
                side, server = pairs[place]
                found[place].append(window(side, server, endpoint, WINDOW_S))
        return [
            Sum(sum(w.responses for w in each), sum(w.duration_ns for w in each), sum(w.cpu_ns for w in each))
            for each in found
        ]
    finally:
        for server in servers:
            server.stop()


def window(side: Side, server: RunningServer, endpoint: Endpoint, duration_s: float) -> Sum:
    """One closed-loop window; every response must be right."""
    meter = Meter(server, side.database if endpoint in DATABASE_ENDPOINTS else None, [0])
    readings: list[MeterReading] = []
    spec = WindowSpec(
        host=server.host,
        port=server.port,
        endpoint=endpoint,
        mode=Mode.CLOSED,
        connections=CONNECTIONS,
        lead_in_s=0.02,
        duration_s=duration_s,
    )
    report = side.driver.window(spec, lambda _: readings.append(meter.read()))
    if report.failures:
        raise SystemExit(f"failures: {report.failures}: {report.first_failure}")
    opened, closed = readings
    spent = opened.until(closed)
    return Sum(report.responses, report.duration_ns, round(spent.server_cpu_ns * report.duration_ns / spent.elapsed_ns))


def interval(logs: tuple[float, ...]) -> str:
    """A ratio and its 95 % interval."""
    mean = statistics.fmean(logs)
    reach = float(stats.t.ppf(0.975, len(logs) - 1)) * statistics.stdev(logs) / sqrt(len(logs))
    return f"{exp(mean):.3f} ({exp(mean - reach):.3f} .. {exp(mean + reach):.3f})"


if __name__ == "__main__":
    main()
