"""Two runs of the same conditions, hours or months apart.

Their rounds are not paired, and a host does not keep its speed from one run to the next: two runs of the same code on
the same virtual machine came out 3 to 8 % apart in every cell. The speed probe sees a part of that only (connection
tracking, for one, slows requests and not the probe's work), so it is not relied upon here. What is compared is how each
app stands *beside the others of its run*: what moved all apps of an endpoint and workload alike, the median of their
logarithmic differences, is taken out and told apart. A change that all apps share can thus not be found by comparing
runs; that takes both in one (`bench ab`).

An app's own difference has the variance of its contrast to the mean of the others in run A, formed within rounds, plus
that in run B. From run to run there is more that changes than between the rounds of one: where the cells scatter more
than their intervals foresee, that much is added to all of them (an empirical null: B. Efron, "Large-Scale Simultaneous
Hypothesis Testing: The Choice of a Null Hypothesis", Journal of the American Statistical Association 99, 2004). It is
measured by medians, which a few apps that did change don't move.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from math import hypot, log
from statistics import median
from typing import Final

import numpy as np

from harness.analysis.intervals import LogInterval
from harness.analysis.table import RESOLUTION_VARIANCE, from_log
from harness.claims.no_value import why_none
from harness.comparison.app_changes import app_changes
from harness.comparison.conditions import NotComparable, differences, in_the_way
from harness.comparison.distrust import without_distrusted
from harness.comparison.from_run_to_run import MIN_APPS, surplus_variance
from harness.comparison.judge import Compared, judge
from harness.comparison.taken_cpus import taken_in
from harness.comparison.uncompared import uncompared
from harness.model.cell import CROWDS, Cell, Kind, Subject, Workload
from harness.model.claim import Metric
from harness.model.comparison import (
    METRICS_OF,
    CellSummary,
    Change,
    CommonShift,
    Difference,
    Figure,
    MetricMargins,
    Outcome,
    RunComparison,
    RunSummary,
    Side,
)
from harness.model.findings import Estimate

MIN_ROUNDS: Final = 2
"""Of one start of a server nobody knows how starts differ, so that a run of one round tells nothing apart."""

_OF_ONE_ROUND: Final = {"outcome": Outcome.TIED, "ratio": None, "p_value": None, "detectable": None}
"""What then becomes of a line: an interval by windows of the same start would leave out what starts differ by."""

ASSUMED_HOST_SD: Final = 0.05
"""Of the logarithm, from run to run of one host, where the runs can't show it: what repeated runs usually show."""

_ASSUMED_DF: Final = 4.0
"""Widens what rests on an assumption."""

OTHER_LOAD: Final = 0.10
"""Latencies are of different things where the offered rates are farther apart than this."""


def compare(a: RunSummary, b: RunSummary, *, force: bool = False) -> RunComparison:
    """What changed from A to B.

    Raises:
        NotComparable: More than the apps differs, in each cell that both have, and `force` does not ask for it all the
            same.
    """
    differing = differences(a.conditions, b.conditions)
    respected = () if force else differing
    if respected and not any(not in_the_way(respected, cell) for cell in _shared(a, b)):
        raise NotComparable(differing)
    pairs = _pairs(without_distrusted(a), without_distrusted(b), respected)
    measured = [pair for pair in pairs if pair.outcome is None]
    found: list[_Moved] = []
    margins: list[MetricMargins] = []
    shifts: list[CommonShift] = []
    for metric in Metric:
        own = [pair for pair in measured if pair.metric is metric]
        if not own:
            continue
        moved, common = _without_common(own)
        excess = between_runs_sd(moved)
        margins.append(MetricMargins(metric=metric, between_runs_sd=excess))
        shifts += common
        found += [each.widened(excess) for each in moved]
    judged = judge([each.compared for each in found], {each.metric: each for each in margins})
    single = tuple(name for name, run in (("A", a), ("B", b)) if run.rounds < MIN_ROUNDS)
    if single:
        judged = [change.model_copy(update=_OF_ONE_ROUND) for change in judged]
    outcomes = {(change.cell.key, change.metric): change for change in judged}
    return RunComparison(
        a=_side(a),
        b=_side(b),
        paired=False,
        differences=differing,
        forced=bool(differing) and force,
        app_changes=app_changes(a, b),
        distrusted=tuple(f"{name}: {run.distrust}" for name, run in (("A", a), ("B", b)) if run.distrust),
        margins=tuple(margins),
        shifts=tuple(shifts),
        changes=tuple(outcomes.get((pair.cell.cell.key, pair.metric)) or pair.apart() for pair in pairs),
        compared=len(judged),
        uncompared=uncompared(cell.cell for run in (a, b) for cell in run.cells),
        of_one_round=single,
    )


