"""Taking the host's speed out: it must narrow intervals, keep what they promise, and move nothing else."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from harness.analysis.estimates import THROUGHPUT, rate_table
from harness.analysis.host_effect import NO_EFFECT, HostEffect, fit_host_effect
from harness.analysis.intervals import ratio
from harness.analysis.moderation import fit_prior
from harness.analysis.windows import CellWindows
from harness.model.app import Endpoint
from tests.unit.analysis.simulate import Array, Noise, SharedHost, capacity_windows, simulated_runs, subject

ENDPOINTS = (Endpoint.HELLO, Endpoint.JSON)
SUBJECTS = tuple(subject(f"app{place}") for place in range(6))
QUIET = Noise(window=0.05, process=0.02, common=0.0)


@dataclass(frozen=True)
class Outcome:
    """Over all neighbouring pairs of all simulated runs."""

    coverage: float
    half_width: float
    """Median."""
    half_width_as_counted: float


def measured(host: SharedHost, noise: Noise, seed: int, rounds: int, windows: int) -> list[list[CellWindows]]:
    """One run by endpoint; all subjects are equally fast."""
    generator = np.random.default_rng(seed)
    history = host.draw(generator, (len(ENDPOINTS), len(SUBJECTS), rounds, windows))
    return [
        capacity_windows(
            history.logs[place] + noise.draw(generator, len(SUBJECTS), rounds, windows),
            SUBJECTS,
            endpoint,
            host=history.of_endpoint(place),
        )
        for place, endpoint in enumerate(ENDPOINTS)
    ]


def ratios(kinds: list[list[CellWindows]], effect: HostEffect) -> Array:
    """Value and half width of the ratios of neighbours."""
    tables = [rate_table(cells, THROUGHPUT, effect) for cells in kinds]
    prior = fit_prior(tables)
    found = [ratio(table, prior, place, place - 1) for table in tables for place in range(len(SUBJECTS))]
    return np.array([(each.value, each.half_width) for each in found])


def simulate(host: SharedHost, noise: Noise, *, runs: int, rounds: int = 4, windows: int = 6) -> Outcome:
    without, counted = [], []
    for seed in range(runs):
        kinds = measured(host, noise, seed, rounds, windows)
        without.append(ratios(kinds, fit_host_effect(kinds, THROUGHPUT.log)))
        counted.append(ratios(kinds, NO_EFFECT))
    values, half_widths = np.concatenate(without).T
    return Outcome(
        float((np.abs(values) <= half_widths).mean()),
        float(np.median(half_widths)),
        float(np.median(np.concatenate(counted)[:, 1])),
    )


@pytest.mark.simulation
@pytest.mark.parametrize(
    ("host", "gain"),
    [
        (SharedHost(), 0.7),
        # The harder it is to see, the less is gained; what intervals promise must hold all the same.
        (SharedHost(probe_error=0.5), 0.95),
        (SharedHost(follows=np.linspace(0.5, 1.5, 6).tolist()), 0.8),
        (SharedHost(speed=0.0, unseen=0.0), 1.05),
        (SharedHost(steal=0.07, robbed=np.linspace(0.7, 1.3, 6).tolist()), 0.6),
    ],
    ids=["seen", "badly seen", "unlike", "steady", "robbed"],
)
def test_95_of_100_intervals_contain_the_truth_and_are_narrower(host: SharedHost, gain: float) -> None:
    outcome = simulate(host, QUIET, runs=simulated_runs(300 if gain == 0.7 else 150))
    assert 0.93 <= outcome.coverage <= 0.97, outcome
    assert outcome.half_width <= gain * outcome.half_width_as_counted, outcome


def test_what_the_host_did_is_found() -> None:
    """Slope, and share and duration of what the probe doesn't see, from a long run."""
    host = SharedHost(probe_error=0.0, unseen=0.10, duration_s=0.6)
    kinds = measured(host, replace(QUIET, window=0.05), 3, rounds=12, windows=20)
    effect = fit_host_effect(kinds, THROUGHPUT.log)
    assert [each.speed for each in effect.slopes] == pytest.approx([-1.0, -1.0], abs=0.05)
    assert [each.explained for each in effect.slopes] == pytest.approx([0.57, 0.57], abs=0.08)
    assert effect.drift.share == pytest.approx(0.10**2 / (0.10**2 + 0.05**2), abs=0.12)
    assert effect.drift.duration_s == pytest.approx(0.6, rel=0.3)


