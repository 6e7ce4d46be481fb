"""The section on interpreters: the same app, deployed alike, on different ones, each held against the first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from harness.model.cell import Subject, Workload
from harness.model.findings import CellFinding, Estimate, Findings
from harness.model.naming import deployed_words, server_words
from harness.model.run import Deployment, Run
from harness.report.numbers import Reading, reading
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.ratios import RatioBook, ShownRatio, capacity_ratios_name, cpu_ratios_name
from harness.report.view.terms import Lack, endpoints_under, is_capacity, lack_of_cpu

_ON: Final = "on "
"""Begins the words of a revision that is the app on another interpreter."""


@dataclass(frozen=True, slots=True)
class InterpreterRow:
    """One deployment on one interpreter; what is not known is None."""

    label: SubjectLabel
    deployment: str
    """Variant and server."""
    interpreter: str
    cpu: Reading | None
    """Microseconds of server CPU for a request."""
    over: ShownRatio | None
    """How many times that on the first interpreter it is; None of the first itself."""
    capacity: ShownRatio | None
    """Requests a second, as a multiple of what the app answers on the first."""
    first: bool
    """Whether the others are held against this."""
    lack: Lack | None


@dataclass(frozen=True, slots=True)
class OnInterpreters:
    """One endpoint; the rows of an app's deployment stand together, in the order of the interpreters."""

    endpoint: str
    rows: tuple[InterpreterRow, ...]


@dataclass(frozen=True, slots=True)
class InterpretersView:
    """All that was measured on several interpreters; empty where nothing was."""

    endpoints: tuple[OnInterpreters, ...]
    not_available: tuple[tuple[str, str], ...]
    """What was asked for and could not be had, and why."""


def interpreters_view(run: Run, findings: Findings, book: RatioBook, cast: Cast) -> InterpretersView:
    """By endpoint, app and variant."""
    alike: dict[tuple[str, str], dict[Subject, Deployment]] = {}
    for each in run.deployments:
        if each.subject.is_original:
            alike.setdefault(each.subject.kin, {})[each.subject] = each
    several = [own for own in alike.values() if len(own) > 1 and (run.plan.pythons[1:] or _differ(own.values()))]
    groups = []
    for endpoint in endpoints_under(findings.cells, Workload.CAPACITY):
        cells = [each for each in findings.cells if is_capacity(each, endpoint)]
        rows = [
            row
            for own in several
            for row in _rows(own, [each for each in cells if each.cell.subject in own], book, cast)
        ]
        groups += [OnInterpreters(endpoint.value, tuple(rows))] if rows else []
    return InterpretersView(tuple(groups), tuple((each.what, each.why) for each in run.not_available))


def _differ(deployments: Iterable[Deployment]) -> bool:
    return len({each.interpreter for each in deployments}) > 1


def _rows(
    own: Mapping[Subject, Deployment], cells: Sequence[CellFinding], book: RatioBook, cast: Cast
) -> Iterator[InterpreterRow]:
    """Of one endpoint."""
    first = next((each.cell.subject for each in cells if _cpu(each)), None)
    for each in cells:
        subject, cpu, endpoint = each.cell.subject, _cpu(each), each.cell.endpoint
        of = None if cpu is None or subject == first else first
        deployed = own[subject]
        server = server_words(deployed.title, deployed.server, own=deployed.on_own_server)
        yield InterpreterRow(
            label=cast.label(subject),
            deployment=deployed_words(subject.variant, server),
            interpreter=_told(deployed),
            cpu=reading(cpu) if cpu else None,
            over=book.shown(cpu_ratios_name(endpoint), subject, of) if of else None,
            capacity=book.shown(capacity_ratios_name(endpoint), subject, of) if of else None,
            first=subject == first,
            lack=lack_of_cpu(each, cpu),
        )


def _told(deployment: Deployment) -> str:
    """Version and build; and where it is from, as the run was asked for it, where that tells more."""
    words, build = deployment.revision or "", deployment.interpreter.words
    asked = words.removeprefix(_ON) if words.startswith(_ON) else build
    return asked if build in asked else f"{build}, {asked}"


def _cpu(finding: CellFinding) -> Estimate | None:
    return finding.server_cpu_us_per_request if finding.valid else None
