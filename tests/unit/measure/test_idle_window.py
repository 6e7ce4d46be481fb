"""How a window of `idle` is asked for."""

from itertools import takewhile

import pytest

from harness.load.arrivals import poisson_arrivals
from harness.measure.round import Round
from harness.model.cell import RateRule, Workload
from harness.model.run import Window
from harness.model.window import Mode
from harness.plan.lengths import Length
from tests.unit.measure.test_stalled_warmup import ANSWERED, WATCHED, a_round
from tests.unit.results.sample import FLASK_JSON


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> tuple[Round, list[Window]]:
    """A round, and the windows that it has recorded."""
    made, windows = a_round(monkeypatch, [ANSWERED]), list[Window]()
    made._context.writer.append = windows.append  # type: ignore[assignment,method-assign]
    return made, windows


def test_requests_come_ten_a_second_and_just_as_many_as_on_average(measured: tuple[Round, list[Window]]) -> None:
    made, windows = measured
    idle = FLASK_JSON.model_copy(update={"workload": Workload.IDLE, "connections": 4})
    for _ in range(5):
        made._load(idle, Length(0.5, 3.0, 1), 0, 10.0)
    for window in windows:
        assert window.spec
        assert (window.spec.mode, window.spec.rate_rps, window.spec.connections) == (Mode.OPEN, 10.0, 4)
        until = takewhile(lambda at_ns: at_ns < 3.5e9, poisson_arrivals(10.0, 0, window.spec.seed))
        assert sum(at_ns >= 0.5e9 for at_ns in until) == 30
    assert len({window.spec.seed for window in windows if window.spec}) == 5


def test_stalls_are_watched_where_latencies_are_asked_for_and_not_where_cpu_time_is(
    measured: tuple[Round, list[Window]],
) -> None:
    made, windows = measured
    for workload, rate in ((Workload.IDLE, None), (Workload.LATENCY, RateRule.COMMON)):
        made._load(FLASK_JSON.model_copy(update={"workload": workload, "rate": rate}), Length(0.5, 3.0, 1), 0, 10.0)
    assert [window.stalls for window in windows] == [None, WATCHED]
