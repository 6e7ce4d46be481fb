"""Boundaries of group-sequential tests, held against published ones."""

from math import e, log, sqrt

import numpy as np
import pytest
from scipy.special import ndtr, ndtri, stdtrit

from harness.analysis.intervals import LogInterval
from harness.comparison.group_sequential import (
    Repeated,
    boundaries,
    boundaries_of,
    chance_of_leaving,
    repeated,
    shares_at,
    widened,
)
from harness.plan.sequential import LOOKS

FIVE = (0.2, 0.4, 0.6, 0.8, 1.0)
SHARES = tuple(look / LOOKS[-1] for look in LOOKS)


@pytest.mark.parametrize(
    ("edges", "level"),
    [
        # Tables 2.1 and 2.3 of C. Jennison and B. W. Turnbull, "Group Sequential Methods", 2000.
        ([2.413] * 5, 0.05),
        ([2.986] * 5, 0.01),
        ([4.562, 3.226, 2.634, 2.281, 2.040], 0.05),
        # P. Armitage, C. K. McPherson and B. C. Rowe (1969), table 2: five looks at 5 %.
        ([1.96] * 5, 0.142),
    ],
    ids=["Pocock, 5 %", "Pocock, 1 %", "O'Brien and Fleming, 5 %", "uncorrected"],
)
def test_classical_boundaries_have_the_level_that_they_are_published_for(edges: list[float], level: float) -> None:
    assert chance_of_leaving(FIVE, edges) == pytest.approx(level, abs=1e-4 if level < 0.1 else 5e-4)


def test_boundaries_by_spending_functions_are_the_published_ones() -> None:
    """They are what `ldBounds` of the R package ldbounds gives.

    It is made after D. M. Reboussin, D. L. DeMets, K. Kim and K. K. G. Lan, "Computations for Group Sequential
    Boundaries Using the Lan-DeMets Spending Function Method", Controlled Clinical Trials 21, 2000.
    """
    obrien_fleming = boundaries_of(FIVE, [4 * float(ndtr(ndtri(0.0125) / sqrt(share))) for share in FIVE])
    pocock = boundaries_of(FIVE, [0.05 * log(1 + (e - 1) * share) for share in FIVE])
    assert obrien_fleming == pytest.approx((4.8769, 3.3569, 2.6803, 2.2898, 2.0310), abs=2e-4)
    assert pocock == pytest.approx((2.4380, 2.4268, 2.4102, 2.3966, 2.3859), abs=2e-4)


@pytest.mark.parametrize("alpha", [0.05, 0.01, 0.05 / 7])
@pytest.mark.parametrize("shares", [SHARES, FIVE, (0.5,), (0.1, 0.11, 0.9, 1.0), tuple(n / 32 for n in range(2, 33))])
def test_each_look_uses_its_part_of_the_level_and_no_more(shares: tuple[float, ...], alpha: float) -> None:
    edges = boundaries(shares, alpha)
    for place, share in enumerate(shares, start=1):
        assert chance_of_leaving(shares[:place], edges[:place]) == pytest.approx(alpha * share, rel=1e-3)


def test_one_look_after_all_rounds_is_the_usual_test() -> None:
    assert boundaries((1.0,), 0.05) == pytest.approx((1.96,), abs=1e-3)
    found = LogInterval(0.1, 0.02, 7.0)
    assert widened(found, (1.0,)).standard_error == pytest.approx(found.standard_error, rel=1e-4)
    assert widened(found, SHARES).standard_error > 1.1 * found.standard_error


def rounds_of(values: list[float], lost: tuple[int, ...] = ()) -> list[tuple[int, float]]:
    return [(index, value) for index, value in enumerate(values) if index not in lost]


def test_the_interval_ends_at_nought_where_the_p_value_is_the_level() -> None:
    found = Repeated(value=0.05, standard_error=0.0135, shares=SHARES[:4], rounds=12)
    assert found.reach(found.p_value) == pytest.approx(0.05, rel=1e-3)
    assert found.reach(0.05) < 0.05
    assert found.p_value < 0.05


def test_the_first_looks_have_wide_intervals_since_rounds_are_few() -> None:
    reach = Repeated(0.0, 1.0, SHARES[:1], 4).reach(0.05)
    assert reach == pytest.approx(-stdtrit(3, 0.05 * 4 / 32 / 2), rel=1e-3)
    assert Repeated(0.0, 1.0, SHARES, 32).reach(0.05) < 2.5


def test_a_look_knows_the_rounds_that_it_had() -> None:
    generator = np.random.default_rng(1)
    values = generator.normal(size=32).tolist()
    eight = repeated(rounds_of(values[:8]), LOOKS)
    assert eight is not None
    assert eight.shares == (4 / 32, 6 / 32, 8 / 32)
    lost = repeated(rounds_of(values[:8], lost=(1, 2, 7)), LOOKS)
    assert lost is not None
    assert lost.shares == (2 / 32, 4 / 32, 5 / 32)
    assert lost.rounds == 5
    # A run that was cut off between two looks is looked at once more.
    cut_off = repeated(rounds_of(values[:10]), LOOKS)
    assert cut_off is not None
    assert cut_off.shares[-2:] == (8 / 32, 10 / 32)
    assert shares_at(LOOKS, 10) == cut_off.shares
    assert repeated(rounds_of(values[:1]), LOOKS) is None


def test_what_never_varies_is_told_apart_and_what_is_equal_is_not() -> None:
    same = repeated(rounds_of([0.0] * 4), LOOKS)
    apart = repeated(rounds_of([0.1] * 4), LOOKS)
    assert same is not None
    assert apart is not None
    assert same.p_value == 1.0
    assert apart.p_value < 1e-6
