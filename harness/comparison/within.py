"""Two revisions of apps that one run measured side by side (`bench ab`): ratios formed within its rounds.

What the host did, it did to both, so nothing has to be taken out and nothing assumed.
"""

from collections.abc import Iterator, Sequence

from harness.analysis.cells import Deployments, by_subject
from harness.analysis.copies import examine_copies, why_distrusted
from harness.analysis.intervals import LogInterval
from harness.claims.no_value import why_none
from harness.comparison.app_test import app_change, decided
from harness.comparison.group_sequential import shares_at, widened
from harness.comparison.judge import Compared, judge
from harness.comparison.summarise import Judged, broken_contracts, by_metric, judge_comparable, quantities_of
from harness.comparison.uncompared import uncompared
from harness.model.app_change import AppChange, AppOutcome
from harness.model.base import BY_VARIANT, REVISION_SIGN, WITH
from harness.model.cell import BY_REQUEST, Cell, Kind
from harness.model.claim import Metric
from harness.model.comparison import METRICS_OF, Change, MetricMargins, Outcome, RunComparison, Side
from harness.model.errors import UsageError
from harness.model.naming import titled
from harness.model.plan import SequentialTest
from harness.model.run import Deployment
from harness.results.records import RecordedRun
from harness.results.run_state import RunState, state_at_rest, unmeasured_cells

type CellPair = tuple[Judged, Judged]
"""The same cell in A and in B."""


def compare_within(recorded: RecordedRun, name: str, *, state: RunState | None = None) -> RunComparison:
    """What changed from A to B: from another commit to the tree as it was, or from the lock to another requirement.

    `state` is that of the run; without it, of one that nobody measures any more.

    Raises:
        UsageError: The run holds no app in two revisions.
    """
    judged = judge_comparable(recorded)
    pairs = list(_pairs(judged))
    if not pairs:
        raise UsageError(
            f"{name} holds no app in two revisions, so there is nothing to compare within it",
            hint="give a second run to compare it with, or measure two revisions in one with `bench ab`",
        )
    evidence = _Evidence(recorded, judged, state or state_at_rest(recorded, name))
    test = _test_of(recorded)
    margins = {metric: MetricMargins(metric=metric) for metric in Metric}
    shares = shares_at(test.looks, recorded.rounds_complete if recorded.run.plan.sequential else test.looks[-1])
    compared: list[Compared] = []
    changes: list[Change] = []
    for pair in pairs:
        for metric in METRICS_OF.get(pair[1].cell.workload, ()):
            change, found = evidence.change(metric, pair)
            changes.append(change)
            compared += [(change, widened(found, shares))] if found else []
    outcomes = {(each.cell.key, each.metric): each for each in judge(compared, margins)}
    run = recorded.run
    names = [", ".join(dict.fromkeys(evidence.named(pair[side]) for pair in pairs)) for side in (0, 1)]
    a, b = (Side(name=words, run_id=run.run_id, started_at=run.started_at, revision=None) for words in names)
    return RunComparison(
        a=a,
        b=b,
        paired=True,
        differences=(),
        app_changes=tuple(_app_changes(pairs, evidence.deployments)),
        apps=decided(evidence.app_changes(_by_app(pairs), test), test),
        test=test,
        distrusted=(evidence.distrust,) if evidence.distrust else (),
        margins=tuple(margins[metric] for metric in dict.fromkeys(change.metric for change in changes)),
        shifts=(),
        changes=tuple(outcomes.get((each.cell.key, each.metric), each) for each in changes),
        compared=len(compared),
        uncompared=uncompared(recorded.run.plan.cells),
    )


def _test_of(recorded: RecordedRun) -> SequentialTest:
    """With the looks that were taken besides, where the run was cut off: each has used a part of the level."""
    planned = recorded.run.plan.sequential
    if planned is None:
        return SequentialTest(looks=(_rounds(recorded),))
    taken = {*planned.looks, *(look.rounds for look in recorded.run.looks)}
    return planned.model_copy(update={"looks": tuple(sorted(taken))})


