"""The highest rate at which a limit on the p99 is kept, from windows at many rates that kept it or did not.

The chance that a window keeps it falls with the rate's logarithm, as a logistic curve does; the estimate is where it is
one half (D. R. Cox, "The Regression Analysis of Binary Sequences", Journal of the Royal Statistical Society B 20,
1958). Few windows tell how steep the curve is, so that a prior says it roughly: with a standard deviation of
`_STEEP_SD` around `_STEEP`, by which three windows of four keep it at a rate that is 7 % lower. The estimate hardly
depends on it.

Its variance comes from rounds, each a set of fresh server processes: by the jackknife, whose pseudo-values stand for
the rounds' own estimates (R. G. Miller, "The Jackknife - A Review", Biometrika 61, 1974). So ratios of two subjects are
formed within rounds as all others are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log
from typing import Final

import numpy as np
import scipy

from harness.analysis.table import PAIR, RESOLUTION_VARIANCE, Array, Table
from harness.analysis.windows import CellWindows
from harness.model.validity import Gate, GateName
from harness.plan.limit_search import Trial, keeps

_STEEP: Final = 15.0
"""Change of the log odds by change of the rate's logarithm."""
_STEEP_SD: Final = 5.0
_LEAST_STEEP: Final = 3.0
INFLATION: Final = 1.5
"""Of the variance: a round begins its search where the one before it ended, so that their estimates resemble each other
more than the truth allows. In simulation, estimates scattered up to 1.2 times as much as they showed."""
_LEAST_TURNS: Final = 4
"""So often a search must have turned, from up to down or from down to up, to have gone around what it looks for (H.
Levitt, "Transformed Up-Down Methods in Psychoacoustics", Journal of the Acoustical Society of America 49, 1971, takes
six to eight). One that still goes one way has found nothing yet."""
_WEAK: Final = 1e-3
"""Keeps the estimate finite where windows tell nothing."""
_STEPS: Final = 80
_PRECISION: Final = 1e-8
_LONGEST_STEP: Final = 4.0


@dataclass(frozen=True)
class _Fit:
    log_rate: float
    information: float
    """Of one over the variance that the windows by themselves leave to the estimate."""


def trials_of(windows: CellWindows) -> list[tuple[int, Trial]]:
    """The windows of a search with their rounds, in the order in which they were measured."""
    limit_ms = windows.cell.limit_ms
    return [
        (window.round_index, Trial(window.spec.rate_rps, keeps(window.report, limit_ms)))
        for window in sorted(windows.used, key=lambda each: each.sequence)
        if window.spec.rate_rps is not None and limit_ms is not None
    ]


def limit_found(windows: CellWindows) -> Gate:
    """Whether the search has gone around a rate: turned there again and again, within the rates that it tried."""
    trials = [trial for _, trial in trials_of(windows)]
    kept, rates = sum(trial.kept for trial in trials), [trial.rate_rps for trial in trials]
    turns = sum(one.kept is not other.kept for one, other in pairwise(trials))
    told = f"{kept} of {len(trials)} windows kept the limit of {windows.cell.limit_ms} ms"
    if trials:
        told += f", at {min(rates):,.0f} to {max(rates):,.0f} requests/s"
    held = False
    if kept == len(trials):
        told += ": the search did not come to a rate that is too high; more rounds would"
    elif not kept:
        told += (
            ": even the lowest rate was too high; its answers take longer by themselves, or the host's stalls do, or "
            "more rounds would come to one that is kept"
        )
    elif turns < _LEAST_TURNS:
        told += (
            f": the search turned {turns} times, and {_LEAST_TURNS} are needed to tell around what; more rounds would"
        )
    elif not min(rates) <= (found := exp(_fit(trials).log_rate)) <= max(rates):
        told += f": they point to {found:,.0f} requests/s, which was not tried; more rounds would"
    else:
        held = True
    return Gate(name=GateName.LIMIT_FOUND, held=held, value=None, limit=None, explanation=told)


def highest_rate_table(trials: Sequence[Sequence[tuple[int, Trial]]]) -> Table:
    """The logarithm of the highest rate of some cells, in requests per second; rounds are pseudo-values.

    `trials` are, for each cell, its windows with their rounds.
    """
    rounds = sorted({index for of_cell in trials for index, _ in of_cell})
    columns = np.full((len(trials), len(rounds)), np.nan)
    values, variances = np.full(len(trials), np.nan), np.full(len(trials), 1.0)
    for row, of_cell in enumerate(trials):
        whole = _fit([trial for _, trial in of_cell])
        own = [index for index in rounds if any(each == index for each, _ in of_cell)]
        places = [rounds.index(index) for index in own]
        without = np.array([_fit([trial for each, trial in of_cell if each != index]).log_rate for index in own])
        values[row] = whole.log_rate
        # Their mean is the jackknife's own estimate, whose bias is less but whose scatter is more.
        pseudo = (len(own) - 1) * (without.mean() - without) if len(own) >= PAIR else np.zeros(len(own))
        columns[row, places] = whole.log_rate + pseudo
        variances[row] = max(len(own) / whole.information, RESOLUTION_VARIANCE)
    return Table(columns, values, ~np.isnan(columns), variances, INFLATION, indices=tuple(rounds))


def _fit(trials: Sequence[Trial]) -> _Fit:
    """The logarithm of the rate that half of the windows keep, by penalised maximum likelihood."""
    rates = np.array([log(trial.rate_rps) for trial in trials])
    kept = np.array([trial.kept for trial in trials], dtype=float)
    if not rates.size:
        return _Fit(float("nan"), _WEAK)
    middle = float(rates.mean())
    design = np.column_stack((np.ones_like(rates), middle - rates))
    penalty = np.array([_WEAK, 1 / _STEEP_SD**2])
    found: Array = np.array([0.0, _STEEP])
    for _ in range(_STEPS):
        chances = scipy.special.expit(design @ found)
        weights = np.maximum(chances * (1 - chances), _WEAK)
        gradient = design.T @ (kept - chances) - penalty * (found - (0.0, _STEEP))
        step = np.linalg.solve(design.T @ (weights[:, None] * design) + np.diag(penalty), gradient)
        step = np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
        found = np.array([found[0] + step[0], max(found[1] + step[1], _LEAST_STEEP)])
        if np.abs(step).max() < _PRECISION:
            break
    chances = scipy.special.expit(design @ found)
    information = float(found[1] ** 2 * (chances * (1 - chances)).sum())
    return _Fit(middle + float(found[0] / found[1]), max(information, _WEAK))
