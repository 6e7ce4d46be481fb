"""What may cost so much and no more: ratios within one run, each beside its budget. Not a test: a busy host spoils it.

    python benchmarks/budgets.py [--turns N]

- **Report**: CPU time of drawing the report of a made-up `quick` run, over that of importing pandas and matplotlib.
- **Standard report**: the same of a `standard` one.
- **Standard page**: megabytes of that of a made-up `standard` run of the apps of this project, their code with it.
- **List**: CPU time, over the same, of the list of a hundred runs whose digests are there: it needs neither, nor scipy.
- **Standing list**: the same once more, when no run has changed.
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
import tempfile
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
IMPORT = "import pandas, matplotlib.figure"
DRAW = """
import sys, tempfile, pathlib
from harness.model.plan import ProfileName
from harness.report.write import write_report
from tests.unit.report.sample import Sample
with tempfile.TemporaryDirectory() as made:
    write_report(pathlib.Path(made), *Sample(ProfileName(sys.argv[1])).build())
"""
WEIGH = """
import sys, tempfile, pathlib
from harness.report.write import write_report
from harness.runtime.app_source import source
from tests.unit.report.standard_run import apps, standard_run
run, *rest = standard_run()
run = run.model_copy(update={"sources": tuple(map(source, apps().values()))})
with tempfile.TemporaryDirectory() as made:
    print(write_report(pathlib.Path(made), run, *rest).stat().st_size)
"""
MAKE_RUNS = """
import sys, pathlib
from benchmarks.many_runs import make_runs
make_runs(pathlib.Path(sys.argv[1]), 100)
"""
LIST = """
import sys, pathlib
from harness.report.file_names import LIST_HASHES_FILE
from harness.report.publish_list import publish_index
runs = pathlib.Path(sys.argv[1])
if sys.argv[2:]:
    (runs / LIST_HASHES_FILE).unlink(missing_ok=True)
publish_index(runs)
"""
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Without it, most of what is measured would be the compiling of what was not kept."""


def cpu_s(code: str, *arguments: str) -> float:
    """CPU time of a Python process that runs this code in the project's folder."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = (sys.executable, "-c", code, *arguments)
    subprocess.run(command, check=True, cwd=Path(__file__).parents[1], env=ENVIRONMENT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def over_importing(code: str, *arguments: str) -> float:
    """What this code takes, over importing what draws."""
    imported = cpu_s(IMPORT)
    return cpu_s(code, *arguments) / imported


def megabytes(code: str) -> float:
    """What this code says of bytes."""
    command = (sys.executable, "-c", code)
    said = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1], env=ENVIRONMENT
    )
    return int(said.stdout) / 1e6


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
    with (
        tempfile.TemporaryDirectory() as runs,
        Responder.on((server,)) as responder,
        Driver.on((generator,)) as driver,
    ):
        cpu_s(MAKE_RUNS, runs)
        over_importing(LIST, runs, "anew")  # The first one compiles what the others import.
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
        probe, watch = (
            SpeedProbe.on((server,)),
            StallWatch(CpuLayout(server=(server,), generator=(server,), database=())),
        )
        if why := watch.why_not():
            sys.exit(f"the stall watch can't be measured: {why}")
        measures: dict[str, tuple[float, Callable[[], float]]] = {
            "report": (2.2, lambda: over_importing(DRAW, "quick")),
            "standard report": (4.0, lambda: over_importing(DRAW, "standard")),
            "standard page": (1.28, lambda: megabytes(WEIGH)),
            "list": (1.3, lambda: over_importing(LIST, runs, "anew")),
            "standing list": (0.3, lambda: over_importing(LIST, runs)),
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
        print(f"{name:15} {median:8.3f} ({spread}), budget {budget:g}{'' if median <= budget else '  OVER'}")
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main())
