"""Does the engine measure the same throughput as wrk on a real app, and count what the server counts? Not a test.

    python benchmarks/agreement.py [APP ...] [--half-width 0.03] [--most 200]

1. **Throughput**: engine and wrk load `/json` of the same running server in turn, window by window, each going first
   as often as the other, under the same scheduling policy. Pairs are added until the 95 % interval of their ratio is no
   wider than the half width asked for. They agree where it contains 1. The log ratios of the pairs are regressed on how
   the speed of the server's CPU differed between the two windows; the ratio is the regression's value at no difference.
2. **Count**: a server of the same app is started with its access log on, and the engine's count of responses, lead-in
   and drain included, is compared with the lines that the server wrote.

It needs wrk, and a host on which nothing else runs.
"""

import argparse
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from math import exp, log
from pathlib import Path

from scipy import stats

from harness.catalog.discover import read_app
from harness.host.cpus import keep_to, layout_here
from harness.load.client import Driver
from harness.metering.speed_probe import SpeedProbe
from harness.model.app import App, Endpoint
from harness.model.cell import Subject
from harness.model.host import CpuLayout
from harness.model.window import Mode, Phase, WindowReport, WindowSpec
from harness.runtime.local.runtime import ProcessRuntime

CONNECTIONS = 32
WINDOW_S = 1
LEAST_PAIRS = 20
"""Fewer may agree with each other by chance, and would end the measurement just then."""
HEADERS = ("Accept: */*", "User-Agent: bench")
"""What the engine sends beside Host: two more headers cost a server that parses them in Python some percent."""
APPS = Path(__file__).parents[1] / "apps"
LOG_SWITCH = {"gunicorn": ("--access-logfile", "-"), "uvicorn": ("--access-log",)}
"""By program: what turns the access log on."""
LOGGING = """
import logging

from app import app

logging.getLogger("uvicorn.access").addHandler(logging.StreamHandler())
"""
"""A module in front of an app on uvicorn: FastAPI's silences the access log itself, as `fastapi run` has no switch."""


