"""A run as claims are held against it: every metric, or why there is none."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from harness.analysis.cells import JudgedCell
from harness.analysis.counts import LESS_THAN_ONE, counts_side_by_side, most_of
from harness.analysis.crowds import JudgedCrowd, judge_crowds, metric_by_round
from harness.analysis.footprint import OF_STARTS, footprints_side_by_side
from harness.analysis.growth import kept
from harness.analysis.intervals import LogInterval
from harness.analysis.per_round import ByRound
from harness.analysis.quantities import ByKind, JudgedRun
from harness.analysis.side_by_side import SideBySide
from harness.claims.casting import Asked, Casting
from harness.claims.commands import Origin
from harness.claims.decidable import number_of
from harness.claims.needs import Measured, needs_of
from harness.claims.no_value import asks_no_more, leaves_open, no_value, verdict_without
from harness.claims.titles import titles_known
from harness.claims.values import Exact, Values
from harness.model.app import Endpoint, Libraries
from harness.model.base import BARE_SITE, BATTERIES_SITE
from harness.model.cell import CROWD_ENDPOINTS, CROWDS, Cell, Kind, Subject, Workload
from harness.model.claim import (
    AS_MET,
    LATENCIES,
    Claim,
    DeploymentName,
    KeptCondition,
    Metric,
)
from harness.model.claim_values import VARIANT_SIGN
from harness.model.conformance import contract_words
from harness.model.crowds.chat import SMALL_ROOM
from harness.model.findings import CellFinding, Findings
from harness.model.framework_probe import FrameworkProbe, FrameworkProbeResult
from harness.model.naming import called, titled
from harness.model.run import Deployment
from harness.model.validity import Bound, GateName
from harness.model.verdict import Verdict
from harness.plan.workers import too_few_for_workers
from harness.results.records import RecordedRun

_OF_THE_SERVER = frozenset({GateName.STARTED, GateName.LASTED})


class Missing(Exception):  # noqa: N818 - a comparison that there is not, and why
    """There is no value."""

    def __init__(self, verdict: Verdict, reason: str) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.reason = reason


class Bench:
    """What a run holds for claims."""

    def __init__(
        self, recorded: RecordedRun, findings: Findings, origin: Origin, judged_run: JudgedRun | None = None
    ) -> None:
        """Take a run; `origin` has the titles of apps that it may not have, and whether it still goes on."""
        self._recorded = recorded
        self._under_way = origin.under_way
        judged_run = judged_run or JudgedRun(recorded)
        self._judged, self._quantities = judged_run.cells, judged_run.quantities
        self._cells = findings.cells
        self.distrust = findings.distrust
        """Why the run can't be trusted; None where it can."""
        self._broken = {each.subject: each.failed for each in findings.broken}
        self._deployments = {deployment.subject: deployment for deployment in recorded.run.deployments}
        self._titles = titles_known(recorded.run.deployments, origin.titles)
        self.rounds = findings.rounds_complete
        also = {deployment.subject: deployment.also for deployment in recorded.run.deployments}
        self.casting = Casting(recorded.run.plan.subjects, also, self._titles)
        """Who stands for whom."""

    def title(self, participant: str, asked: Asked | None = None) -> str:
        """An app as a reader knows it: with the deployment that ran where it was `asked` or is named, else without."""
        app, sign, named = participant.partition(VARIANT_SIGN)
        deployment = asked.deployment if asked else DeploymentName.CONTROLLED
        found = self.casting.find(participant, deployment) if asked or sign else None
        return self.called(found) if found else titled(self._titles.get(app, app), named)

    def called(self, subject: Subject) -> str:
        """A subject as a reader knows it."""
        return called(subject, self._deployments, self._titles)

    def _named(self, cell: Cell) -> str:
        """A cell as a reader knows it."""
        rate = f"{cell.rate.value} rate, " if cell.rate else ""
        many = f"{cell.connections} connection{'' if cell.connections == 1 else 's'}"
        return f"{self.called(cell.subject)} on {cell.endpoint.value} ({cell.workload.value}, {rate}{many})"

    def subject(self, participant: str, deployment: DeploymentName) -> Subject:
        """Who stands for a participant; raises Missing where nobody does."""
        found = self.casting.find(participant, deployment)
        if found is None:
            raise Missing(Verdict.NOT_RUN, self.casting.why_absent(participant, deployment))
        return found

    def libraries(self, participant: str, deployment: DeploymentName) -> Libraries | None:
        """What reads rows and writes JSON for a participant; None where nobody stands for it."""
        found = self.casting.find(participant, deployment)
        deployed = self._deployments.get(found) if found else None
        return deployed.libraries if deployed else None

    def values(self, condition: Measured, endpoint: Endpoint | None, subjects: Sequence[Subject]) -> Values:
        """The condition's metric; raises Missing where any of the subjects has none, or the run can't be trusted."""
        for subject in subjects:
            self._must_keep_the_contract(subject)
            self._must_declare(subject, CROWD_ENDPOINTS.get(condition.measured_by, endpoint))
        if condition.measured_by in CROWDS:
            found: Values = self._crowd_values(condition, subjects)
        elif condition.measured_by is Workload.FOOTPRINT:
            found = self._footprint_values(condition.metric)
        elif endpoint is not None:
            found = self._request_values(condition, endpoint, subjects)
        else:
            raise ValueError("what is measured by requests has an endpoint")
        for subject in subjects:
            if subject not in found.subjects:
                metric, those = self.metric(condition, endpoint), self._findings(condition, endpoint, [subject])
                raise Missing(verdict_without(metric), no_value(self.called(subject), metric, those))
        return found

    def any_fills_its_cpus(self, condition: Measured, endpoint: Endpoint | None, subjects: Sequence[Subject]) -> bool:
        """Whether any of them would have come to more on faster CPUs; of what is loaded by requests."""
        there = [each for each in self._judged if endpoint and _is_meant(each.cell, condition, endpoint)]
        return any(each.bound is Bound.SERVER and each.cell.subject in subjects for each in there)

    def kept(self, condition: KeptCondition, subject: Subject) -> LogInterval:
        """Logarithm of the share kept; raises Missing where that can't be told."""
        workload = condition.workload
        cells = [
            each.cell
            for each in self._judged
            if each.cell.workload is workload and each.cell.subject.original == subject and not each.cell.subject.twin
        ]
        if not cells:
            raise Missing(Verdict.NOT_RUN, self._why_no_cells(workload))
        self._must_be_trusted()
        self._must_keep_the_contract(subject)
        at = max(number_of(cell) for cell in cells) if condition.at == "most" else condition.at
        if at <= condition.over:
            reason = f"{workload.value} was measured with {at:,} at most, which is not more than {condition.over:,}"
            raise Missing(Verdict.NOT_RUN, reason)
        pair = []
        for number in (at, condition.over):
            cell = next((cell for cell in cells if number_of(cell) == number), None)
            if cell is None:
                what = f"{workload.value} with {number:,} was not measured of {self.called(subject)}"
                raise Missing(Verdict.NOT_RUN, what)
            self._must_be_valid(cell.subject, [each for each in self._judged if each.cell == cell])
            pair.append(cell)
        found = kept(self._quantities, *pair)
        if found is None:
            raise Missing(Verdict.INVALID, f"{self._named(pair[0])} has no round in common with {self._named(pair[1])}")
        return found

    def unfit(self, claim: Claim) -> list[str]:
        """Whom of a claim another run would find as this one did: who breaks the contract, or whose server ended."""
        deployments = needs_of(claim).deployments or tuple(DeploymentName)
        found = {self.casting.find(name, each) for name in needs_of(claim).apps for each in deployments}
        ended = {
            each.cell.subject.original
            for each in self._judged
            if any(gate.name in _OF_THE_SERVER and not gate.held for gate in each.gates)
        }
        return sorted(self.called(each) for each in found if each and (each in self._broken or each in ended))

    def probe(self, probe: FrameworkProbe, subject: Subject) -> FrameworkProbeResult:
        """What a probe found; raises Missing where it was not tried."""
        found = [each for each in self._recorded.probes if each.probe is probe and each.subject == subject]
        if not found:
            raise Missing(Verdict.NOT_RUN, f"the probe for {probe.value} was not run on {self.called(subject)}")
        if found[-1].held is None:
            raise Missing(Verdict.INVALID, f"the probe for {probe.value} on {self.called(subject)}: {found[-1].found}")
        return found[-1]

    def probed(self, probe: FrameworkProbe, participant: str) -> list[Subject]:
        """The subjects that a probe was tried on: those of an app, or one variant and the framework's own sites."""
        app, sign, _ = participant.partition(VARIANT_SIGN)
        own = [each.subject for each in self._recorded.probes if each.probe is probe and each.subject.app == app]
        if sign:
            meant = self.casting.find(participant, DeploymentName.CONTROLLED)
            own = [each for each in own if each == meant or each.variant in {BARE_SITE, BATTERIES_SITE}]
        return list(dict.fromkeys(own))

    def why_not_probed(self, probe: FrameworkProbe, participant: str) -> str:
        """Why `probed` finds nobody."""
        app, _, _ = participant.partition(VARIANT_SIGN)
        if any(subject.app == app for subject in self._deployments):
            return f"the probe for {probe.value} was not run"
        return self.casting.why_absent(participant, DeploymentName.CONTROLLED)

    def _must_be_trusted(self) -> None:
        if self.distrust:
            raise Missing(Verdict.INVALID, f"this run can't be trusted: {self.distrust}")

    def _must_keep_the_contract(self, subject: Subject) -> None:
        if failed := self._broken.get(subject):
            raise Missing(Verdict.INVALID, f"{self.called(subject)} {contract_words(failed)}: {failed[0]}")

    def _must_declare(self, subject: Subject, endpoint: Endpoint | None) -> None:
        deployment = self._deployments.get(subject)
        declared = deployment.endpoints if deployment else None
        if endpoint is not None and declared is not None and endpoint not in declared:
            raise Missing(Verdict.NOT_RUN, f"{self.title(subject.app)} does not declare {endpoint.value}")

    def _must_be_valid(self, subject: Subject, cells: Sequence[JudgedCell]) -> None:
        own = [each for each in cells if each.cell.subject == subject]
        if not own:
            raise Missing(Verdict.NOT_RUN, f"{self.called(subject)} was not measured in it")
        if not own[0].windows.measured:
            self._must_have_come_to_it(own[0].cell)
        if own[0].reasons:
            raise Missing(Verdict.INVALID, f"{self._named(own[0].cell)}: {own[0].reasons[0]}")

    def _must_have_come_to_it(self, cell: Cell) -> None:
        """Where nothing is recorded of a cell."""
        if self._under_way:
            raise Missing(Verdict.NOT_RUN, f"the run is under way, and has not measured {self._named(cell)} yet")
        if self._recorded.run.finished_at is None:
            raise Missing(Verdict.NOT_RUN, f"the run was cut off before {self._named(cell)} was measured")

    def _why_no_cells(self, workload: Workload) -> str:
        if workload is Workload.WORKERS and (few := too_few_for_workers(self._recorded.run.plan.cpus)):
            return few
        return f"{workload.value} was not measured"

    def metric(self, condition: Measured, endpoint: Endpoint | None) -> Metric:
        """What the condition's metric is in this run: of latency as met, where no stalls were watched."""
        as_met = AS_MET.get(condition.metric)
        if as_met is None or endpoint is None or self._found(condition, endpoint, condition.metric) is not None:
            return condition.metric
        return as_met

    def _request_values(self, condition: Measured, endpoint: Endpoint, subjects: Sequence[Subject]) -> SideBySide:
        cells = [each for each in self._judged if _is_meant(each.cell, condition, endpoint)]
        self._must_be_trusted()
        if not cells:
            rate = f" at the rate '{condition.rate.value}'" if condition.rate else ""
            many = f" with {condition.connections:,} connections" if condition.connections else ""
            raise Missing(
                Verdict.NOT_RUN, f"{condition.measured_by.value} on {endpoint.value}{rate}{many} was not measured"
            )
        if why := leaves_open(condition, (each.cell for each in cells if each.cell.subject in subjects)):
            raise Missing(Verdict.NOT_RUN, why)
        for subject in subjects:
            self._must_be_valid(subject, cells)
        metric = self.metric(condition, endpoint)
        found = self._found(condition, endpoint, metric)
        if found is None:
            of, those = f"valid cells on {endpoint.value}", self._findings(condition, endpoint, subjects)
            raise Missing(verdict_without(metric), no_value(of, metric, those))
        return found

    def _findings(self, condition: Measured, endpoint: Endpoint | None, of: Sequence[Subject]) -> list[CellFinding]:
        meant = (each for each in self._cells if endpoint and _is_meant(each.cell, condition, endpoint))
        return [each for each in meant if each.cell.subject in of]

    def _found(self, condition: Measured, endpoint: Endpoint, metric: Metric) -> SideBySide | None:
        quantities: Mapping[Metric, Callable[[], ByKind]] = {
            Metric.THROUGHPUT: lambda: self._quantities.throughput,
            Metric.SERVER_CPU: lambda: self._quantities.server_cpu,
            Metric.HIGHEST_RATE: lambda: self._quantities.highest_rate,
            Metric.IN_FLIGHT: lambda: self._quantities.in_flight,
        }
        of_kind = self._quantities.latency(LATENCIES[metric]) if metric in LATENCIES else quantities[metric]()
        return next((each for kind, each in of_kind.items() if _is_meant(kind, condition, endpoint)), None)

    @cached_property
    def _crowds(self) -> Mapping[Workload, list[JudgedCrowd]]:
        return {workload: judge_crowds(self._recorded, workload) for workload in CROWDS}

    def _crowd_values(self, condition: Measured, subjects: Sequence[Subject]) -> SideBySide:
        workload = condition.measured_by
        if not self._crowds[workload]:
            raise Missing(Verdict.NOT_RUN, f"{workload.value} was not measured")
        values = {subject: self._crowd_value(condition, subject) for subject in subjects}
        kind = Kind(endpoint=CROWD_ENDPOINTS[workload], workload=workload, rate=None, connections=1)
        tried = condition.connections or max(each.cell.connections for each in self._crowds[workload])
        least = LESS_THAN_ONE / tried if condition.metric is Metric.DELIVERED else LESS_THAN_ONE
        return counts_side_by_side(kind, values, condition.metric, least, most_of(condition.metric, tried))

    def _crowd_value(self, condition: Measured, subject: Subject) -> ByRound:
        """By round; of chats, those in small rooms."""
        workload, number = condition.measured_by, condition.connections
        ladder = [
            each
            for each in self._crowds[workload]
            if each.cell.subject == subject and each.cell.room in {None, SMALL_ROOM}
        ]
        if number is not None:
            if not any(each.cell.connections == number for each in ladder):
                what = f"a {workload.value} of {number:,} was not measured of {self.called(subject)}"
                raise Missing(Verdict.NOT_RUN, what)
            ladder = [each for each in ladder if each.cell.connections <= number]
        if not ladder:
            raise Missing(Verdict.NOT_RUN, f"no {workload.value} was measured of {self.called(subject)}")
        if why := leaves_open(condition, (each.cell for each in ladder)):
            raise Missing(Verdict.NOT_RUN, why)
        for each in ladder:
            if not (each.windows or each.lost or each.skipped):
                self._must_have_come_to_it(each.cell)
            if each.reasons:
                raise Missing(Verdict.INVALID, f"{self._named(each.cell)}: {each.reasons[0]}")
        found, tried = metric_by_round(ladder, condition.metric, number), ladder[-1].cell.connections
        if why := asks_no_more(condition, tried, found, self.called(subject)):
            raise Missing(Verdict.NOT_RUN, why)
        return found

    def _footprint_values(self, metric: Metric) -> Values:
        planned = [cell for cell in self._recorded.run.plan.cells if cell.workload is Workload.FOOTPRINT]
        if not planned:
            raise Missing(Verdict.NOT_RUN, "footprint was not measured")
        if metric in OF_STARTS and not self._recorded.starts:
            self._must_have_come_to_it(planned[0])
        if metric in OF_STARTS:
            return footprints_side_by_side(self._recorded, metric)
        return Exact({subject: found for subject, each in self._deployments.items() if (found := _count(metric, each))})


def _count(metric: Metric, deployment: Deployment) -> int | None:
    framework = deployment.framework
    if framework is None:
        return None
    return framework.size_bytes if metric is Metric.INSTALLED else len(framework.distributions)


def _is_meant(kind: Kind | Cell, condition: Measured, endpoint: Endpoint) -> bool:
    return (
        kind.workload is condition.measured_by
        and kind.endpoint is endpoint
        and kind.rate == condition.rate
        and condition.connections in {None, kind.connections}
    )