def newest_comparable(known: Sequence[RunSummary], b: RunSummary) -> RunSummary | None:
    """The newest trustworthy run of those before B that it can be compared with; None where there is none.

    One that can be compared in every cell that both have is preferred to a newer one that can be in some only.
    """
    comparable: list[tuple[bool, RunSummary]] = []
    for run in known:
        if run.run_id == b.run_id or run.started_at >= b.started_at or run.distrust:
            continue
        differing = differences(run.conditions, b.conditions)
        free = [not in_the_way(differing, cell) for cell in _shared(run, b)]
        if any(free):
            comparable.append((all(free), run))
    return max(comparable, key=lambda each: (each[0], each[1].started_at), default=(False, None))[1]


def _shared(a: RunSummary, b: RunSummary) -> list[Cell]:
    in_a = {each.cell.key for each in a.cells}
    return [each.cell for each in b.cells if each.cell.key in in_a and each.cell.workload in METRICS_OF]


@dataclass(frozen=True)
class _Pair:
    """One metric of one cell in both runs, or in one."""

    metric: Metric
    a: CellSummary | None
    b: CellSummary | None
    outcome: Outcome | None
    """None where both have a figure."""
    reason: str | None

    @property
    def cell(self) -> CellSummary:
        cell = self.b or self.a
        assert cell is not None  # noqa: S101 - a pair has one of them at least
        return cell

    @property
    def kind(self) -> Kind:
        return Kind.of(self.cell.cell)

    def figures(self) -> tuple[Figure, Figure]:
        assert self.a is not None  # noqa: S101 - asked of measured pairs only
        assert self.b is not None  # noqa: S101 - as above
        return self.a.figures[self.metric], self.b.figures[self.metric]

    @property
    def difference(self) -> float:
        a, b = self.figures()
        return log(b.estimate.value / a.estimate.value)

    def apart(self) -> Change:
        """The change of what can't be compared."""
        return Change(
            cell=self.cell.cell,
            metric=self.metric,
            title=self.cell.title,
            outcome=self.outcome or Outcome.TIED,
            reason=self.reason,
            a=self._estimate(self.a),
            b=self._estimate(self.b),
        )

    def _estimate(self, cell: CellSummary | None) -> Estimate | None:
        figure = cell.figures.get(self.metric) if cell else None
        return figure.estimate if figure else None


@dataclass(frozen=True)
class _Moved:
    """A measured pair and its difference without what moved all alike."""

    pair: _Pair
    found: LogInterval
    assumed: bool
    """Whether its standard error rests on an assumption on the host."""

    def widened(self, excess: float) -> "_Moved":
        if not excess or self.assumed:
            return self
        return _Moved(
            self.pair,
            LogInterval(self.found.value, hypot(self.found.standard_error, excess), self.found.df),
            self.assumed,
        )

    @property
    def compared(self) -> Compared:
        return self.pair.apart(), self.found


def _pairs(a: RunSummary, b: RunSummary, differing: Sequence[Difference]) -> list[_Pair]:
    """Every metric of every cell of either run, in the order of B's plan, then what only A has."""
    in_a = {each.cell.key: each for each in a.cells}
    in_b = {each.cell.key: each for each in b.cells}
    work_a = _work(a)
    other_work = {subject for subject, work in _work(b).items() if work_a.get(subject) != work}
    return [
        _pair(metric, in_a.get(key), in_b.get(key), other_work, differing)
        for key in dict.fromkeys([*in_b, *in_a])
        for metric in METRICS_OF.get((in_b.get(key) or in_a[key]).cell.workload, ())
        if any(each.lack or metric in each.figures for each in (in_a.get(key), in_b.get(key)) if each)
    ]


def _work(run: RunSummary) -> dict[Subject, set[str]]:
    """The cells by which the server of each subject was loaded before its memory was read."""
    found: dict[Subject, set[str]] = {}
    for each in run.cells:
        if each.cell.workload not in {Workload.WAITING, *CROWDS}:  # They come afterwards.
            found.setdefault(each.cell.subject, set()).add(each.cell.key)
    return found


