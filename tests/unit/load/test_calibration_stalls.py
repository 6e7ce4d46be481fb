"""A calibration on a host that stands still for a whole window, or for good."""

from collections.abc import Iterable

import pytest

from harness.load.calibration.calibrate import _ATTEMPTS, _answered
from harness.load.calibration.responder import Responder
from harness.model.calibration import Tool, ToolWindow
from harness.model.errors import RuntimeFault


class Answers:
    """A generator with so many answers in one window after another."""

    tool = Tool.FAST_HTTP_USER
    verifies = False

    def __init__(self, counts: Iterable[int]) -> None:
        self._counts = iter(counts)

    def measure(self, responder: Responder, window_s: float) -> ToolWindow:
        del responder
        count = next(self._counts)
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
