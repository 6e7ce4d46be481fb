"""How much load the generator can make on this host, and how it compares with others."""

import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Final

from harness.companion import Program
from harness.load.calibration.responder import Responder
from harness.load.calibration.rivals import CONNECTIONS, EngineGenerator, Generator, StockLocust, Wrk
from harness.load.client import Driver
from harness.model.calibration import CalibrationResult, Ceiling, Ratio, Tool, ToolSummary, ToolWindow
from harness.model.errors import OutOfStep, RuntimeFault
from harness.model.host import CpuLayout

_RESPONDER_BUSY: Final = 0.95
"""From this share of its CPU on, the responder counts as what limited a tool."""


_ATTEMPTS: Final = 10
"""After so many windows without an answer, or out of step, the next ones will be no better."""


def measure_ceiling(driver: Driver, responder: Program, windows: int, window_s: float) -> Ceiling:
    """The engine's limit on this host, from some windows of a driver that is already running on its CPUs.

    Raises:
        RuntimeFault: the responder did not start, the driver was lost, or nothing was answered.
    """
    engine = EngineGenerator(driver)
    with Responder(responder) as running:
        _answered(engine, running, window_s)  # a first one warms both up
        summary = _summary(engine, [_answered(engine, running, window_s) for _ in range(windows)])
    return Ceiling(
        engine_rps=summary.rps,
        engine_cpu_us_per_request=summary.cpu_us_per_request,
        responder_cpu_share=summary.responder_cpu_share,
        windows=summary.windows,
    )


def calibrate(layout: CpuLayout, windows: int, window_s: float, *, rivals: bool) -> CalibrationResult:
    """Measure the engine and, with `rivals`, Locust's own users and wrk where it is installed.

    All load the same responder, in turn, window by window, so that what disturbs the host disturbs all alike.

    Raises:
        RuntimeFault: a process did not start or was lost, or a tool had no answer.
    """
    with ExitStack() as stack:
        responder = stack.enter_context(Responder.on(layout.server))
        generators: list[Generator] = [EngineGenerator(stack.enter_context(Driver.on(layout.generator)))]
        if rivals:
            generators += [
                stack.enter_context(StockLocust(tool, layout.generator))
                for tool in (Tool.FAST_HTTP_USER, Tool.HTTP_USER)
            ]
            if wrk := Wrk.find(layout.generator):
                generators.append(wrk)
        for generator in generators:
            _answered(generator, responder, window_s)  # warms up, and does not count
        turns = [[_answered(generator, responder, window_s) for generator in generators] for _ in range(windows)]

    columns = list(zip(*turns, strict=True))
    summaries = [_summary(generator, column) for generator, column in zip(generators, columns, strict=True)]
    return CalibrationResult(
        layout=layout,
        connections=CONNECTIONS,
        window_s=window_s,
        tools=tuple(summaries),
        ratios=tuple(_ratio(columns[0], rival) for rival in columns[1:]),
        responder_limited=tuple(each.tool for each in summaries if each.responder_cpu_share >= _RESPONDER_BUSY),
        windows=tuple(window for turn in turns for window in turn),
    )


def _answered(generator: Generator, responder: Responder, window_s: float) -> ToolWindow:
    """A window with an answer in it: a host that stands still for all of one leaves nothing to compare.

    Nor does one that lets workers begin apart.
    """
    apart: OutOfStep | None = None
    for _ in range(_ATTEMPTS):
        try:
            window = generator.measure(responder, window_s)
        except OutOfStep as error:
            apart = error
            continue
        if window.rps:  # answers of the lead-in are counted, and compare nothing
            return window
    raise apart or RuntimeFault(
        f"{generator.tool.value} had no answer in {_ATTEMPTS} windows of {window_s:g} s",
        hint="other work may have all of this host's CPUs: see `bench doctor`, and try again when it is calmer",
    )


def _summary(generator: Generator, windows: Sequence[ToolWindow]) -> ToolSummary:
    low, rps, high = _quartiles([window.rps for window in windows])
    return ToolSummary(
        tool=generator.tool,
        windows=len(windows),
        rps=rps,
        rps_low=low,
        rps_high=high,
        cpu_us_per_request=statistics.median(window.cpu_us_per_request for window in windows),
        responder_cpu_share=statistics.median(window.responder_cpu_share for window in windows),
        failures=sum(window.failures for window in windows),
        verifies=generator.verifies,
        count_difference=max(abs(window.requests_counted - window.requests_served) for window in windows),
    )


def _ratio(engine: Sequence[ToolWindow], rival: Sequence[ToolWindow]) -> Ratio:
    pairs = list(zip(engine, rival, strict=True))
    low, rps, high = _quartiles([ours.rps / theirs.rps for ours, theirs in pairs])
    return Ratio(
        tool=rival[0].tool,
        rps=rps,
        rps_low=low,
        rps_high=high,
        cpu=statistics.median(ours.cpu_us_per_request / theirs.cpu_us_per_request for ours, theirs in pairs),
    )


def _quartiles(values: list[float]) -> tuple[float, float, float]:
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, median, high
