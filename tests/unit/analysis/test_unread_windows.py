"""Windows whose meter nobody read in time: their rounds keep what the others show."""

import numpy as np
import pytest

from harness.analysis.bound import capacity_bound
from harness.analysis.estimates import SERVER_CPU, THROUGHPUT, rate_table
from harness.analysis.windows import CellWindows, sort_windows
from harness.model.host import CpuLayout
from harness.model.validity import Bound
from tests.unit.analysis.simulate import SERVER_SHARE, Noise, Simulation, subject


def cells_without(unread: set[tuple[str, int, int]]) -> list[CellWindows]:
    """Two apps over four rounds of five windows; those named by app, round and place were not read."""
    recorded = Simulation(
        capacities_rps={subject("one"): 1_000.0, subject("two"): 2_000.0}, noise=Noise(window=0.05, process=0.01)
    ).recorded()
    places: dict[tuple[str, int], int] = {}
    windows = []
    for window in recorded.windows:
        key = window.cell.split("/")[0], window.round_index
        places[key] = places.get(key, -1) + 1
        missing = (*key, places[key]) in unread
        windows.append(window.model_copy(update={"meter": None}) if missing else window)
    return list(sort_windows(recorded.model_copy(update={"windows": tuple(windows)})).values())


def test_a_round_keeps_the_windows_that_were_read() -> None:
    whole = rate_table(cells_without(set()), SERVER_CPU)
    some = rate_table(cells_without({("one", 0, 1), ("one", 0, 2), ("two", 3, 4)}), SERVER_CPU)
    assert some.present.all()
    changed = ~np.isclose(some.columns, whole.columns, atol=1e-12)
    assert {tuple(each) for each in np.argwhere(changed).tolist()} == {(0, 0), (1, 3)}
    assert some.columns == pytest.approx(whole.columns, abs=0.1)
    # Throughputs need no meter.
    assert rate_table(cells_without({("one", 0, 1)}), THROUGHPUT).columns == pytest.approx(
        rate_table(cells_without(set()), THROUGHPUT).columns
    )


def test_a_round_of_which_no_window_was_read_is_missing() -> None:
    none_of_it = {("one", 2, place) for place in range(5)}
    table = rate_table(cells_without(none_of_it), SERVER_CPU)
    assert table.present.tolist() == [[True, True, False, True], [True] * 4]
    assert np.isfinite(table.window_variances).all()


def test_what_was_never_read_has_no_value() -> None:
    never = {("one", index, place) for index in range(4) for place in range(5)}
    table = rate_table(cells_without(never), SERVER_CPU)
    assert table.present.any(axis=1).tolist() == [False, True]


def test_what_limited_a_cell_is_told_by_the_windows_that_were_read() -> None:
    """A busy host costs a cell the meter of one window or another; what the others show is known all the same."""
    cpus = CpuLayout(server=(0,), generator=(1,), database=(1,))
    for cell in cells_without({("one", 0, 1), ("two", 3, 4)}):
        assert cell.totals.server_cpu_share == pytest.approx(SERVER_SHARE, rel=1e-3)
        assert cell.totals.database_cpu_share is not None
        assert capacity_bound(cell.totals, cpus, server_workers=1) is Bound.SERVER


def test_what_limited_a_cell_is_not_known_where_no_window_was_read() -> None:
    one, _ = cells_without({("one", index, place) for index in range(4) for place in range(5)})
    assert one.totals.server_cpu_share is one.totals.database_cpu_share is None


def test_a_database_that_was_read_in_time_in_some_windows_is_told_by_those() -> None:
    recorded = Simulation(capacities_rps={subject("one"): 1_000.0}, noise=Noise(window=0.0, process=0.0)).recorded()
    windows = []
    for place, window in enumerate(recorded.windows):
        assert window.meter
        half_ns = None if place % 2 else window.meter.elapsed_ns // 2
        windows.append(
            window.model_copy(update={"meter": window.meter.model_copy(update={"database_cpu_ns": half_ns})})
        )
    (cell,) = sort_windows(recorded.model_copy(update={"windows": tuple(windows)})).values()
    assert cell.totals.database_cpu_share == pytest.approx(0.5, rel=1e-6)
    assert cell.totals.server_cpu_share == pytest.approx(SERVER_SHARE, rel=1e-3)
