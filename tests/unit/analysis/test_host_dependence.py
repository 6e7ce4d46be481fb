"""Whether the host cared who was measured: found where it did, and hardly ever where it did not."""

from collections.abc import Callable

import numpy as np
import pytest

from harness.analysis.cells import judge_cells
from harness.analysis.host_dependence import host_dependence
from harness.model.cell import Subject
from harness.model.host_speed import HostDependence, HostQuantity
from harness.model.run import Window
from harness.model.window import SpeedReading
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import Simulation, subject

SUBJECTS = tuple(subject(f"app{place}") for place in range(6))
PLAIN = Simulation(dict.fromkeys(SUBJECTS, 500.0), rounds=4, windows=5).recorded()

type Host = Callable[[np.random.Generator, Subject, Window], tuple[float, float]]
"""What it steals of a window, and how long the probe's work takes."""


def on(host: Host, seed: int) -> tuple[HostDependence, ...]:
    generator = np.random.default_rng(seed)
    by_key = {cell.key: cell.subject for cell in PLAIN.run.plan.cells}

    def measured(window: Window) -> Window:
        share, work = host(generator, by_key[window.cell], window)
        assert window.meter
        steal_ns = int(share * window.meter.elapsed_ns * PLAIN.run.plan.cpus.cpus_in_use)
        return window.model_copy(
            update={
                "meter": window.meter.model_copy(update={"steal_ns": steal_ns}),
                "speed": SpeedReading(samples=25, work_ns=work),
            }
        )

    return host_dependence(judge_cells(PLAIN.model_copy(update={"windows": tuple(map(measured, PLAIN.windows))})))


def impartial(generator: np.random.Generator, whose: Subject, window: Window) -> tuple[float, float]:
    """Wild, and worse from round to round, but the same for all."""
    del whose
    return min(0.5, 0.03 * (1 + window.round_index) * generator.pareto(2)), 1e4 * generator.lognormal(0, 0.2)


def hard_on_one(generator: np.random.Generator, whose: Subject, window: Window) -> tuple[float, float]:
    share, work = impartial(generator, whose, window)
    return (share + 0.08, work * 1.4) if whose == SUBJECTS[2] else (share, work)


def by_quantity(found: tuple[HostDependence, ...]) -> dict[HostQuantity, HostDependence]:
    return {each.quantity: each for each in found}


def test_a_host_that_is_hard_on_one_subject_is_found_out_and_the_subject_is_named() -> None:
    found = by_quantity(on(hard_on_one, 1))
    assert set(found) == set(HostQuantity)
    for each in found.values():
        assert each.found
        assert each.most == SUBJECTS[2]
        assert each.windows == 120
    assert found[HostQuantity.STEAL].most_excess == pytest.approx(0.08 * 5 / 6, abs=0.03)
    assert found[HostQuantity.SPEED].most_excess == pytest.approx(np.log(1.4) * 5 / 6, abs=0.08)


@pytest.mark.simulation
def test_an_impartial_host_is_blamed_as_often_as_the_level_says() -> None:
    """P-values are uniform: below 0.25 in a quarter of the runs, hardly ever below 0.01."""
    p_values = np.array([each.p_value for seed in range(40) for each in on(impartial, seed)])
    assert 0.12 <= (p_values < 0.25).mean() <= 0.38
    assert (p_values < 0.01).sum() <= 4


def test_a_host_that_steals_nothing_depends_on_nobody() -> None:
    found = by_quantity(on(lambda *_: (0.0, 1e4), 1))
    assert found[HostQuantity.STEAL].p_value == 1
    assert found[HostQuantity.STEAL].most_excess == 0


def test_what_was_not_read_is_not_tested() -> None:
    def unread(window: Window) -> Window:
        return window.model_copy(update={"meter": None, "speed": None})

    recorded: RecordedRun = PLAIN.model_copy(update={"windows": tuple(map(unread, PLAIN.windows))})
    assert host_dependence(judge_cells(recorded)) == ()


def test_long_windows_are_not_held_against_short_ones() -> None:
    """Steal is read in ticks of 10 ms: a short window mostly has none and sometimes much, a long one some of it."""
    by_key = {cell.key: cell.subject for cell in PLAIN.run.plan.cells}

    def p_values(seed: int) -> list[float]:
        generator = np.random.default_rng(seed)

        def stolen(window: Window) -> Window:
            assert window.meter
            assert window.report
            times = 4 if by_key[window.cell] in SUBJECTS[:3] else 1
            elapsed_ns = times * window.meter.elapsed_ns
            ticks = int(generator.poisson(0.002 * elapsed_ns * PLAIN.run.plan.cpus.cpus_in_use / 10_000_000))
            report = window.report.model_copy(update={"duration_ns": times * window.report.duration_ns})
            meter = window.meter.model_copy(update={"elapsed_ns": elapsed_ns, "steal_ns": ticks * 10_000_000})
            return window.model_copy(update={"report": report, "meter": meter})

        windows = tuple(map(stolen, PLAIN.windows))
        found = host_dependence(judge_cells(PLAIN.model_copy(update={"windows": windows})))
        return [each.p_value for each in found]

    assert sum(p_value < 0.05 for seed in range(20) for p_value in p_values(seed)) <= 4
