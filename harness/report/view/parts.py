"""The section on what a part of an app costs: the app with it against the same app without it."""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.model.app import CONTROLLED
from harness.model.cell import Workload
from harness.model.findings import Findings
from harness.model.run import Deployment, Run
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.ratios import RatioBook, ShownRatio, capacity_ratios_name, cpu_ratios_name
from harness.report.view.terms import endpoints_under


@dataclass(frozen=True, slots=True)
class PartRow:
    """What the part costs on one endpoint; both ratios are with it over without it, None where that is not known."""

    part: str
    """`Django, its ORM`, `Flask, an ORM`"""
    endpoint: str
    with_it: SubjectLabel
    without_it: SubjectLabel
    cpu: ShownRatio | None
    capacity: ShownRatio | None


@dataclass(frozen=True, slots=True)
class PartsView:
    """All parts that an app was measured with and without; empty where none was."""

    rows: tuple[PartRow, ...]


def parts_view(run: Run, findings: Findings, book: RatioBook, cast: Cast) -> PartsView:
    """On every endpoint that capacities were measured on: where the part is not in use, the ratio is about 1."""
    return PartsView(tuple(_rows(run, findings, book, cast)))


def _rows(run: Run, findings: Findings, book: RatioBook, cast: Cast) -> Iterator[PartRow]:
    for other in run.deployments:
        part = other.without or other.adds
        usual = _usual(other, run) if part else None
        if usual is None:
            continue
        a, b = (usual.subject, other.subject) if other.without else (other.subject, usual.subject)
        for endpoint in endpoints_under(findings.cells, Workload.CAPACITY):
            yield PartRow(
                part=f"{other.title}, {part}",
                endpoint=endpoint.value,
                with_it=cast.label(a),
                without_it=cast.label(b),
                cpu=book.shown(cpu_ratios_name(endpoint), a, b),
                capacity=book.shown(capacity_ratios_name(endpoint), a, b),
            )


def _usual(other: Deployment, run: Run) -> Deployment | None:
    """The same app, of the same revision, as it is compared with others."""
    return next(
        (
            each
            for each in run.deployments
            if each.subject.app == other.subject.app and CONTROLLED in {each.subject.variant, *each.also}
        ),
        None,
    )
