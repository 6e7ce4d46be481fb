"""What does a request take of a server, by how many come? Not a test: it counts what a busy host hardly changes.

    python benchmarks/counts_by_load.py [APP[/VARIANT] ...] [--endpoint json] [--seconds 10] [--busy]

A server is left alone, then asked for an endpoint 10, 100 and 1,000 times a second, then by 32 connections as often as
it answers (with `--busy` at once). Told are, of a second without requests, and else of a request (less what goes by the
clock anyway):

- *system calls*, *timers* armed, *wake-ups* of another CPU (interprocessor interrupts sent), *page faults*, as the
  kernel's tracepoints count them, where `perf` may read those (as root);
- *switches*: how often a thread of the server gave up its CPU by itself (proc_pid_status(5)), and was made to;
- *calls* of Python functions, by a profiler in a second server; missing where the server is no Python program;
- CPU time, which is no count: it follows the host, and only says what there is to explain.
"""

import argparse
import mmap
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from harness.catalog.discover import read_app
from harness.host.cpus import keep_to, layout_here
from harness.load.client import Driver
from harness.model.app import App, Endpoint
from harness.model.cell import Subject
from harness.model.window import Mode, Phase, WindowSpec
from harness.runtime.local.runtime import ProcessRuntime
from harness.runtime.local.server import Server

APPS = Path(__file__).parents[1] / "apps"
RATES_RPS = (10.0, 100.0, 1_000.0)
CONNECTIONS = 32
FEW_CONNECTIONS = 4
"""As the workload `idle` has them."""
EVENTS = {
    "system calls": "raw_syscalls:sys_enter",
    "timers": "timer:hrtimer_start",
    "wake-ups": "ipi:ipi_send_cpu",
    "page faults": "exceptions:page_fault_user",
}
SWITCHES = {"voluntary_ctxt_switches": "switches", "nonvoluntary_ctxt_switches": "made to"}
COUNTED = (*EVENTS, *SWITCHES.values(), "calls")
SLOTS = 1 << 16
WIDTH = 130
PROFILER = f"""
import mmap, os, sys, threading

with open(os.environ["BENCH_CALLS"], "r+b") as file:
    slots = memoryview(mmap.mmap(file.fileno(), 0)).cast("Q")

def begin(*_):
    slot = threading.get_native_id() % {SLOTS}
    def count(frame, event, argument):
        if event == "call":
            slots[slot] += 1
    sys.setprofile(count)

begin()
threading.setprofile(begin)
os.register_at_fork(after_in_child=begin)
"""
"""A `sitecustomize` that counts calls, each thread in a place of its own."""


@dataclass(frozen=True)
class Counts:
    """Of one stretch."""

    requests: int
    elapsed_s: float
    cpu_us: float
    counted: dict[str, float | None]

    def per_request(self, rest: "Counts") -> "Counts":
        """Without what a stretch at rest takes in the same time."""
        by_clock = self.elapsed_s / rest.elapsed_s

        def each(here: float | None, there: float | None) -> float | None:
            return None if here is None or there is None else (here - there * by_clock) / self.requests

        counted = {name: each(here, rest.counted[name]) for name, here in self.counted.items()}
        return Counts(1, self.elapsed_s, (self.cpu_us - rest.cpu_us * by_clock) / self.requests, counted)

    def per_second(self) -> "Counts":
        """Of each second."""
        counted = {name: None if each is None else each / self.elapsed_s for name, each in self.counted.items()}
        return Counts(self.requests, 1.0, self.cpu_us / self.elapsed_s, counted)