def _pair(
    metric: Metric,
    a: CellSummary | None,
    b: CellSummary | None,
    other_work: Container[Subject],
    differing: Sequence[Difference],
) -> _Pair:
    if a is None or b is None:
        return _Pair(metric, a, b, Outcome.ONLY_B if a is None else Outcome.ONLY_A, None)
    without = [(name, cell) for name, cell in (("A", a), ("B", b)) if metric not in cell.figures]
    if without:
        outcome = Outcome.UNMEASURED if all(cell.unmeasured for _, cell in without) else Outcome.INVALID
        reason = "; ".join(f"in {name}: {cell.lack or why_none(metric)}" for name, cell in without)
        return _Pair(metric, a, b, outcome, reason)
    if others := in_the_way(differing, b.cell):
        reason = "; ".join(f"{each.condition}: {each.a} in A, {each.b} in B" for each in others)
        return _Pair(metric, a, b, Outcome.OTHER_CONDITIONS, reason)
    if taken := taken_in(a, b, metric):
        return _Pair(metric, a, b, Outcome.TAKEN_CPU, taken)
    if other := _other_load(metric, a, b, other_work):
        return _Pair(metric, a, b, Outcome.OTHER_LOAD, other)
    return _Pair(metric, a, b, None, None)


def _other_load(metric: Metric, a: CellSummary, b: CellSummary, other_work: Container[Subject]) -> str:
    if a.offered_rps and b.offered_rps and abs(log(b.offered_rps / a.offered_rps)) > log(1 + OTHER_LOAD):
        return f"{a.offered_rps:,.0f} requests/s were offered in A, {b.offered_rps:,.0f} in B"
    if metric is Metric.MEMORY_LOADED and b.cell.subject in other_work:
        return "what was measured of it before is not the same in both"
    return ""


def _without_common(pairs: Sequence[_Pair]) -> tuple[list[_Moved], list[CommonShift]]:
    moved: list[_Moved] = []
    shifts: list[CommonShift] = []
    for kind in dict.fromkeys(pair.kind for pair in pairs):
        own = [pair for pair in pairs if pair.kind == kind]
        apps = {pair.cell.cell.subject.app for pair in own}
        separable = len(apps) >= MIN_APPS
        for pair in own:
            others = [each.difference for each in own if each.cell.cell.subject.app != pair.cell.cell.subject.app]
            moved.append(_Moved(pair, _beside(pair, others) if separable else _alone(pair), not separable))
        shifts.append(
            CommonShift(
                metric=own[0].metric,
                endpoint=kind.endpoint,
                workload=kind.workload,
                rate=kind.rate,
                ratio=from_log(median(pair.difference for pair in own)),
                apps=len(apps),
                taken_out=separable,
            )
        )
    return moved, shifts


def _beside(pair: _Pair, others: Sequence[float]) -> LogInterval:
    """A pair's difference beside that of the other apps."""
    known = [
        LogInterval(0.0, figure.relative_standard_error, figure.relative_df)
        for figure in pair.figures()
        if figure.relative_standard_error is not None and figure.relative_df is not None
    ]
    if len(known) < 2:  # noqa: PLR2004 - one for each run
        return _alone(pair)
    return _sum(pair.difference - median(others), known)


def _alone(pair: _Pair) -> LogInterval:
    """A pair's difference with all that the host may have done to it."""
    own = [
        LogInterval(0.0, figure.estimate.log_standard_error, figure.estimate.degrees_of_freedom or _ASSUMED_DF)
        for figure in pair.figures()
        if figure.estimate.log_standard_error is not None
    ]
    hosts = [LogInterval(0.0, ASSUMED_HOST_SD, _ASSUMED_DF)] * 2
    return _sum(pair.difference, [*own, *hosts])


def _sum(value: float, parts: Iterable[LogInterval]) -> LogInterval:
    """Independent errors together; degrees of freedom by Satterthwaite (Biometrics Bulletin 2, 1946)."""
    squares = [(max(part.standard_error**2, RESOLUTION_VARIANCE), part.df) for part in parts]
    total = sum(square for square, _ in squares)
    df = total**2 / sum(square**2 / df for square, df in squares)
    return LogInterval(value, total**0.5, df)


def between_runs_sd(moved: Sequence[_Moved]) -> float:
    """How much the cells scatter beyond their own standard errors."""
    points = [(each.found.value**2, each.found.standard_error**2) for each in moved if not each.assumed]
    return float(np.sqrt(surplus_variance(points)))


def _side(run: RunSummary) -> Side:
    return Side(name=run.name, run_id=run.run_id, started_at=run.started_at, revision=run.revision)