def main() -> None:
    """Print one line per app for each of the two questions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("apps", nargs="*", default=["flask", "fastapi"])
    parser.add_argument("--half-width", type=float, default=0.03)
    parser.add_argument("--most", type=int, default=200, help="pairs at the most")
    options = parser.parse_args()
    wrk = shutil.which("wrk")
    if wrk is None:
        parser.error("wrk is not installed")
    layout = layout_here()
    keep_to(layout.generator)
    for name in options.apps:
        app = read_app(APPS / f"{name}_app")
        with tempfile.TemporaryDirectory() as state, ProcessRuntime(Path(state), layout) as runtime:
            runtime.prepare([app], lambda _: None)
            compare(app, runtime, layout, wrk, half_width=options.half_width, most=options.most)
            count(app, runtime, layout, Path(state))


def compare(app: App, runtime: ProcessRuntime, layout: CpuLayout, wrk: str, *, half_width: float, most: int) -> None:  # noqa: PLR0913
    """Add pairs until the interval is narrow enough."""
    server = runtime.launch(app, Subject(app=app.name, variant="controlled"), hash_seed=1, database_url=None)
    server.await_ready(30)
    engine_rps: list[float] = []
    wrk_rps: list[float] = []
    log_ratios: list[float] = []
    speed_changes: list[float] = []
    probe = SpeedProbe.on(layout.server)
    with Driver.on(layout.generator) as driver:
        load(driver, server.port)  # warms up
        command = ["chrt", "--fifo", "1", wrk] if driver.scheduling == "SCHED_FIFO" else [wrk]

        def engine() -> None:
            report = load(driver, server.port)
            engine_rps.append(report.responses / report.duration_ns * 1e9)

        def rival() -> None:
            wrk_rps.append(run_wrk(command, server.port))

        while len(engine_rps) < most:
            turns = (engine, rival) if len(engine_rps) % 2 else (rival, engine)
            speeds = {measure: speed_during(measure, probe) for measure in turns}
            log_ratios.append(log(engine_rps[-1] / wrk_rps[-1]))
            speed_changes.append(speeds[engine] - speeds[rival])
            ratio, low, high = interval(log_ratios, speed_changes)
            if len(engine_rps) >= LEAST_PAIRS and (high - low) / 2 <= half_width:
                break
    probe.close()
    server.stop()
    print(
        f"{app.name}: engine / wrk = {ratio:.4f}, 95 % interval {low:.4f} .. {high:.4f}, {len(engine_rps)} pairs of "
        f"{WINDOW_S} s; medians {statistics.median(engine_rps):,.0f} and {statistics.median(wrk_rps):,.0f} requests/s; "
        f"{'contains 1' if low <= 1 <= high else 'DOES NOT CONTAIN 1'}",
        flush=True,
    )


def count(app: App, runtime: ProcessRuntime, layout: CpuLayout, state: Path) -> None:
    """Compare the engine's count with the lines of the server's access log."""
    variant = app.manifest.variants["controlled"]
    quiet = tuple(word for word in variant.command if word != "--no-access-log")
    command, environment = quiet + LOG_SWITCH[quiet[0]], dict(variant.environment)
    if quiet[0] == "uvicorn":
        (state / "logging_app.py").write_text(LOGGING)
        command = (*(word.replace("app:app", "logging_app:app") for word in command), "--app-dir", str(state))
        environment["PYTHONPATH"] = str(app.folder)
    logged = variant.model_copy(update={"command": command, "environment": environment})
    manifest = app.manifest.model_copy(update={"variants": {"controlled": logged}})
    server = runtime.launch(
        app.model_copy(update={"manifest": manifest}),
        Subject(app=app.name, variant="controlled"),
        hash_seed=1,
        database_url=None,
    )
    server.await_ready(30)
    with Driver.on(layout.generator) as driver:
        report = load(driver, server.port)
    server.stop()
    log = max(state.glob("work/*/*.log"))  # they are numbered
    served = len(re.findall(r'"GET /json HTTP/1\.1"', log.read_text()))
    print(f"{app.name}: the engine counted {report.responses_total:,} responses, the server {served:,}", flush=True)


def load(driver: Driver, port: int) -> WindowReport:
    """One closed-loop window; every response must be right."""
    spec = WindowSpec(
        host="127.0.0.1",
        port=port,
        endpoint=Endpoint.JSON,
        mode=Mode.CLOSED,
        connections=CONNECTIONS,
        lead_in_s=0.05,
        duration_s=WINDOW_S,
    )
    report = driver.window(spec)
    if report.failures:
        raise SystemExit(f"failures: {report.failures}: {report.first_failure}")
    return report


def speed_during(measure: Callable[[], None], probe: SpeedProbe) -> float:
    """Logarithm of the time that the probe's work took meanwhile."""
    opened = Phase(event="opened", at_ns=time.monotonic_ns())
    measure()
    found = probe.between(opened, Phase(event="closed", at_ns=time.monotonic_ns()))
    if found is None:
        raise SystemExit("the speed probe gave no reading")
    return log(found.work_ns)


def run_wrk(wrk: list[str], port: int) -> float:
    """Requests per second, by wrk's own clock; it runs on the generator's CPUs, as this process does."""
    headers = [word for header in HEADERS for word in ("-H", header)]
    command = [*wrk, "-t1", f"-c{CONNECTIONS}", f"-d{WINDOW_S}s", *headers, f"http://127.0.0.1:{port}/json"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+) requests in ([\d.]+)s", output)
    if found is None or "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(output)
    return int(found[1]) / float(found[2])


def interval(log_ratios: list[float], speed_changes: list[float]) -> tuple[float, float, float]:
    """The ratio at the same speed of the host, and its 95 % interval."""
    if len(log_ratios) < LEAST_PAIRS:
        return exp(statistics.fmean(log_ratios)), 0.0, float("inf")
    fit = stats.linregress(speed_changes, log_ratios)
    reach = float(stats.t.ppf(0.975, len(log_ratios) - 2)) * fit.intercept_stderr
    return exp(fit.intercept), exp(fit.intercept - reach), exp(fit.intercept + reach)


if __name__ == "__main__":
    main()