class Tracepoints:
    """`perf stat` on some processes, which counts between `enable` and `disable`."""

    def __init__(self, pids: list[int], events: list[str]) -> None:
        orders, self._orders = os.pipe()
        self._answers, answers = os.pipe()
        self._events = events
        self._process = subprocess.Popen(
            [
                *("perf", "stat", "--delay=-1", "-x;", f"--control=fd:{orders},{answers}"),
                *(f"--event={','.join(events)}", f"--pid={','.join(map(str, pids))}"),
            ],
            pass_fds=(orders, answers),
            stderr=subprocess.PIPE,
            text=True,
        )
        os.close(orders)
        os.close(answers)

    def say(self, word: str) -> None:
        """Give an order, and wait until it is carried out."""
        os.write(self._orders, f"{word}\n".encode())
        os.read(self._answers, 16)

    def end(self) -> dict[str, int]:
        """What was counted, by event."""
        self._process.send_signal(signal.SIGINT)
        said = self._process.communicate(timeout=20)[1]
        os.close(self._orders)
        os.close(self._answers)
        fields = [line.split(";") for line in said.splitlines() if ";" in line]
        return {event: int(value) for value, _, event, *_ in fields if value.isdigit()}  # else it says why not


class Stretch:
    """Counts between two announcements of the load driver."""

    def __init__(self, server: Server, calls: Path | None, events: list[str]) -> None:
        self._server = server
        self._calls = calls
        self._tracepoints = Tracepoints(server.pids(), events) if events else None
        self._read: list[tuple[float, float, Counter[str]]] = []

    def on_phase(self, phase: Phase) -> None:
        """It begins, or has ended."""
        if self._tracepoints and phase.event == "opened":
            self._tracepoints.say("enable")
        counts = switches(self._server.pids())
        if self._calls:
            counts["calls"] = calls_in(self._calls)
        self._read.append((time.monotonic(), self._server.cpu_ns() / 1e3, counts))
        if self._tracepoints and phase.event == "closed":
            self._tracepoints.say("disable")

    def counts(self, requests: int) -> Counts:
        """All that was counted."""
        (began_s, before_us, before), (ended_s, after_us, after) = self._read
        found: dict[str, float | None] = {name: float(after[name] - before[name]) for name in after | before}
        traced = self._tracepoints.end() if self._tracepoints else {}
        found |= {name: traced.get(event) for name, event in EVENTS.items()}
        return Counts(requests, ended_s - began_s, after_us - before_us, {name: found.get(name) for name in COUNTED})


def switches(pids: list[int]) -> Counter[str]:
    """Of all threads of some processes so far."""
    found: Counter[str] = Counter(dict.fromkeys(SWITCHES.values(), 0))
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                for line in (thread / "status").read_text().splitlines():
                    name, _, value = line.partition(":")
                    if name in SWITCHES:
                        found[SWITCHES[name]] += int(value)
    return found


def calls_in(file: Path) -> int:
    """Calls so far."""
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        view = memoryview(mapped).cast("Q")
        total = sum(view)
        view.release()
    return total


def events_here() -> list[str]:
    """Those of the tracepoints that may be read here."""
    known = Path("/sys/kernel/tracing/available_events")
    if not shutil.which("perf") or not os.access(known, os.R_OK):
        return []
    offered = set(known.read_text().split())
    return [each for each in EVENTS.values() if each in offered]


@dataclass(frozen=True)
class Asked:
    """A server that is asked for one endpoint."""

    driver: Driver
    server: Server
    endpoint: Endpoint
    seconds: float

    def measured(self, rate_rps: float | None, seconds: float, stretch: Stretch) -> Counts:
        """One stretch of load: at a rate, or as much as the server answers."""
        report = self.driver.window(
            WindowSpec(
                host=self.server.host,
                port=self.server.port,
                endpoint=self.endpoint,
                mode=Mode.OPEN if rate_rps else Mode.CLOSED,
                connections=FEW_CONNECTIONS if rate_rps == RATES_RPS[0] else CONNECTIONS,
                rate_rps=rate_rps,
                lead_in_s=1.0,
                duration_s=seconds,
            ),
            stretch.on_phase,
        )
        if report.failures:
            raise SystemExit(f"failures: {report.failures}: {report.first_failure}")
        return stretch.counts(report.responses)

    def rest(self, stretch: Stretch) -> Counts:
        """The same without any request."""
        stretch.on_phase(Phase(event="opened", at_ns=time.monotonic_ns()))
        time.sleep(self.seconds)
        stretch.on_phase(Phase(event="closed", at_ns=time.monotonic_ns()))
        return stretch.counts(0)

    def by_load(self, rates_rps: tuple[float, ...], calls: Path | None) -> dict[str, Counts]:
        """All stretches of one server, which is warmed up first and then left alone."""

        def stretch() -> Stretch:
            return Stretch(self.server, calls, [] if calls else events_here())

        self.measured(None, 1.0, Stretch(self.server, None, []))
        time.sleep(1.0)
        found = {"at rest, a second": self.rest(stretch())}
        for rate_rps in rates_rps:
            found[f"{rate_rps:,.0f} a second"] = self.measured(rate_rps, self.seconds, stretch())
        found[f"{CONNECTIONS} connections"] = self.measured(None, 2.0, stretch())
        return found


