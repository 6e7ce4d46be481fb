"""The sections on the A/A pair and on sanity checks."""

from dataclasses import dataclass

from harness.model.findings import TIE_MARGIN, Comparison, CopiesTest, Findings, SanityCheck
from harness.model.naming import RATE_WORDS
from harness.report.figure.axes import ratio_axis
from harness.report.figure.spec import Caption, DotPlot, DotRow, Mark, ReferenceLine, Shape
from harness.report.numbers import Reading, percent, reading
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.terms import tone


@dataclass(frozen=True, slots=True)
class PairRow:
    """The A/A ratio on one kind of cell."""

    what: str
    ratio: Reading
    verdict: str


@dataclass(frozen=True, slots=True)
class CopiesView:
    """How two copies of the same app came out; `subject` is None without an A/A pair."""

    subject: SubjectLabel | None
    inside: int
    """How many intervals contain 1."""
    allowed: int
    """How many may lack it by chance."""
    distrust: str
    """Why the run can't be trusted; empty where it can."""
    broken: str
    """That the app breaks the contract, and that its copies test the run all the same; empty where it does not."""
    tie_margin: str
    rows: tuple[PairRow, ...]
    plot: DotPlot | None


@dataclass(frozen=True, slots=True)
class SanityView:
    """Things that must be so if the numbers are true, by whether they were."""

    failed: tuple[SanityCheck, ...]
    held: tuple[SanityCheck, ...]


def copies_view(findings: Findings, cast: Cast) -> CopiesView:
    """The A/A pair of the run."""
    copies = findings.copies
    label = cast.label(copies.subject) if copies.subject else None
    rows = tuple(
        PairRow(
            _what(pair), reading(pair.ratio), "no difference" if pair.tied else "a difference, though there is none"
        )
        for pair in copies.pairs
    )
    return CopiesView(
        subject=label,
        inside=len(copies.pairs) - copies.outside,
        allowed=copies.allowed,
        distrust=copies.distrust or "",
        broken=broken_words(copies, cast),
        tie_margin=percent(TIE_MARGIN),
        rows=rows,
        plot=_plot(copies.pairs, label) if label and copies.pairs else None,
    )


def broken_words(copies: CopiesTest, cast: Cast) -> str:
    """What it means that the app which ran twice breaks the contract; empty where it does not.

    Which app runs twice is planned before any of them is checked.
    """
    broken = cast.label(copies.subject).broken if copies.subject else ""
    if not broken:
        return ""
    alike = ". Its copies test the run all the same: they do alike whatever it does wrong" if copies.pairs else ""
    return f"The app {broken}, so it takes no rank{alike}."


def sanity_view(findings: Findings) -> SanityView:
    """All checks that the run had the cells for."""
    return SanityView(
        failed=tuple(check for check in findings.sanity if not check.held),
        held=tuple(check for check in findings.sanity if check.held),
    )


def _what(pair: Comparison) -> str:
    rate = f" {RATE_WORDS[pair.rate]}" if pair.rate else ""
    return f"{pair.endpoint.value}, {pair.figure.name if pair.figure else pair.workload.value}{rate}"


def _plot(pairs: tuple[Comparison, ...], label: SubjectLabel) -> DotPlot:
    rows = []
    for pair in pairs:
        ratio, shown = pair.ratio, reading(pair.ratio)
        what = pair.figure.name if pair.figure else pair.workload.value
        mark = Mark(ratio.value, ratio.low, ratio.high, Shape.DOT, tone(label), shown.with_unit(""))
        rows.append(DotRow(pair.endpoint.value, what, (mark,), value=shown.value, interval=shown.interval_beside))
    bounds = [bound for pair in pairs for bound in (pair.ratio.low, pair.ratio.high)]
    return DotPlot(
        Caption(
            name="copies",
            title="Ratio of the two copies of the same app",
            description="For each kind of cell, the ratio of one copy's result to the other's with its 95 % interval; "
            "the truth is 1. The table below holds the same numbers.",
            text="The true ratio is 1: of intervals that hold what they promise, 19 in 20 contain it.",
        ),
        ratio_axis("ratio of the two copies", [*bounds, 1.0]),
        tuple(rows),
        reference=ReferenceLine(1.0, "no difference"),
    )
