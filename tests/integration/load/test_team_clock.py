"""Workers of one host have one clock, and stalls are placed among their requests by it."""

from collections.abc import Callable
from typing import Any

from harness.load.client import Driver
from harness.model.window import Phase, WindowReport, WindowSpec
from tests.waiting import in_step, undisturbed


def test_a_stretch_begins_when_a_worker_says_so_and_not_when_it_is_heard(
    serve: Callable[..., Any], window: Callable[..., WindowSpec]
) -> None:
    """To the nanosecond: from the last one's beginning until an end, which is just as long after a beginning."""

    def measured() -> tuple[WindowReport, list[Phase]]:
        phases: list[Phase] = []
        return driver.window(window(serve("right").port, rate_rps=200), phases.append), phases

    def both_have_answers(found: tuple[WindowReport, list[Phase]]) -> None:
        assert all(share.responses for share in found[0].workers)

    with Driver.on(None, "--workers", "2") as driver:
        report, (opened, closed) = undisturbed(lambda: in_step(measured), both_have_answers)
    assert report.skew_ns is not None
    assert closed.at_ns - opened.at_ns in {report.duration_ns, report.duration_ns - report.skew_ns}