def profiled(app: App, variant: str, folder: Path) -> tuple[App, Path]:
    """The app with a profiler in its server, and the file that this counts in."""
    calls = folder / "calls"
    calls.write_bytes(bytes(8 * SLOTS))
    (folder / "sitecustomize.py").write_text(PROFILER)
    deployed = app.variant(variant)
    variables = {**deployed.environment, "PYTHONPATH": str(folder), "BENCH_CALLS": str(calls)}
    changed = deployed.model_copy(update={"environment": variables})
    manifest = app.manifest.model_copy(update={"variants": {**app.manifest.variants, variant: changed}})
    return app.model_copy(update={"manifest": manifest}), calls


def per_unit(found: dict[str, Counts]) -> dict[str, Counts]:
    """Of a second at rest, and of a request."""
    (name, at_rest), *loads = found.items()
    return {name: at_rest.per_second(), **{load: counts.per_request(at_rest) for load, counts in loads}}


def show(console: Console, title: str, plain: dict[str, Counts], by_profiler: dict[str, Counts]) -> None:
    """A row for each load."""
    table = Table(title=title, title_justify="left")
    for name in ("load", "requests", "CPU µs", *COUNTED):
        table.add_column(name, justify="left" if name == "load" else "right")
    for (load, each), other in zip(per_unit(plain).items(), per_unit(by_profiler).values(), strict=True):
        counted = {**each.counted, "calls": other.counted["calls"]}
        cells = ("-" if value is None else f"{value:,.1f}" for value in counted.values())
        table.add_row(load, f"{plain[load].requests:,}", f"{each.cpu_us:,.0f}", *cells)
    console.print(table)


def main() -> None:
    """Print a table for each app."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("apps", nargs="*", default=["wsgi", "flask", "asgi"])
    parser.add_argument("--endpoint", type=Endpoint, default=Endpoint.JSON)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--busy", action="store_true")
    chosen = parser.parse_args()
    layout = layout_here()
    keep_to(layout.generator)
    for name in chosen.apps:
        app_name, _, variant = name.partition("/")
        guest = APPS / "guests" / f"{app_name}_app"
        app = read_app(guest if guest.is_dir() else APPS / f"{app_name}_app")
        variant = variant or "controlled"
        with tempfile.TemporaryDirectory() as made, ProcessRuntime(Path(made), layout) as runtime:
            runtime.prepare([app], lambda _: None)
            database, found = runtime.start_database(), list[dict[str, Counts]]()
            with Driver.on(layout.generator) as driver:
                for started, calls in ((app, None), profiled(app, variant, Path(made))):
                    server = runtime.launch(
                        started, Subject(app=app.name, variant=variant), hash_seed=1, database_url=database.url
                    )
                    server.await_ready(60)
                    asked = Asked(driver, server, chosen.endpoint, chosen.seconds)
                    found.append(asked.by_load(() if chosen.busy else RATES_RPS, calls))
                    server.stop()
        show(Console(width=WIDTH), f"{app.name}/{variant}, {chosen.endpoint}: {app.variant(variant).server}", *found)


if __name__ == "__main__":
    main()
