"""What a subject answers is the median of windows at several moments, of all rounds that a run has."""

import pytest

from harness.measure.capacities import Capacities
from harness.model.cell import Workload
from harness.model.run import Window, WindowKind
from harness.model.window import Failure
from tests.unit.analysis.simulate import EMPTY_REPORT
from tests.unit.results.sample import FLASK_JSON, window_of

KEY = FLASK_JSON.subject, FLASK_JSON.endpoint
MANY = FLASK_JSON.model_copy(update={"workload": Workload.CONCURRENCY, "connections": 512})
CELLS = [FLASK_JSON, MANY]


def window(
    rps: float,
    *,
    round_index: int = 0,
    kind: WindowKind = WindowKind.WARM,
    share_failed: float = 0.0,
    cell: object = None,
) -> Window:
    failed = int(share_failed * rps)
    changes = {
        "duration_ns": 1_000_000_000,
        "responses": int(rps) - failed,
        "failures": {Failure.STATUS: failed} if failed else {},
    }
    of = MANY if cell is MANY else FLASK_JSON
    return window_of(of, round_index=round_index, kind=kind, report=EMPTY_REPORT.model_copy(update=changes))


def test_the_first_window_of_a_warm_up_does_not_count_unless_there_is_no_other() -> None:
    assert Capacities(CELLS, [window(100), window(1_000), window(1_200)]).of_round(0) == {KEY: pytest.approx(1_100)}
    assert Capacities(CELLS, [window(100)]).of_round(0) == {KEY: pytest.approx(100)}
    assert Capacities(CELLS, [window(100)]).of_round(1) == {}


def test_a_slow_moment_that_two_windows_fell_into_does_not_make_the_capacity() -> None:
    shown = [window(900), *(window(rps) for rps in (300, 310, 1_000, 1_010, 990, 1_020))]
    assert Capacities(CELLS, shown).of_round(0) == {KEY: pytest.approx(995)}


def test_later_rounds_and_measured_windows_count_and_none_of_another_number_of_connections() -> None:
    """A warm-up that was disturbed from end to end is outweighed by what its own round measured."""
    seen = Capacities(CELLS, [window(900), window(400), window(400)])
    assert seen.so_far() == {KEY: pytest.approx(400)}
    for _ in range(4):
        seen.see(window(1_000, kind=WindowKind.MEASURED))
        seen.see(window(5_000, kind=WindowKind.MEASURED, cell=MANY))
    seen.see(window(100, round_index=1))
    seen.see(window(1_000, round_index=1))
    assert seen.so_far() == {KEY: pytest.approx(1_000)}
    assert (seen.of_round(0), seen.of_round(1)) == ({KEY: pytest.approx(400)}, {KEY: pytest.approx(1_000)})


@pytest.mark.parametrize(("failing", "shown"), [(1, 1_000), (2, 1_000), (3, None), (5, None)])
def test_windows_that_fail_do_not_count_and_where_half_of_them_do_nothing_is_known(
    failing: int, shown: float | None
) -> None:
    warmed = [window(1_000, share_failed=0.01) for _ in range(failing)] + [window(1_000)] * (6 - failing)
    seen = Capacities(CELLS, [window(1_000), *warmed])
    assert seen.of_round(0) == seen.so_far() == ({} if shown is None else {KEY: pytest.approx(shown)})


def test_a_warm_up_that_fails_in_a_later_round_leaves_what_was_seen() -> None:
    """So a run that goes on offers the same rates as one that was not cut off."""
    first = [window(1_000)] * 3
    seen = Capacities(CELLS, [*first, *[window(1_000, round_index=1, share_failed=0.5)] * 9])
    assert seen.of_round(1) == {}
    assert seen.so_far() == {KEY: pytest.approx(1_000)}


def test_a_window_that_stood_still_shows_nothing_by_itself() -> None:
    assert Capacities(CELLS, [window(0)]).of_round(0) == {}
    assert Capacities(CELLS, [window_of(FLASK_JSON, lost="it ended")]).so_far() == {}
