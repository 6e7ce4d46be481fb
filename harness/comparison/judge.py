"""From ratios with margins to outcomes, corrected for how many there are.

Dozens of cells are compared at once. That any of them comes out better or worse without being so must be rare, not that
a given one does: Holm's procedure keeps the chance of even one false difference at 5 % (S. Holm, "A Simple
Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6, 1979). A difference counts beyond
the tie margin, a regression beyond the regression margin; each is tested against its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

import scipy

from harness.analysis.intervals import LogInterval
from harness.analysis.table import from_log
from harness.claims.decide import Margin, Weighed, weigh
from harness.claims.holm import ALPHA, holm
from harness.model.claim import MORE_IS_BETTER, Metric
from harness.model.comparison import (
    Change,
    MetricMargins,
    Outcome,
)

type Compared = tuple[Change, LogInterval]
"""A change whose outcome is still open, and the logarithm of its ratio."""


@dataclass(frozen=True)
class _Tested:
    change: Change
    found: LogInterval
    tie: Weighed
    """Its support is that it is better, its refutation that it is worse."""
    regression: float
    """P-value of being worse by more than the regression margin."""

    @property
    def p_apart(self) -> float:
        return min(self.tie.p_support, self.tie.p_refute)


def judge(compared: Sequence[Compared], margins: Mapping[Metric, MetricMargins]) -> list[Change]:
    """The outcomes, in the order given."""
    tested = [_test(change, found, margins[change.metric]) for change, found in compared]
    apart = holm([each.p_apart for each in tested])
    regressed = holm([each.regression for each in tested])
    return [
        each.change.model_copy(
            update={
                "outcome": _outcome(each, is_apart=is_apart, is_regression=is_regression),
                "ratio": each.found.estimate(),
                "p_value": each.p_apart,
                "detectable": _detectable(each.found, margins[each.change.metric].tie, len(tested)),
            }
        )
        for each, is_apart, is_regression in zip(tested, apart, regressed, strict=True)
    ]


def _test(change: Change, found: LogInterval, margins: MetricMargins) -> _Tested:
    more = change.metric in MORE_IS_BETTER
    tie, regression = (
        weigh(found, Margin(1 / (1 + margin), 1 + margin, wants_more=more))
        for margin in (margins.tie, margins.regression)
    )
    return _Tested(change, found, tie, regression.p_refute)


def _outcome(tested: _Tested, *, is_apart: bool, is_regression: bool) -> Outcome:
    if is_regression:
        return Outcome.REGRESSION
    if not is_apart:
        return Outcome.TIED
    return Outcome.BETTER if tested.tie.p_support < tested.tie.p_refute else Outcome.WORSE


def _detectable(found: LogInterval, tie: float, count: int) -> float:
    reach = float(scipy.special.stdtrit(max(found.df, 1.0), 1 - ALPHA / (2 * count)))
    return from_log(log(1 + tie) + reach * found.standard_error) - 1
