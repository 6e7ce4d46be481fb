"""A calibration on a host that stands still for a whole window, or for good."""

from collections.abc import Iterable

import pytest

from harness.load.calibration.calibrate import _ATTEMPTS, _answered
from harness.load.calibration.responder import Responder
from harness.model.calibration import Tool, ToolWindow
from harness.model.errors import OutOfStep, RuntimeFault


class Answers:
    """A generator with so many answers in one window after another, or with workers out of step."""

    tool = Tool.FAST_HTTP_USER
    verifies = False

    def __init__(self, counts: Iterable[int | OutOfStep]) -> None:
        self._counts = iter(counts)

    def measure(self, responder: Responder, window_s: float) -> ToolWindow:
        del responder
        count = next(self._counts)
        if isinstance(count, OutOfStep):
            raise count
        return ToolWindow(
            tool=self.tool,
            rps=count / window_s,
            cpu_us_per_request=100.0,
            responder_cpu_share=0.1,
            failures=0,
            requests_counted=count + 1,  # one of the lead-in
            requests_served=count + 1,
        )


def test_a_window_without_an_answer_is_measured_again() -> None:
    window = _answered(Answers([0, 0, 30]), None, 0.3)  # type: ignore[arg-type]
    assert window.rps == pytest.approx(100)


def test_a_tool_that_is_never_answered_is_named_with_what_to_do() -> None:
    with pytest.raises(RuntimeFault, match=f"FastHttpUser had no answer in {_ATTEMPTS} windows of 0.3 s") as raised:
        _answered(Answers([0] * _ATTEMPTS), None, 0.3)  # type: ignore[arg-type]
    assert "bench doctor" in raised.value.hint


def test_a_window_whose_workers_began_apart_is_measured_again_and_is_told_where_all_do() -> None:
    apart = OutOfStep("the workers did not begin together: 300 ms apart", hint="look for a busy host")
    window = _answered(Answers([apart, 30]), None, 0.3)  # type: ignore[arg-type]
    assert window.rps == pytest.approx(100)
    with pytest.raises(OutOfStep, match="300 ms apart"):
        _answered(Answers([apart] * _ATTEMPTS), None, 0.3)  # type: ignore[arg-type]