def test_differences_between_subjects_are_left_alone() -> None:
    """A subject that is slower by half in each window stays so to the last digit, whatever the host did."""
    kinds = measured(SharedHost(), QUIET, 1, rounds=4, windows=8)
    effect = fit_host_effect(kinds, THROUGHPUT.log)
    slower = [[_slowed(cell, 0.5) if cell.cell.subject == SUBJECTS[0] else cell for cell in cells] for cells in kinds]
    again = fit_host_effect(slower, THROUGHPUT.log)
    for cells in kinds:
        for cell in cells:
            for window in cell.used:
                assert again.correction(window) == pytest.approx(effect.correction(window), rel=1e-3)


def test_a_slower_process_is_no_host_effect() -> None:
    """One subject is slower in a single round, from start to end: that must stay in its scatter."""
    kinds = measured(SharedHost(), QUIET, 1, rounds=4, windows=8)
    effect = fit_host_effect(kinds, THROUGHPUT.log)
    slower = [
        [_slowed(cell, 0.5, round_index=2) if cell.cell.subject == SUBJECTS[0] else cell for cell in cells]
        for cells in kinds
    ]
    again = fit_host_effect(slower, THROUGHPUT.log)
    corrections = [
        (effect.correction(window), again.correction(window))
        for cells in kinds
        for cell in cells
        for window in cell.used
    ]
    before, after = np.log(corrections).T
    assert np.abs(before - after).max() < 0.01


def test_who_is_robbed_more_is_no_slower_for_it() -> None:
    """Of two halves of equally fast subjects, one is robbed of 4 % of the CPUs' time and the other of 12 %."""
    host = SharedHost(speed=0.05, unseen=0.02, steal=0.08, robbed=[0.5] * 3 + [1.5] * 3)
    kinds = measured(host, QUIET, 2, rounds=10, windows=20)
    effect = fit_host_effect(kinds, THROUGHPUT.log)
    assert [each.steal for each in effect.slopes] == pytest.approx([1.0, 1.0], abs=0.1)
    robbed = [_halves_apart(kinds, each) for each in (NO_EFFECT, effect)]
    assert robbed[0] == pytest.approx(np.log(0.88 / 0.96), abs=0.03)
    assert robbed[1] == pytest.approx(0.0, abs=0.015)


def _halves_apart(kinds: list[list[CellWindows]], effect: HostEffect) -> float:
    """Logarithm of the second half's throughput over the first's."""
    values = np.array([rate_table(cells, THROUGHPUT, effect).values for cells in kinds])
    return float(values[:, 3:].mean() - values[:, :3].mean())


def test_a_host_that_steals_nothing_has_no_slope_on_it() -> None:
    effect = fit_host_effect(measured(SharedHost(), QUIET, 1, rounds=4, windows=8), THROUGHPUT.log)
    assert [each.steal for each in effect.slopes] == [0.0, 0.0]


def test_too_little_is_left_as_it_is() -> None:
    """A smoke run: two windows of each cell can't tell."""
    kinds = measured(SharedHost(), QUIET, 1, rounds=1, windows=2)
    effect = fit_host_effect(kinds, THROUGHPUT.log)
    assert all(effect.correction(window) == 1.0 for cells in kinds for cell in cells for window in cell.used)
    assert not effect.drift.share


def test_windows_without_a_reading_keep_their_place() -> None:
    """A probe that died costs precision, not windows: without any reading only the neighbours help."""
    kinds = measured(SharedHost(), QUIET, 1, rounds=4, windows=10)
    blind = [
        [replace(cell, used=tuple(replace(window, speed=None) for window in cell.used)) for cell in cells]
        for cells in kinds
    ]
    effect = fit_host_effect(blind, THROUGHPUT.log)
    assert all(not each.speed for each in effect.slopes)
    assert effect.drift.share > 0.3
    half_blind = [[cells[0], *blind[place][1:]] for place, cells in enumerate(kinds)]
    assert np.isfinite(ratios(half_blind, fit_host_effect(half_blind, THROUGHPUT.log))).all()


def _slowed(cell: CellWindows, factor: float, round_index: int | None = None) -> CellWindows:
    return replace(
        cell,
        used=tuple(
            replace(
                window,
                report=window.report.model_copy(update={"responses": round(window.report.responses * factor)}),
            )
            if round_index in {None, window.round_index}
            else window
            for window in cell.used
        ),
    )
