"""What may cost so much and no more: ratios within one run, each beside its budget. Not a test: a busy host spoils it.

    python benchmarks/budgets.py [--turns N]

- **Report**: CPU time of drawing the report of a made-up `quick` run, over that of importing pandas and matplotlib.
- **Window**: what a window of load takes beside its lead-in and stretch, over the stretch of a `quick` window.
  It is why windows of a quarter of a second can follow each other.
- **Speed probe**: its CPU time over the time that passes. It shares the CPU of the server that is measured.
- **Stall watch**: the same of its timer on the server's CPU, while it watches. It does so in windows of latency only.

Each is taken several times in turn, and the median counts. Exits with 1 where one is over its budget.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from harness.load.calibration.responder import Responder
from harness.load.client import Driver
from harness.metering.speed_probe import SpeedProbe
from harness.metering.stall_watch import StallWatch
from harness.model.app import Endpoint
from harness.model.host import CpuLayout
from harness.model.window import Mode, WindowSpec

STRETCH_S = 0.25
LEAD_IN_S = 0.05
WATCHED_S = 2.0
DRAW = """
import tempfile, pathlib
from harness.report.write import write_report
from tests.unit.report.sample import Sample
with tempfile.TemporaryDirectory() as made:
    write_report(pathlib.Path(made), *Sample().build())
"""


def cpu_s(code: str) -> float:
    """CPU time of a Python process that runs this code in the project's folder."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run((sys.executable, "-c", code), check=True, cwd=Path(__file__).parents[1])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def report_ratio() -> float:
    """Drawing over importing."""
    imported = cpu_s("import pandas, matplotlib.figure")
    return cpu_s(DRAW) / imported


def window_ratio(driver: Driver, spec: WindowSpec) -> float:
    """What is lost between two windows, over what is counted in one."""
    began_s = time.monotonic()
    driver.window(spec)
    return (time.monotonic() - began_s - LEAD_IN_S - STRETCH_S) / STRETCH_S


def cpu_share(pid: int) -> float:
    """Of a CPU, how much a process takes."""
    taken = Path(f"/proc/{pid}/schedstat")
    before_ns, began_ns = int(taken.read_text().split()[0]), time.monotonic_ns()
    time.sleep(WATCHED_S)
    return (int(taken.read_text().split()[0]) - before_ns) / (time.monotonic_ns() - began_ns)


def watch_share(watch: StallWatch) -> float:
    """Of a CPU, how much the dearest timer takes while it watches."""
    watch.begin()
    try:
        return max(map(cpu_share, watch.pids))
    finally:
        watch.end(0)


def main() -> int:
    """Take all in turn; prints a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=5)
    turns = parser.parse_args().turns
    server, *others = sorted(os.sched_getaffinity(0))
    generator = (others or [server])[0]
    with Responder.on((server,)) as responder, Driver.on((generator,)) as driver:
        spec = WindowSpec(
            host="127.0.0.1",
            port=responder.port,
            endpoint=Endpoint.HELLO,
            mode=Mode.CLOSED,
            connections=32,
            lead_in_s=LEAD_IN_S,
            duration_s=STRETCH_S,
        )
        driver.window(spec)
        probe, watch = SpeedProbe.on((server,)), StallWatch(CpuLayout(server=(server,), generator=(), database=()))
        if why := watch.why_not():
            sys.exit(f"the stall watch can't be measured: {why}")
        measures: dict[str, tuple[float, Callable[[], float]]] = {
            "report": (4.0, report_ratio),
            "window": (0.2, lambda: window_ratio(driver, spec)),
            "speed probe": (0.02, lambda: cpu_share(probe.pid)),
            "stall watch": (0.04, lambda: watch_share(watch)),
        }
        ratios = {name: [take() for _ in range(turns)] for name, (_, take) in measures.items()}
        probe.close()
        watch.close()
    over = 0
    for name, (budget, _) in measures.items():
        median = statistics.median(ratios[name])
        over += median > budget
        spread = f"{min(ratios[name]):.3f} .. {max(ratios[name]):.3f}"
        print(f"{name:12} {median:8.3f} ({spread}), budget {budget:g}{'' if median <= budget else '  OVER'}")
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main())
