"""What each subject takes by being there: its start-up, its memory, what is installed for it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from harness.analysis.feeds import of_rounds
from harness.analysis.gates import started
from harness.analysis.per_round import ByRound
from harness.model.cell import Subject, Workload
from harness.model.findings import Estimate, FootprintFinding
from harness.model.run import Deployment, Start
from harness.results.records import RecordedRun

type Quantity = Callable[[Start], float | None]

START_S: Final[Quantity] = lambda start: start.start_s  # noqa: E731 - four of a kind
IMPORT_S: Final[Quantity] = lambda start: start.import_s  # noqa: E731
MEMORY_IDLE: Final[Quantity] = lambda start: start.pss_idle_bytes or start.charged_idle_bytes  # noqa: E731
MEMORY_LOADED: Final[Quantity] = lambda start: start.pss_loaded_bytes or start.charged_loaded_bytes  # noqa: E731
"""Proportional set size: memory shared by several processes counts once. Where that can't be read, what the control
group of the container is charged."""


def by_round(starts: Iterable[Start], subject: Subject, quantity: Quantity) -> ByRound:
    """A quantity of a subject's starts. Of several records of one round, the last holds: more was known by then."""
    last = {start.round_index: start for start in starts if start.subject == subject}
    found = ((index, quantity(start)) for index, start in last.items() if start.fault is None)
    return {index: value for index, value in found if value}


def footprint_findings(recorded: RecordedRun, deployments: Sequence[Deployment]) -> tuple[FootprintFinding, ...]:
    """Of all subjects whose footprint was asked for, in the order of the plan."""
    installed = {deployment.subject: deployment for deployment in deployments}
    found = []
    for cell in recorded.run.plan.cells:
        if cell.workload is not Workload.FOOTPRINT:
            continue
        own = [start for start in recorded.starts if start.subject == cell.subject]
        gate = started(own)
        deployment = installed.get(cell.subject)
        framework = deployment.framework if deployment else None

        def shown(
            quantity: Quantity, subject: Subject = cell.subject, starts: Sequence[Start] = own
        ) -> Estimate | None:
            interval = of_rounds(by_round(starts, subject, quantity))
            return interval.estimate() if interval else None

        found.append(
            FootprintFinding(
                cell=cell,
                valid=gate.held,
                reasons=() if gate.held else (f"{gate.name.value}: {gate.explanation}",),
                gates=(gate,),
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
