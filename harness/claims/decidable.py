"""Whether a plan measures what decides a claim: told before the run, which could not end with a verdict otherwise."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from harness.claims.casting import Asked, Casting, Deployed
from harness.claims.needs import COUNTED_OF_A_PACKAGE, Measured, needed
from harness.claims.no_value import asks_no_more, leaves_open
from harness.claims.titles import titles_here
from harness.claims.verdict_sentences import METRICS
from harness.model.app import App, Endpoint
from harness.model.base import BARE_SITE, BATTERIES_SITE
from harness.model.cell import CROWD_ENDPOINTS, Cell, Subject, Workload
from harness.model.claim import BoundCondition, Claim, KeptCondition, ProbeCondition, RatioCondition
from harness.model.claim_values import VARIANT_SIGN
from harness.model.errors import UsageError
from harness.model.framework_probe import FrameworkProbe
from harness.model.naming import called, titled
from harness.model.plan import Plan

_TRIED_ON = {
    FrameworkProbe.XSS: frozenset({Endpoint.FORTUNES}),
    FrameworkProbe.SQL_INJECTION: frozenset({Endpoint.DB, Endpoint.QUERIES}),
}
"""The others are tried on a site that is made for that."""

_NUMBERED: Final = frozenset({Workload.CONCURRENCY, Workload.ROUTES, Workload.WORKERS})
"""Workloads whose cells differ by a number, of which a claim says how much is kept (`number_of`)."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What whoever asked for a plan may do where it can't decide a claim."""

    narrowed_by: tuple[str, ...] = ()
    """The options by which they have narrowed it."""
    plan: str = "bench plan"
    """The command that shows what is measured without these."""
    apps: str = "bench list apps"
    """The command that shows which apps there are."""


def see_that_it_is_decidable(claim: Claim, plan: Plan, apps: Sequence[App], advice: Advice = Advice()) -> str | None:
    """What a run by this plan can't show of a claim; None where it can support it and refute it.

    Args:
        claim: What is to be decided.
        plan: What is measured.
        apps: The apps that the plan is about.
        advice: What whoever asked for the plan is advised where it decides nothing.

    Raises:
        UsageError: It can do neither, however many rounds it takes.
    """
    found = list(_Planned(plan, apps).why_not(claim)) or ["all that it names are the same in this plan"]
    missing = list(dict.fromkeys(filter(None, found)))
    measured = found.count(None)
    supports = measured >= needed(claim, len(found))
    refutes = measured >= len(found) - needed(claim, len(found)) + 1
    if supports and refutes:
        return None
    if supports or refutes:
        can, can_not = ("support", "refute") if supports else ("refute", "support")
        return f"this run can {can} {claim.id}, and not {can_not} it: {'; '.join(missing)}"
    raise UsageError(
        f"nothing in this plan can decide {claim.id}: {'; '.join(missing)}",
        hint=how_to_mend(advice),
    )


def how_to_mend(advice: Advice) -> str:
    """What helps where a plan can't decide a claim; of the options only those that were given."""
    if advice.narrowed_by:
        options = " or ".join(advice.narrowed_by)
        return f"leave {options} out, or mend the claim; `{advice.plan}` shows what is measured without"
    return f"mend the claim; `{advice.apps}` shows what there is"


def cells_by_comparison(claim: Claim, plan: Plan, apps: Sequence[App]) -> Iterator[tuple[Measured, tuple[Cell, ...]]]:
    """The cells of a plan that each comparison of a claim which it measures is made of, with the condition."""
    yield from _Planned(plan, apps).cells_by_comparison(claim)


