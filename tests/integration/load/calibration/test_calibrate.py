"""The calibration, with real processes and as few windows as it takes."""

import os
import shutil
import time
from collections.abc import Callable

import pytest

from harness.companion import Program
from harness.load.calibration.calibrate import calibrate, measure_ceiling
from harness.load.calibration.responder import Responder
from harness.load.calibration.rivals import EngineGenerator
from harness.load.client import Driver
from harness.model.calibration import Tool, ToolWindow
from harness.model.host import CpuLayout
from harness.model.window import Phase, WindowReport, WindowSpec
from tests.waiting import undisturbed


@pytest.fixture(scope="module")
def layout() -> CpuLayout:
    """The responder on one CPU, the generators on another, as far as there are two."""
    cpus = sorted(os.sched_getaffinity(0))
    return CpuLayout(server=(cpus[0],), generator=(cpus[-1],), database=(cpus[-1],))


def test_every_tool_is_measured_in_turn(layout: CpuLayout) -> None:
    """All installed tools appear; the engine counts as the responder does, the others but for what was under way."""
    result = calibrate(layout, windows=2, window_s=0.3, rivals=True)
    expected = [Tool.ENGINE, Tool.FAST_HTTP_USER, Tool.HTTP_USER, *([Tool.WRK] if shutil.which("wrk") else [])]
    tools = {summary.tool: summary for summary in result.tools}
    assert list(tools) == expected
    assert [window.tool for window in result.windows] == expected * 2
    assert tools[Tool.ENGINE].count_difference == 0
    assert all(summary.count_difference <= 2 * result.connections for summary in result.tools)
    assert all(summary.failures == 0 and summary.rps > 0 for summary in result.tools)
    ratios = {ratio.tool: ratio for ratio in result.ratios}
    assert list(ratios) == expected[1:]
    # CPU time per request hardly depends on what else runs on the host.
    assert ratios[Tool.FAST_HTTP_USER].cpu < 1 / 8
    assert ratios[Tool.HTTP_USER].cpu < 1 / 25


def test_ceiling_comes_from_a_running_driver(layout: CpuLayout, driver: Driver) -> None:
    """The light form that starts each run takes a few windows and names what it found."""
    responder = Program.of_module("harness.load.calibration.responder", cpus=layout.server)
    ceiling = measure_ceiling(driver, responder, windows=3, window_s=0.2)
    assert ceiling.windows == 3
    assert ceiling.engine_rps > 0
    assert 0 < ceiling.responder_cpu_share <= 1.05
    # It has one CPU, in the median window as in any.
    assert 0 < ceiling.engine_cpu_us_per_request * ceiling.engine_rps < 1.5e6


class Late(Driver):
    """One that the harness hears of too late: other work has its CPU as a window ends."""

    late_s = 3.0

    def window(self, spec: WindowSpec, on_phase: Callable[[Phase], None] | None = None) -> WindowReport:
        def heard(phase: Phase) -> None:
            if phase.event == "closed":
                time.sleep(self.late_s)
            if on_phase:
                on_phase(phase)

        return super().window(spec, heard)


def test_a_responder_that_rested_before_it_was_asked_was_busy_all_the_same(layout: CpuLayout) -> None:
    """Or the report would not say that it, and not the generator, was the limit."""
    with Late.on(layout.generator) as late, Responder.on(layout.server) as responder:
        generator = EngineGenerator(late)

        def busy(window: ToolWindow) -> None:
            # Of a CPU that it shares with the generator at worst. Over 3.3 s, all of 0.3 s would be 0.09.
            assert 0.15 < window.responder_cpu_share < 1.1

        undisturbed(lambda: generator.measure(responder, 0.3), busy)


def test_responder_ends_with_its_starter(layout: CpuLayout) -> None:
    """It serves no longer than it is wanted."""
    with Responder.on(layout.server) as responder:
        pid = responder.pid
        assert responder.count() == 0
        assert os.sched_getaffinity(pid) == set(layout.server)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
