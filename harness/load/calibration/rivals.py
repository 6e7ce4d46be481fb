"""The generators that the calibration compares, each measured one window at a time against the responder."""

import re
import resource
import select
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from types import TracebackType
from typing import Final, Protocol, Self

from harness.companion import has_ended, module_command
from harness.load.calibration.responder import Responder
from harness.load.calibration.stock_window import StockReport, StockWindow
from harness.load.client import Driver
from harness.model.app import Endpoint
from harness.model.calibration import Tool, ToolWindow
from harness.model.errors import RuntimeFault
from harness.model.window import Mode, Phase, WindowSpec
from harness.plan.budget import CALIBRATION_LEAD_IN_S

CONNECTIONS: Final = 32
_STOCK_LEAD_IN_S: Final = 0.5
"""Locust's own users connect one by one, each with its first request."""
_MARGIN_S: Final = 30.0
"""Starting Python and Locust included."""
_LEAST_NS: Final = 1_000_000
"""Between the readings of a window of which the first came when all was over."""
_NS_PER_S: Final = 1e9
_NS_PER_US: Final = 1e3


class Generator(Protocol):
    """A load generator that can be measured."""

    tool: Tool
    verifies: str

    def measure(self, responder: Responder, window_s: float) -> ToolWindow:
        """Load the responder for a window."""


class EngineGenerator:
    """The engine, in its driver."""

    tool = Tool.ENGINE
    verifies = "every status and body"

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def measure(self, responder: Responder, window_s: float) -> ToolWindow:
        """Drive a closed window.

        Raises:
            RuntimeFault: the driver or the responder was lost.
        """
        readings: list[tuple[int, int]] = []

        def read(phase: Phase) -> None:
            # Heard of late, an end is that of the load all the same: what the responder has used by then, it has used
            # until the end. At a beginning it is under load before and after, and the moment is when it is asked.
            at_ns = time.monotonic_ns() if phase.event == "opened" else phase.at_ns
            readings.append((at_ns, responder.cpu_ns()))

        served = responder.count()
        report = self._driver.window(
            WindowSpec(
                host=responder.host,
                port=responder.port,
                endpoint=Endpoint.HELLO,
                mode=Mode.CLOSED,
                connections=CONNECTIONS,
                lead_in_s=CALIBRATION_LEAD_IN_S,
                duration_s=window_s,
            ),
            read,
        )
        (opened_ns, cpu_opened_ns), (closed_ns, cpu_closed_ns) = readings
        return ToolWindow(
            tool=self.tool,
            rps=report.responses / report.duration_ns * _NS_PER_S,
            cpu_us_per_request=report.generator_cpu_ns / _NS_PER_US / max(report.responses, 1),
            responder_cpu_share=(cpu_closed_ns - cpu_opened_ns) / max(closed_ns - opened_ns, _LEAST_NS),
            failures=sum(report.failures.values()),
            requests_counted=report.requests_total,
            requests_served=responder.count() - served,
        )


class StockLocust:
    """Locust's own users, in a process that lives through the calibration. Use it as a context manager."""

    verifies = "every body"

    def __init__(self, tool: Tool, cpus: tuple[int, ...]) -> None:
        self.tool = tool
        self._process = subprocess.Popen(
            [*_pinned(cpus), *module_command("harness.load.calibration.stock_users", tool.value)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            process_group=0,
            text=True,
        )

    def measure(self, responder: Responder, window_s: float) -> ToolWindow:
        """Have the users run for a window.

        Raises:
            RuntimeFault: the process has ended or hangs, or the responder was lost.
        """
        asked = StockWindow(
            port=responder.port,
            responder_clock=responder.cpu_clock,
            connections=CONNECTIONS,
            lead_in_s=_STOCK_LEAD_IN_S,
            duration_s=window_s,
        )
        served = responder.count()
        output = self._ask(asked.model_dump_json(), _STOCK_LEAD_IN_S + window_s + _MARGIN_S)
        report = StockReport.model_validate_json(output)
        return ToolWindow(
            tool=self.tool,
            rps=report.requests / report.elapsed_ns * _NS_PER_S,
            cpu_us_per_request=report.cpu_ns / _NS_PER_US / max(report.requests, 1),
            responder_cpu_share=report.responder_cpu_ns / report.elapsed_ns,
            failures=report.failures,
            requests_counted=report.requests_total,
            requests_served=responder.count() - served,
        )

    def _ask(self, line: str, patience_s: float) -> str:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is not None and stdout is not None and self._process.poll() is None:
            with suppress(OSError):  # It has just ended, which is found out below.
                print(line, file=stdin, flush=True)
            if select.select([stdout], [], [], patience_s)[0] and (answer := stdout.readline()):
                return answer
        raise RuntimeFault(
            f"the process of {self.tool.value} has ended or hangs",
            hint=f"run it by hand to see why: python -m harness.load.calibration.stock_users {self.tool.value}",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        has_ended(self._process)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):  # what could not be asked any more
                    stream.close()


class Wrk:
    """wrk, a generator written in C, started anew for each window."""

    tool = Tool.WRK
    verifies = "status class only"

    def __init__(self, path: str, cpus: tuple[int, ...]) -> None:
        self._command = [*_pinned(cpus), path, "-t1", f"-c{CONNECTIONS}"]

    @classmethod
    def find(cls, cpus: tuple[int, ...]) -> "Wrk | None":
        """The installed wrk, if there is one."""
        path = shutil.which("wrk")
        return cls(path, cpus) if path else None

    def measure(self, responder: Responder, window_s: float) -> ToolWindow:
        """Run wrk for a window, of whole seconds because it knows no others.

        Raises:
            RuntimeFault: its output was not understood, it hangs, or the responder was lost.
        """
        served, cpu_ns, own_cpu_s = responder.count(), responder.cpu_ns(), _children_cpu_s()
        command = [*self._command, f"-d{max(1, round(window_s))}s", f"http://127.0.0.1:{responder.port}/hello"]
        by_hand = "run it by hand: " + " ".join(command)
        try:
            output = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=window_s + _MARGIN_S
            ).stdout
        except subprocess.TimeoutExpired as error:
            raise RuntimeFault(f"wrk did not end within {error.timeout:g} s", hint=by_hand) from error
        found = re.search(r"(\d+) requests in ([\d.]+)(m?s)", output)
        if found is None:
            raise RuntimeFault("wrk did not say what it measured", hint=by_hand)
        requests = int(found[1])
        elapsed_s = float(found[2]) / (1000 if found[3] == "ms" else 1)
        failures = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
        return ToolWindow(
            tool=self.tool,
            rps=requests / elapsed_s,
            cpu_us_per_request=(_children_cpu_s() - own_cpu_s) * 1e6 / max(requests, 1),
            responder_cpu_share=(responder.cpu_ns() - cpu_ns) / _NS_PER_S / elapsed_s,
            failures=int(failures[1]) if failures else 0,
            requests_counted=requests,
            requests_served=responder.count() - served,
        )


def _children_cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _pinned(cpus: tuple[int, ...]) -> list[str]:
    """What to put before a command so that it runs on these CPUs only."""
    pin = f"import os, sys; os.sched_setaffinity(0, {cpus!r}); os.execv(sys.argv[1], sys.argv[1:])"
    return [sys.executable, "-I", "-c", pin]