class _Planned:
    """What a plan holds for claims."""

    def __init__(self, plan: Plan, apps: Sequence[App]) -> None:
        self._apps = {app.name: app for app in apps}
        self._cells: dict[tuple[Workload, Subject], list[Cell]] = defaultdict(list)
        for cell in plan.cells:
            self._cells[cell.workload, cell.subject].append(cell)
        self._numbers: dict[tuple[Workload, Subject], set[int]] = defaultdict(set)
        for (workload, subject), cells in self._cells.items():
            if workload in _NUMBERED and not subject.twin:
                self._numbers[workload, subject.original].update(map(number_of, cells))
        self._app_names = {subject.app for _, subject in self._cells}
        self._looks_at_apps = any(workload is Workload.FOOTPRINT for workload, _ in self._cells)
        also = {
            subject: self._apps[subject.app].variant(subject.variant).also
            for subject in plan.subjects
            if subject.app in self._apps
        }
        self._titles = {**titles_here(), **{app.name: titled(app.manifest.title, app.revision or "") for app in apps}}
        self._casting = Casting(plan.subjects, also, self._titles)

    def why_not(self, claim: Claim) -> Iterator[str | None]:
        """For each comparison of the claim, why nothing measures it; None where something does."""
        for condition in claim.condition:
            if isinstance(condition, ProbeCondition):
                for participant in condition.subjects:
                    yield self._why_not_probed(condition.probe, participant)
            else:
                for asked in self._casting.asked(condition):
                    yield self._why_not_compared(condition, asked)

    def cells_by_comparison(self, claim: Claim) -> Iterator[tuple[Measured, tuple[Cell, ...]]]:
        """Of each comparison that is measured, its condition and the cells that it is made of."""
        for condition in claim.condition:
            if isinstance(condition, RatioCondition | BoundCondition):
                for asked in self._casting.asked(condition):
                    if self._why_not_compared(condition, asked) is None:
                        found = (self._casting.find(each, asked.deployment) for each in asked.everybody)
                        subjects = dict.fromkeys(each for each in found if each)
                        cells = (cell for each in subjects for cell in self._meant(condition, each, asked.endpoint))
                        yield condition, tuple(cells)

    def _meant(self, condition: Measured, subject: Subject, endpoint: Endpoint | None) -> Iterator[Cell]:
        """The cells of a subject that give a condition's metric."""
        for cell in self._cells.get((condition.measured_by, subject), ()):
            if (
                endpoint in {None, cell.endpoint}
                and condition.rate is cell.rate
                and condition.connections in {None, cell.connections}
            ):
                yield cell

    def _why_not_compared(self, condition: Deployed, asked: Asked) -> str | None:
        workload = condition.workload if isinstance(condition, KeptCondition) else condition.measured_by
        endpoint = CROWD_ENDPOINTS.get(workload, asked.endpoint)
        for participant in asked.everybody:
            if why := self._why_not_declared(participant, endpoint):
                return why
            subject = self._casting.find(participant, asked.deployment)
            if subject is None:
                return self._casting.why_absent(participant, asked.deployment, verb="is")
            if why := self._why_not_measured(condition, subject, asked.endpoint):
                return why
        return None

    def _why_not_declared(self, participant: str, endpoint: Endpoint | None) -> str | None:
        app = self._apps.get(participant.partition(VARIANT_SIGN)[0])
        if app is None or endpoint is None or endpoint in app.manifest.endpoints:
            return None
        return f"{self._titles[app.name]} does not declare {endpoint.value}"

    def _why_not_measured(self, condition: Deployed, subject: Subject, endpoint: Endpoint | None) -> str | None:
        if isinstance(condition, KeptCondition):
            return self._why_not_kept(condition, subject)
        if condition.metric in COUNTED_OF_A_PACKAGE and self._apps[subject.app].manifest.package is None:
            return f"{self._titles[subject.app]} has no package, and so no {METRICS[condition.metric].name}"
        if meant := list(self._meant(condition, subject, endpoint)):
            return leaves_open(condition, meant) or asks_no_more(condition, max(each.connections for each in meant))
        on = f" on {endpoint.value}" if endpoint else ""
        rate = f" at the rate '{condition.rate.value}'" if condition.rate else ""
        many = f" with {condition.connections:,} connections" if condition.connections else ""
        name = called(subject, titles=self._titles)
        return f"{condition.measured_by.value}{on}{rate}{many} is not measured of {name}"

    def _why_not_kept(self, condition: KeptCondition, subject: Subject) -> str | None:
        numbers = self._numbers.get((condition.workload, subject), set())
        at = max(numbers, default=0) if condition.at == "most" else condition.at
        lacking = [number for number in (at, condition.over) if number not in numbers]
        if not lacking and at > condition.over:
            return None
        what = f" with {lacking[0]:,}" if numbers and lacking else ""
        return f"{condition.workload.value}{what} is not measured of {called(subject, titles=self._titles)}"

    def _why_not_probed(self, probe: FrameworkProbe, participant: str) -> str | None:
        name = participant.partition(VARIANT_SIGN)[0]
        app, title = self._apps.get(name), self._titles.get(name, name)
        if app is None or name not in self._app_names:
            return f"{title} is not measured"
        if not self._looks_at_apps:
            return "footprint is not measured, which the probes come with"
        if (tried_on := _TRIED_ON.get(probe)) is None:
            site = site_of(probe)
            lacks = f"{title} has no {site.replace('-', ' ')}, which the probe for {probe.value} is tried on"
            return None if site in app.manifest.sites else lacks
        if tried_on.isdisjoint(app.manifest.endpoints):
            return f"{title} does not declare {' or '.join(sorted(tried_on))}, which the probe is tried on"
        return None


def site_of(probe: FrameworkProbe) -> str:
    """The site that a probe is tried on, of those that are made for that."""
    return BARE_SITE if probe is FrameworkProbe.CSRF else BATTERIES_SITE


def number_of(cell: Cell) -> int:
    """What a special cell differs in from the usual one."""
    return {
        Workload.CONCURRENCY: cell.connections,
        Workload.ROUTES: cell.subject.extra_routes,
        Workload.WORKERS: cell.subject.workers,
    }[cell.workload]
