"""Whether the offered rate was met, in windows at whose ends the host stalls."""

import numpy as np
import pytest

from harness.analysis.cells import judge_cells
from harness.model.cell import Workload
from harness.model.run import Window
from harness.model.validity import Gate, GateName
from tests.unit.analysis.simulate import Simulation, subject

WINDOWS = 5
RUN = Simulation({subject("flask"): 2_000.0}, rounds=5, windows=2, latency_windows=WINDOWS).recorded()
LATENCY = next(cell.key for cell in RUN.run.plan.cells if cell.workload is Workload.LATENCY)


def gate_of(lacking: list[int]) -> Gate:
    """Of windows in each of which so many requests are not answered in time; there are no others."""

    def changed(window: Window, lacks: int) -> Window:
        assert window.report
        assert window.report.offered
        report = window.report.model_copy(update={"completed_in_time": window.report.offered - lacks})
        return window.model_copy(update={"report": report})

    rest = iter(lacking)
    of_latency = [each for each in RUN.windows if each.cell == LATENCY][: len(lacking)]
    windows = [changed(each, next(rest)) for each in of_latency]
    windows += [each for each in RUN.windows if each.cell != LATENCY]
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
