"""The section on overhead: the CPU time that a framework adds to the bare interface on the same server."""

from dataclasses import dataclass

from harness.model.app import Endpoint
from harness.model.findings import Findings, Overhead
from harness.report.figure.axes import zero_axis
from harness.report.figure.spec import Caption, DotPlot, DotRow, Mark, ReferenceLine
from harness.report.numbers import Reading, reading
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.cpu_per_request import MICROSECONDS
from harness.report.view.terms import INTERFACE_LEGEND, shape, tone


@dataclass(frozen=True, slots=True)
class OverheadRow:
    """What one subject adds."""

    label: SubjectLabel
    baseline: SubjectLabel
    added: Reading
    times_baseline: Reading


@dataclass(frozen=True, slots=True)
class EndpointOverhead:
    """One endpoint's overheads, smallest first."""

    endpoint: str
    rows: tuple[OverheadRow, ...]
    libraries: str
    """Head of the column that says what reads rows and writes JSON; empty where there is none."""
    plot: DotPlot

    @property
    def told(self) -> str:
        """Which framework adds least; empty where there is none."""
        least = next((row for row in self.rows if row.label.is_framework), None)
        if least is None:
            return ""
        doubt = ", which may be nothing" if least.added.lowest <= 0 else ""
        return f"{least.label.in_sentence} adds least: {least.added.with_unit(MICROSECONDS)}{doubt}."


@dataclass(frozen=True, slots=True)
class OverheadView:
    """Overhead by endpoint; empty where no baseline was measured."""

    endpoints: tuple[EndpointOverhead, ...]


def overhead_view(findings: Findings, cast: Cast) -> OverheadView:
    """All overheads of the run."""
    seen = {overhead.endpoint for overhead in findings.overheads}
    return OverheadView(tuple(_endpoint(findings, cast, endpoint) for endpoint in Endpoint if endpoint in seen))


def _endpoint(findings: Findings, cast: Cast, endpoint: Endpoint) -> EndpointOverhead:
    overheads = sorted(
        (each for each in findings.overheads if each.endpoint is endpoint), key=lambda each: each.added_us.value
    )
    rows = tuple(
        OverheadRow(
            cast.label(each.subject), cast.label(each.baseline), reading(each.added_us), reading(each.times_baseline)
        )
        for each in overheads
    )
    bounds = [bound for each in overheads for bound in (each.added_us.low, each.added_us.value, each.added_us.high)]
    plot = DotPlot(
        Caption(
            name=f"overhead-{endpoint.value}",
            title=f"CPU time added to the baseline on {endpoint.value}",
            description="Microseconds of server CPU per request beyond those of the bare interface on the same server, "
            "with 95 % intervals; the table below holds the same numbers.",
            text="Zero is the baseline: an app with no framework on the same server. Where a bar reaches zero, no "
            "overhead was shown.",
            legend=INTERFACE_LEGEND,
        ),
        zero_axis("µs of CPU added to each request, less is better", bounds),
        tuple(_dot_row(each, cast) for each in overheads),
        reference=ReferenceLine(0.0, "baseline"),
    )
    return EndpointOverhead(endpoint.value, rows, cast.libraries_head(endpoint), plot)


def _dot_row(overhead: Overhead, cast: Cast) -> DotRow:
    label, added = cast.label(overhead.subject), overhead.added_us
    shown = reading(added)
    hover = f"{shown.with_unit(MICROSECONDS)} above {cast.label(overhead.baseline).in_sentence}"
    mark = Mark(added.value, added.low, added.high, shape(label), tone(label), hover)
    return DotRow(
        label.title,
        label.deployment,
        (mark,),
        value=shown.value,
        interval=shown.interval_beside,
        href=label.href,
        key=label.key,
    )
