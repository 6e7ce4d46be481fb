"""The section on growth: what is kept of the throughput with many routes, and gained with more server processes."""

from collections.abc import Callable
from dataclasses import dataclass

from harness.model.cell import Subject, Workload
from harness.model.findings import CellFinding, Change, Findings
from harness.model.host_speed import HostQuantity
from harness.report.figure.axes import zero_axis
from harness.report.figure.spec import Caption, DotPlot, DotRow, Mark, ReferenceLine
from harness.report.numbers import Reading, listed, percent, reading
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.terms import INTERFACE_LEGEND, INVALID, Lack, lack, shape, tone

_PERCENT = 100.0


@dataclass(frozen=True, slots=True)
class GrowthRow:
    """One subject with one number of routes or processes, beside the usual one."""

    label: SubjectLabel
    grown: str
    usual: Reading | None
    special: Reading | None
    kept_percent: Reading | None
    lack: Lack | None


@dataclass(frozen=True, slots=True)
class GrowthTable:
    """One workload."""

    name: str
    heading: str
    text: str
    column: str
    alike: str
    """With what, where that is the same in every row; otherwise empty."""
    plot: DotPlot | None
    rows: tuple[GrowthRow, ...]
    endpoint: str
    libraries: str
    """What the column on ORM, driver and serializer is headed with; empty where there is none."""


@dataclass(frozen=True, slots=True)
class GrowthView:
    """Empty where neither was measured."""

    tables: tuple[GrowthTable, ...]


def growth_view(findings: Findings, cast: Cast) -> GrowthView:
    """What is kept, most first."""
    routes = _table(
        findings,
        cast,
        Workload.ROUTES,
        "Many routes",
        "The same request to a server whose app registers other routes before the one that is asked for, as in a large "
        "application.",
        lambda subject: f"{subject.extra_routes:,} other routes",
    )
    workers = _table(
        findings,
        cast,
        Workload.WORKERS,
        "More server processes",
        "The same request to several server processes, with a CPU for each, and as many times the connections. 100 % "
        "is as many times the throughput.",
        lambda subject: f"{subject.workers} processes",
    )
    return GrowthView(tuple(each for each in (routes, workers) if each))


def _table(  # noqa: PLR0913, PLR0917 - the words of one workload
    findings: Findings, cast: Cast, workload: Workload, heading: str, text: str, grown: Callable[[Subject], str]
) -> GrowthTable | None:
    cells = {each.cell.subject: each for each in findings.cells if each.cell.workload is workload}
    changes = {each.subject: each for each in findings.changes if each.workload is workload}
    special = [subject for subject in cells if not subject.is_original]
    if not special:
        return None
    special.sort(key=lambda subject: -changes[subject].kept.value if subject in changes else 0.0)
    words = list(dict.fromkeys(map(grown, special)))
    return GrowthTable(
        name=workload.value,
        alike=words[0] if len(words) == 1 else "",
        heading=heading,
        text=text,
        column="Kept, %" if workload is Workload.ROUTES else "Of as many times, %",
        plot=_plot(workload, heading, [changes[each] for each in special if each in changes], findings, cast, grown),
        rows=tuple(
            _row(cells[subject], cells.get(subject.original), changes.get(subject), cast, grown(subject))
            for subject in special
        ),
        endpoint=cells[special[0]].cell.endpoint.value,
        libraries=cast.libraries_head(cells[special[0]].cell.endpoint),
    )


def _row(finding: CellFinding, usual: CellFinding | None, change: Change | None, cast: Cast, grown: str) -> GrowthRow:
    lacks = [lacking for each in (finding, usual) if each is not None and (lacking := lack(each))]
    reasons = "; ".join(each.why for each in lacks if each.why)
    return GrowthRow(
        label=cast.label(finding.cell.subject.original),
        grown=grown,
        usual=reading(usual.throughput_rps) if usual and usual.throughput_rps else None,
        special=reading(finding.throughput_rps) if finding.throughput_rps else None,
        kept_percent=reading(change.kept, _PERCENT) if change else None,
        lack=Lack(INVALID, reasons) if reasons else next(iter(lacks), None),
    )


def _more_than_all(changes: list[Change], findings: Findings, cast: Cast) -> str:
    """What to make of a server that is surely faster with other routes, and what the host did meanwhile."""
    above = [each.subject for each in changes if each.workload is Workload.ROUTES and each.kept.low > 1]
    if not above:
        return ""
    names = listed([cast.label(subject.original).in_sentence for subject in above])
    told = f" Other routes hardly make a request faster: more than 100 %, as of {names}, is chance or the host's doing."
    for each in findings.host_dependence:
        if each.quantity is HostQuantity.SPEED and each.found and each.least in above:
            name = cast.label(each.least.original).in_sentence
            faster = percent(-each.least_excess)
            told += f" Under {name} with them the CPU was {faster} faster; that is out as far as figures follow it."
    return told


def _plot(  # noqa: PLR0913, PLR0917 - the words of one workload
    workload: Workload,
    heading: str,
    changes: list[Change],
    findings: Findings,
    cast: Cast,
    grown: Callable[[Subject], str],
) -> DotPlot | None:
    if not changes:
        return None
    alike = len({grown(each.subject) for each in changes}) == 1
    rows = []
    for each in changes:
        label, shown = cast.label(each.subject.original), reading(each.kept, _PERCENT)
        mark = Mark(
            each.kept.value * _PERCENT,
            each.kept.low * _PERCENT,
            each.kept.high * _PERCENT,
            shape(label),
            tone(label),
            shown.with_unit("%"),
        )
        detail = label.deployment if alike else f"{grown(each.subject)}; {label.deployment}"
        rows.append(
            DotRow(
                label.title,
                detail,
                (mark,),
                value=f"{shown.value} %",
                interval=shown.interval_beside,
                href=label.href,
                key=label.key,
            )
        )
    more = _more_than_all(changes, findings, cast)
    bounds = [bound * _PERCENT for each in changes for bound in (each.kept.low, each.kept.high)]
    return DotPlot(
        Caption(
            name=f"growth-{workload.value}",
            title=f"{heading}: throughput kept",
            description="For each subject, the share of its throughput, with its 95 % interval; the table below holds "
            "the same numbers.",
            text=f"The share of the throughput that is left, with its 95 % interval; formed within rounds.{more}",
            legend=INTERFACE_LEGEND,
        ),
        zero_axis("% of the throughput, more is better", [*bounds, _PERCENT]),
        tuple(rows),
        reference=ReferenceLine(_PERCENT, "all of it"),
    )
