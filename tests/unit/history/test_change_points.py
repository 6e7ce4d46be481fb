"""Changes in a history: found where they are, and rarely where none is. On simulated runs of known truth."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import combinations, pairwise

import numpy as np
import pytest

from harness.history.assemble import assemble
from harness.history.change_points import MIN_RUNS, least_costly
from harness.model.comparison import RunSummary
from harness.model.history import HostHistory
from tests.unit.comparison.simulated import QUICK, Host, a_run

HISTORIES = 30
RUNS = 12
USUAL = Host()
CHANGED = "app3"


def a_history(
    seed: int, changes: Mapping[int, float] | None = None, runs: int = RUNS, host: Host = USUAL
) -> HostHistory:
    return assemble(summaries(seed, changes or {}, runs, host)).hosts[0]


def summaries(seed: int, changes: Mapping[int, float], runs: int = RUNS, host: Host = USUAL) -> list[RunSummary]:
    """Runs on following days; `changes` says from which run on an app does how many times its usual work."""
    made: list[RunSummary] = []
    times = 1.0
    for place in range(runs):
        times = changes.get(place, times)
        run = a_run(1_000 * seed + place, QUICK, host, {CHANGED: times})
        made.append(
            run.model_copy(
                update={
                    "started_at": run.started_at + timedelta(days=place),
                    "conditions": {"host": "h", "runtime": "process", "profile": "quick", "interpreter": "i"},
                }
            )
        )
    return made


def found(history: HostHistory) -> list[tuple[str, int]]:
    return [(each.cell.subject.app, change.run) for each in history.series for change in each.change_points]


@pytest.mark.simulation
def test_a_history_in_which_nothing_changed_shows_no_change_in_95_of_100() -> None:
    assert sum(not found(a_history(seed)) for seed in range(HISTORIES)) >= 0.95 * HISTORIES


@pytest.mark.simulation
@pytest.mark.parametrize("slower", [1.15, 1 / 1.15])
def test_a_change_is_found_at_the_run_that_has_it(slower: float) -> None:
    right = 0
    for seed in range(10):
        history = a_history(seed, {7: slower})
        right += set(found(history)) == {(CHANGED, 7)}
        assert all(change.better is (slower < 1) for each in history.series for change in each.change_points)
    assert right >= 9


def test_two_changes_are_found_as_two() -> None:
    places = {run for app, run in found(a_history(3, {4: 1.3, 8: 1.0})) if app == CHANGED}
    assert places == {4, 8}


def test_what_moves_all_apps_is_no_change_of_any() -> None:
    moving = Host(run=0.3)
    assert not any(found(a_history(seed, host=moving)) for seed in range(5))


def test_few_runs_say_nothing_and_say_so() -> None:
    history = a_history(1, {2: 2.0}, runs=5)
    assert found(history) == []
    assert (history.longest_stretch, history.needs_runs) == (5, 6)


def test_a_change_of_conditions_breaks_the_series_and_is_no_change_of_an_app() -> None:
    runs = summaries(1, {6: 2.0})
    changed = [
        run.model_copy(update={"conditions": {**run.conditions, "interpreter": "other"}}) if place >= 6 else run
        for place, run in enumerate(runs)
    ]
    (history,) = assemble(changed).hosts
    assert [(each.run, [d.condition for d in each.differences]) for each in history.breaks] == [(6, ["interpreter"])]
    assert found(history) == []
    assert found(assemble(runs).hosts[0]) != []


def test_each_host_has_a_history_of_its_own_and_the_last_measured_comes_first() -> None:
    runs = summaries(1, {}, runs=4)
    moved = [
        run.model_copy(update={"conditions": {**run.conditions, "host": "other"}}) if place in {1, 2} else run
        for place, run in enumerate(runs)
    ]
    assert [(each.host, len(each.runs)) for each in assemble(moved).hosts] == [("h", 2), ("other", 2)]


@pytest.mark.parametrize("seed", range(20))
def test_no_other_levels_of_a_series_cost_less(seed: int) -> None:
    """Of all ways to part it into stretches that are long enough."""
    draw = np.random.default_rng(seed)
    count, penalty = int(draw.integers(MIN_RUNS, 14)), 1.5
    values = draw.normal(size=count) + 3 * (np.arange(count) >= draw.integers(count))

    def cost(bounds: tuple[int, ...]) -> float:
        squares = sum(((values[a:b] - values[a:b].mean()) ** 2).sum() for a, b in pairwise(bounds))
        return float(squares + penalty * (len(bounds) - 2))

    ways = [
        (0, *inner, count)
        for number in range(count // MIN_RUNS)
        for inner in combinations(range(1, count), number)
        if all(b - a >= MIN_RUNS for a, b in pairwise((0, *inner, count)))
    ]
    assert tuple(least_costly(values[np.newaxis], penalty)[0]) == min(ways, key=cost)
