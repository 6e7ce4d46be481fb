"""The interval of a subject's own value, in which what moves a whole round does not cancel, against simulated truth."""

from collections.abc import Sequence

import numpy as np
import pytest

from harness.analysis.intervals import LogInterval, single
from harness.analysis.moderation import Prior
from harness.analysis.table import Table

TRIALS = 2_000
ROUNDS = 6
COMMON_SD = 0.05


def table(columns: np.ndarray) -> Table:
    """NaN where a subject has no value in a round."""
    present = ~np.isnan(columns)
    variances = np.zeros(len(columns))
    return Table(columns, np.nanmean(columns, axis=1), present, variances, indices=tuple(range(columns.shape[1])))


def drawn(trial: int, own_sds: Sequence[float], missing: Sequence[tuple[int, int]] = ()) -> Table:
    """Values of true logarithm 0, which rounds move in common, and each subject's processes by themselves.

    `missing` are pairs of a subject and a round.
    """
    generator = np.random.default_rng(trial)
    columns = (
        generator.normal(0.0, COMMON_SD, ROUNDS)
        + generator.normal(0.0, 1.0, (len(own_sds), ROUNDS)) * (np.array(own_sds)[:, None])
    )
    for subject, index in missing:
        columns[subject, index] = np.nan
    return table(columns)


def known(own_sd: float) -> Prior:
    """What a run of many cells says, which all scatter alike."""
    return Prior(round_variance=own_sd**2, df=np.inf, pooled_df=60.0)


def covered(found: Sequence[LogInterval]) -> float:
    """Share of intervals that hold the truth."""
    return float(np.mean([abs(each.value) <= each.half_width for each in found]))


UNLIKE = (0.06, 0.002)
ALIKE = (0.02, 0.02, 0.02)
LACKING = ((0, 0), (0, 1), (0, 2))
"""The first subject has half of the rounds."""
TORN = tuple((subject, 5) for subject in range(3))
"""The last round has nobody's."""


@pytest.mark.parametrize(
    ("own_sds", "missing", "prior"),
    [
        (UNLIKE, (), Prior()),
        (ALIKE, LACKING, Prior()),
        (ALIKE, TORN, Prior()),
        (ALIKE, (), known(0.02)),
        (ALIKE, LACKING, known(0.02)),
        (ALIKE, TORN, known(0.02)),
    ],
    ids=["two unlike", "few rounds", "torn round", "known", "known, few rounds", "known, torn round"],
)
@pytest.mark.simulation
def test_95_of_100_intervals_of_each_subject_contain_the_truth(
    own_sds: Sequence[float], missing: Sequence[tuple[int, int]], prior: Prior
) -> None:
    tables = [drawn(trial, own_sds, missing) for trial in range(TRIALS)]
    for subject in range(len(own_sds)):
        assert 0.93 <= covered([single(each, prior, subject) for each in tables]) <= 0.975


def test_of_two_subjects_each_has_its_own_scatter() -> None:
    """The steady one had half of the other's, and that one half of what its rounds showed."""
    moved, steady = np.array([-0.06, -0.02, 0.02, 0.06]), np.zeros(4)
    both = table(np.array([moved, steady]))
    assert single(both, Prior(), 0).standard_error == pytest.approx(np.std(moved, ddof=1) / 2)
    assert single(both, Prior(), 1).standard_error == pytest.approx(0, abs=1e-12)


def test_a_round_that_has_nobody_s_value_leaves_the_others_scatter_as_it_is() -> None:
    """What moved all alike was taken for nothing as soon as one round had no value at all."""
    columns = np.random.default_rng(1).normal(0, 0.02, (3, 4)) + np.array([-0.1, 0.05, 0.0, 0.05])
    torn = np.column_stack((columns, np.full(3, np.nan)))
    for prior in (Prior(), known(0.02)):
        found, told = single(table(torn), prior, 0), single(table(columns), prior, 0)
        assert (found.value, found.standard_error) == pytest.approx((told.value, told.standard_error))
