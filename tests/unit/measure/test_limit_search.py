"""How the rate of a search follows from the windows before, in a run that is new and in one that goes on."""

from math import exp

import pytest

from harness.measure.limit_trials import trials_of_cells
from harness.model.cell import Workload
from harness.model.run import Window
from harness.plan.lengths import Length
from harness.plan.limit_search import FIRST_STEP, START_SHARE, Trial
from tests.unit.analysis.latency.test_highest_rate import QUICK_ENOUGH, TOO_SLOW
from tests.unit.measure.test_stalled_warmup import WATCHED, a_round
from tests.unit.results.sample import FLASK_JSON, window_of

LIMIT = FLASK_JSON.model_copy(update={"workload": Workload.LIMIT, "connections": 64, "limit_ms": 10})
LENGTH = Length(0.3, 1.0, 6)
FIRST = START_SHARE * 1_000


def test_the_next_rate_is_higher_after_a_window_that_kept_the_limit_and_lower_after_one_that_did_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, windows = a_round(monkeypatch, [QUICK_ENOUGH, TOO_SLOW, TOO_SLOW]), list[Window]()
    made._context.trials.clear()
    made._context.writer.append = windows.append  # type: ignore[assignment,method-assign]
    for _ in range(3):
        made._search(LIMIT, LENGTH, 0, 1_000.0)
    rates = [window.spec.rate_rps for window in windows if window.spec]
    assert rates == pytest.approx([FIRST, FIRST * exp(FIRST_STEP), FIRST * exp(FIRST_STEP / 2)], rel=0.02)
    assert WATCHED not in [window.stalls for window in windows]


def test_a_server_of_which_no_capacity_is_known_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    made, windows = a_round(monkeypatch, [QUICK_ENOUGH]), list[Window]()
    made._context.writer.append = windows.append  # type: ignore[assignment,method-assign]
    made._search(LIMIT, LENGTH, 0, None)
    assert windows[0].report is None
    assert windows[0].skipped
    assert made._context.trials[LIMIT.key] == []


def test_a_run_that_goes_on_knows_what_it_tried_in_the_order_in_which_it_did() -> None:
    recorded = [
        window_of(LIMIT, rate_rps=900.0, report=TOO_SLOW, sequence=7),
        window_of(LIMIT, rate_rps=800.0, report=QUICK_ENOUGH, sequence=3),
        window_of(LIMIT, sequence=5, lost="the server ended"),
        window_of(FLASK_JSON, report=QUICK_ENOUGH, sequence=4),
    ]
    assert trials_of_cells(recorded, [LIMIT, FLASK_JSON]) == {
        LIMIT.key: [Trial(800.0, kept=True), Trial(900.0, kept=False)]
    }