def _rounds(recorded: RecordedRun) -> int:
    """How many rounds there is anything of: of a run that goes on, or was cut off, one more than are complete."""
    begun = max((window.round_index + 1 for window in recorded.windows), default=1)
    return max(begun, recorded.rounds_complete)


class _Evidence:
    """What a run says of its pairs of cells."""

    def __init__(self, recorded: RecordedRun, judged: Sequence[Judged], state: RunState) -> None:
        of_requests = quantities_of(judged)
        self._quantities = by_metric(recorded, judged, of_requests)
        self._unmeasured = unmeasured_cells(recorded, state)
        self._complete = recorded.rounds_complete
        self._broken = broken_contracts(recorded)
        self._breaking = {each.subject for each in recorded.contracts if each.breaks}
        self.distrust = why_distrusted(recorded, examine_copies(of_requests, recorded.run))
        self.deployments = by_subject(recorded.run)

    def change(self, metric: Metric, pair: CellPair) -> tuple[Change, LogInterval | None]:
        """One quantity of one cell."""
        before, after = pair
        change, found = self._change(metric, before, after)
        if self.distrust and after.cell.workload in BY_REQUEST:
            change, found = change.model_copy(update={"outcome": Outcome.INVALID, "reason": self._distrusted}), None
        if wrong := self._wrong(pair):
            change, found = change.model_copy(update={"outcome": Outcome.INVALID, "reason": wrong}), None
        deployment = self.deployments.get(after.cell.subject)
        title = deployment.title if deployment else change.title
        return change.model_copy(update={"title": title, "cell": _of_both(after.cell)}), found

    def app_changes(self, by_app: Sequence[Sequence[CellPair]], test: SequentialTest) -> list[AppChange]:
        """Each app as a whole; nothing is decided of any yet."""
        alone = [self._app_change(own, test, apps=1) for own in by_app]
        tested = sum(each.outcome is AppOutcome.UNDECIDED for each in alone)
        return [self._app_change(own, test, apps=tested) for own in by_app] if tested > 1 else alone

    def _app_change(self, own: Sequence[CellPair], test: SequentialTest, *, apps: int) -> AppChange:
        before, after = own[0]
        named = AppChange(
            app=_of_both(after.cell).subject.app,
            a=self.named(before),
            b=self.named(after),
            outcome=AppOutcome.INVALID,
            reason=self._without(before, after, Metric.SERVER_CPU)[1],
        )
        if wrong := next(filter(None, map(self._wrong, own)), None):
            breaks = any(each.cell.subject.original in self._breaking for pair in own for each in pair)
            outcome = AppOutcome.BROKEN if breaks else AppOutcome.UNCHECKED
            return named.model_copy(update={"outcome": outcome, "reason": wrong})
        if self.distrust:
            return named.model_copy(update={"reason": self._distrusted})
        found = app_change(named, [(a.cell, b.cell) for a, b in own], self._quantities, test, apps=apps)
        return found.model_copy(update={"left_out": max(0, self._complete - found.rounds)}) if found.cpu else found

    def named(self, judged: Judged) -> str:
        """A revision as a reader knows it."""
        deployment = self.deployments.get(judged.cell.subject)
        if deployment is None:
            return judged.cell.subject.app
        return titled(deployment.title, deployment.revision or "")

    @property
    def _distrusted(self) -> str:
        return f"the run can't be trusted: {self.distrust}"

    def _wrong(self, pair: CellPair) -> str:
        sides = zip("AB", pair, strict=True)
        wrong = ((name, self._broken.get(each.cell.subject.original)) for name, each in sides)
        return "; ".join(f"in {name}: {why}" for name, why in wrong if why)

    def _change(self, metric: Metric, before: Judged, after: Judged) -> tuple[Change, LogInterval | None]:
        a, b = before.cell.subject, after.cell.subject
        side_by_side = self._quantities[metric].get(Kind.of(after.cell))
        measured = side_by_side.subjects if side_by_side else ()
        outcome, reason = self._without(before, after, metric)
        change = Change(
            cell=after.cell,
            metric=metric,
            title=b.app,
            outcome=outcome,
            reason=reason,
            a=side_by_side.value(a) if side_by_side and a in measured else None,
            b=side_by_side.value(b) if side_by_side and b in measured else None,
        )
        if not side_by_side or a not in measured or b not in measured:
            return change, None
        return change.model_copy(update={"reason": None}), side_by_side.log_ratio(b, a)

    def _without(self, before: Judged, after: Judged, metric: Metric) -> tuple[Outcome, str]:
        """What a pair is that has no figure in one of the two, and why."""
        sides = zip("AB", (before, after), strict=True)
        found = [(name, self._unmeasured.get(each.cell.key), each.reasons) for name, each in sides]
        lacking = [(name, word, word or reasons[0]) for name, word, reasons in found if word or reasons]
        outcome = Outcome.UNMEASURED if lacking and all(word for _, word, _ in lacking) else Outcome.INVALID
        return outcome, "; ".join(f"in {name}: {why}" for name, _, why in lacking) or why_none(metric)


