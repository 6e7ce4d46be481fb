"""What each subject takes by being there: its start-up, its memory, what is installed for it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from harness.analysis.counts import estimate_over_rounds
from harness.analysis.outages import reason_of, started
from harness.analysis.per_round import ByRound, per_round_side_by_side
from harness.analysis.side_by_side import SideBySide
from harness.model.app import Endpoint
from harness.model.cell import Cell, Kind, Subject, Workload
from harness.model.claim import Metric
from harness.model.findings import Comparison, Estimate, FootprintFinding
from harness.model.run import Deployment, Start
from harness.model.validity import Gate
from harness.results.records import RecordedRun

type Quantity = Callable[[Start], float | None]

START_S: Final[Quantity] = lambda start: start.start_s  # noqa: E731 - four of a kind
IMPORT_S: Final[Quantity] = lambda start: start.import_s  # noqa: E731
MEMORY_IDLE: Final[Quantity] = lambda start: start.pss_idle_bytes or start.charged_idle_bytes  # noqa: E731
MEMORY_LOADED: Final[Quantity] = lambda start: start.pss_loaded_bytes or start.charged_loaded_bytes  # noqa: E731
"""Proportional set size: memory shared by several processes counts once. Where that can't be read, what the control
group of the container is charged."""

OF_STARTS: Final[Mapping[Metric, Quantity]] = {
    Metric.START: START_S,
    Metric.IMPORT: IMPORT_S,
    Metric.MEMORY_IDLE: MEMORY_IDLE,
    Metric.MEMORY_LOADED: MEMORY_LOADED,
}
"""What each start of a server gives a value of."""

_KIND: Final = Kind(endpoint=Endpoint.HELLO, workload=Workload.FOOTPRINT, rate=None, connections=1)


@dataclass(frozen=True)
class JudgedFootprint:
    """The starts of one subject whose footprint was asked for, and whether they are worth a number."""

    cell: Cell
    starts: tuple[Start, ...]
    gate: Gate

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is invalid."""
        return () if self.gate.held else (reason_of(self.gate),)


def judge_footprints(recorded: RecordedRun) -> list[JudgedFootprint]:
    """All planned footprints, in the order of the plan."""
    cells = [cell for cell in recorded.run.plan.cells if cell.workload is Workload.FOOTPRINT]
    own = [tuple(start for start in recorded.starts if start.subject == cell.subject) for cell in cells]
    return [JudgedFootprint(cell, starts, started(starts)) for cell, starts in zip(cells, own, strict=True)]


def footprints_side_by_side(recorded: RecordedRun, metric: Metric) -> SideBySide:
    """A quantity of all subjects in their usual deployment that started, the A/A pair's second copy among them."""
    subjects = [subject for subject in recorded.run.plan.subjects if subject.is_original or subject.twin]
    values = {subject: by_round(recorded.starts, subject, OF_STARTS[metric]) for subject in subjects}
    return per_round_side_by_side(_KIND, values, metric)


def start_comparisons(recorded: RecordedRun) -> dict[str, tuple[Comparison, ...]]:
    """All pairs, by metric, as claims hold them against each other; none where no footprint was asked for."""
    if not any(cell.workload is Workload.FOOTPRINT for cell in recorded.run.plan.cells):
        return {}
    return {metric.value: footprints_side_by_side(recorded, metric).comparisons() for metric in OF_STARTS}


def by_round(starts: Iterable[Start], subject: Subject, quantity: Quantity) -> ByRound:
    """A quantity of a subject's starts. Of several records of one round, the last holds: more was known by then."""
    last = {start.round_index: start for start in starts if start.subject == subject}
    found = ((index, quantity(start)) for index, start in last.items() if start.fault is None)
    return {index: value for index, value in found if value}


def footprint_findings(recorded: RecordedRun, deployments: Sequence[Deployment]) -> tuple[FootprintFinding, ...]:
    """Of all subjects whose footprint was asked for, in the order of the plan."""
    installed = {deployment.subject: deployment for deployment in deployments}
    found = []
    for judged in judge_footprints(recorded):
        cell, own = judged.cell, judged.starts
        deployment = installed.get(cell.subject)
        framework = deployment.framework if deployment else None

        def shown(
            quantity: Quantity, subject: Subject = cell.subject, starts: Sequence[Start] = own
        ) -> Estimate | None:
            return estimate_over_rounds(by_round(starts, subject, quantity))

        found.append(
            FootprintFinding(
                cell=cell,
                valid=not judged.reasons,
                reasons=judged.reasons,
                gates=(judged.gate,),
                rounds=len(by_round(own, cell.subject, START_S)),
                start_s=shown(START_S),
                import_s=shown(IMPORT_S),
                memory_idle_bytes=shown(MEMORY_IDLE),
                memory_loaded_bytes=shown(MEMORY_LOADED),
                installed_bytes=framework.size_bytes if framework else None,
                dependencies=framework.distributions[1:] if framework else None,
                image_bytes=deployment.image.size_bytes if deployment and deployment.image else None,
            )
        )
    return tuple(found)
