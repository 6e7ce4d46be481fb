"""Whether the offered rate was met, in windows at whose ends the host stalls."""

import re

import numpy as np
import pytest

from harness.analysis.cells import judge_cells
from harness.analysis.latency.stalls import MAX_LOAD
from harness.model.cell import Workload
from harness.model.run import Window
from harness.model.validity import Gate, GateName
from tests.unit.analysis.simulate import Simulation, subject

WINDOWS = 5
MANY = 32
"""Rounds of them."""
RUN = Simulation({subject("flask"): 2_000.0}, rounds=MANY, windows=2, latency_windows=WINDOWS).recorded()
LATENCY = next(cell.key for cell in RUN.run.plan.cells if cell.workload is Workload.LATENCY)
"""At half of the capacity."""


def gate_of(lacking: list[int], *, load: float | None = 0.5) -> Gate:
    """Of windows in each of which so many requests are not answered in time; there are no others.

    Of those of capacity, there are such as make the rate so much of it; none for None.
    """

    def changed(window: Window, lacks: int) -> Window:
        assert window.report
        assert window.report.offered
        report = window.report.model_copy(update={"completed_in_time": window.report.offered - lacks})
        return window.model_copy(update={"report": report})

    def as_quick(window: Window) -> Window:
        assert window.report
        assert load
        report = window.report.model_copy(update={"responses": round(window.report.responses * 0.5 / load)})
        return window.model_copy(update={"report": report})

    rest = iter(lacking)
    of_latency = [each for each in RUN.windows if each.cell == LATENCY][: len(lacking)]
    windows = [changed(each, next(rest)) for each in of_latency]
    if load:
        windows += [as_quick(each) for each in RUN.windows if each.cell != LATENCY]
    judged = next(
        each for each in judge_cells(RUN.model_copy(update={"windows": tuple(windows)})) if each.cell.key == LATENCY
    )
    return next(gate for gate in judged.gates if gate.name is GateName.OFFERED_RATE)


@pytest.mark.parametrize("seed", range(10))
def test_stalls_at_the_ends_of_windows_are_no_missed_rate(seed: int) -> None:
    """At an end they hold requests up, at a beginning those of before come in: 50 ms of them, one way or the other."""
    generator = np.random.default_rng(seed)
    assert gate_of(generator.integers(-50, 51, 5 * WINDOWS).tolist()).held


def test_one_stall_at_an_end_is_none_either() -> None:
    gate = gate_of([400] + [0] * (5 * WINDOWS - 1))
    assert gate.value < 0.99
    assert gate.held


def test_a_queue_that_grows_in_all_windows_is_one_whatever_stalls_there_are() -> None:
    generator = np.random.default_rng(1)
    assert not gate_of((60 + generator.integers(-50, 51, 5 * WINDOWS)).tolist()).held


@pytest.mark.parametrize("lacking", [[100, 200], [200, 400], [450, 0, 450, 0, 0, 0]])
def test_where_windows_are_too_few_or_too_unlike_it_is_said_that_they_do_not_tell(lacking: list[int]) -> None:
    gate = gate_of(lacking)
    assert gate.held
    assert gate.limit is None
    assert "too few windows, or too unlike ones" in gate.explanation


SLOW_MOMENTS = [3, 0, 5, 2, 4, 280, 1, 3, -2, 6] * 16
"""In one window of ten a queue grew all through it, as the host was slow for longer; no other sees it worked off."""


def test_a_queue_of_slow_moments_is_no_missed_rate_of_a_server_with_a_low_load() -> None:
    gate = gate_of(SLOW_MOMENTS)
    assert gate.held
    assert gate.limit is None
    assert re.search(
        r": less in slow moments alone, for half of the windows lack no more than 0\.3%, and", gate.explanation
    )
    assert re.search(
        r"the rate is (49|50|51)% of the (1,9|2,0)\d\d requests/s of a server that is never idle$", gate.explanation
    )


@pytest.mark.parametrize("load", [MAX_LOAD + 0.02, 0.9, 1.1, None])
def test_it_is_one_where_the_server_is_not_known_to_be_that_quick(load: float | None) -> None:
    gate = gate_of(SLOW_MOMENTS, load=load)
    assert not gate.held
    assert gate.value == pytest.approx(0.97, abs=0.01)


def test_it_is_one_where_most_windows_lack_something_however_quick_the_server_seems() -> None:
    gate = gate_of([30, 45, 60, 25, 40, 280, 35, 50, 0, 6] * 16, load=0.2)
    assert not gate.held


def lacking_from_empty(
    generator: np.random.Generator, *, load: float, slow: float, phase_s: float, windows: int
) -> list[float]:
    """What windows of a quarter of a second lack, each begun with no queue, on a host that changes its speed.

    It is slow for a tenth of the time, by this factor, for `phase_s` on average, and quick enough between to have this
    load on average. Requests come at 500/s and take as much work each.
    """
    rate, window_s, step_s = 500.0, 0.25, 0.001
    work_per_s = rate / load / (0.9 + 0.1 / slow)
    lacking = []
    for _ in range(windows):
        is_slow, queue = generator.random() < 0.1, 0.0
        for _ in range(round(window_s / step_s)):
            leaves = step_s / (phase_s if is_slow else 9 * phase_s)
            is_slow ^= generator.random() < leaves
            done = work_per_s * step_s / (slow if is_slow else 1.0)
            queue = max(0.0, queue + generator.poisson(rate * step_s) - done)
        lacking.append(queue)
    return lacking


def test_on_a_host_with_slow_moments_windows_lack_more_than_chance_though_the_rate_is_kept() -> None:
    """Eight times as many requests are due in the run's windows. Without the capacity, the gate is wrong of them."""
    generator, windows = np.random.default_rng(3), MANY * WINDOWS
    kept = lacking_from_empty(generator, load=0.6, slow=3.0, phase_s=0.3, windows=windows)
    assert not gate_of([round(8 * each) for each in kept], load=None).held
    assert gate_of([round(8 * each) for each in kept], load=0.6).held
    too_many = lacking_from_empty(generator, load=1.1, slow=3.0, phase_s=0.3, windows=windows)
    assert not gate_of([round(8 * each) for each in too_many], load=1.1).held
    assert not gate_of([round(8 * each) for each in too_many], load=0.6).held, "most windows lack something"