def _pairs(judged: Sequence[Judged]) -> Iterator[CellPair]:
    """The cells of each app in A and in B. Of two variants, A is the one that the plan has first."""
    by_key = {each.cell.key: each for each in judged}
    first: dict[str, Judged] = {}
    for each in judged:
        app, sign, revision = each.cell.subject.app.partition(REVISION_SIGN)
        if revision.startswith(BY_VARIANT):
            whose = each.cell.subject.model_copy(update={"app": app, "variant": ""})
            alike = each.cell.model_copy(update={"subject": whose}).key
            if alike in first:
                yield first[alike], each
            first.setdefault(alike, each)
            continue
        own = by_key.get(f"{app}{each.cell.key.removeprefix(each.cell.subject.app)}")
        if sign and own:
            yield (own, each) if revision.startswith(WITH) else (each, own)


def _by_app(pairs: Sequence[CellPair]) -> list[list[CellPair]]:
    """The pairs of each app, in the order of the plan."""
    found: dict[str, list[CellPair]] = {}
    for pair in pairs:
        found.setdefault(_of_both(pair[1].cell).subject.app, []).append(pair)
    return list(found.values())


def _of_both(cell: Cell) -> Cell:
    """The cell of whichever revision: A and B say which."""
    app = cell.subject.app.partition(REVISION_SIGN)[0]
    return cell.model_copy(update={"subject": cell.subject.model_copy(update={"app": app})})


def _app_changes(pairs: Sequence[CellPair], known: Deployments) -> Iterator[str]:
    seen: set[str] = set()
    for before, after in pairs:
        then, now = known.get(before.cell.subject), known.get(after.cell.subject)
        if then is None or now is None or after.cell.subject.app in seen:
            continue
        seen.add(after.cell.subject.app)
        packages = [
            f"{name} {then.packages.get(name, 'absent')} -> {now.packages.get(name, 'absent')}"
            for name in sorted({*then.packages, *now.packages})
            if then.packages.get(name) != now.packages.get(name)
        ]
        words = [
            *packages,
            *(["other code"] if then.code_sha256 != now.code_sha256 and not packages else []),
            *(["another lock of the same versions"] if then.lock_sha256 != now.lock_sha256 and not packages else []),
            *_otherwise_run(then, now),
        ]
        yield f"{now.title}: {', '.join(words) or 'the same code and packages'}"


def _otherwise_run(then: Deployment, now: Deployment) -> Iterator[str]:
    """What differs of interpreter, server and variables."""
    a, b = (f"{each.interpreter.implementation} {each.interpreter.version}" for each in (then, now))
    if then.interpreter != now.interpreter:
        yield f"{a} -> {b}" if a != b else f"another build of {a}"
    if then.server != now.server:
        yield f"{then.server} -> {now.server}"
    elif then.command != now.command:
        yield "another command"
    for name in sorted({*then.environment, *now.environment}):
        values = [each.environment.get(name) for each in (then, now)]
        if values[0] != values[1]:
            yield f"{name} {' -> '.join('not set' if value is None else repr(value) for value in values)}"
