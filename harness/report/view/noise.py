"""The sections on the noise floor and on sanity checks."""

from dataclasses import dataclass

from harness.model.cell import Workload
from harness.model.findings import MIN_TIE_MARGIN, Comparison, Findings, SanityCheck
from harness.report.figure.axes import ratio_axis
from harness.report.figure.spec import Caption, DotPlot, DotRow, Mark, ReferenceLine, Shape
from harness.report.numbers import Reading, percent, reading
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.terms import RATE_WORDS, tone


@dataclass(frozen=True, slots=True)
class PairRow:
    """The A/A ratio on one kind of cell."""

    what: str
    ratio: Reading
    verdict: str


@dataclass(frozen=True, slots=True)
class NoiseView:
    """How far apart two copies of the same app came out; `subject` is None without an A/A pair."""

    subject: SubjectLabel | None
    floor: str
    """Empty where the pair has no valid capacity in common."""
    tie_margin: str
    latency_tie_margin: str
    """The margin for latencies, which scatter otherwise; empty where none were ranked."""
    floor_decides: bool
    """Whether the noise floor, and not the fixed smallest margin, sets the tie margin."""
    rows: tuple[PairRow, ...]
    plot: DotPlot | None


@dataclass(frozen=True, slots=True)
class SanityView:
    """Things that must be so if the numbers are true, by whether they were."""

    failed: tuple[SanityCheck, ...]
    held: tuple[SanityCheck, ...]


def noise_view(findings: Findings, cast: Cast) -> NoiseView:
    """The A/A pair of the run."""
    noise = findings.noise
    label = cast.label(noise.subject) if noise.subject else None
    latency_margins = {each.tie_margin for each in findings.rankings if each.workload is Workload.LATENCY}
    rows = tuple(
        PairRow(
            _what(pair), reading(pair.ratio), "no difference" if pair.tied else "a difference, though there is none"
        )
        for pair in noise.pairs
    )
    return NoiseView(
        subject=label,
        floor=percent(noise.relative) if noise.relative is not None else "",
        tie_margin=percent(noise.tie_margin),
        latency_tie_margin=", ".join(percent(margin) for margin in sorted(latency_margins)),
        floor_decides=noise.tie_margin > MIN_TIE_MARGIN,
        rows=rows,
        plot=_plot(noise.pairs, label, noise.tie_margin) if label and noise.pairs else None,
    )


def sanity_view(findings: Findings) -> SanityView:
    """All checks that the run had the cells for."""
    return SanityView(
        failed=tuple(check for check in findings.sanity if not check.held),
        held=tuple(check for check in findings.sanity if check.held),
    )


def _what(pair: Comparison) -> str:
    rate = f" {RATE_WORDS[pair.rate]}" if pair.rate else ""
    return f"{pair.endpoint.value}, {pair.workload.value}{rate}"


def _plot(pairs: tuple[Comparison, ...], label: SubjectLabel, margin: float) -> DotPlot:
    rows = []
    for pair in pairs:
        ratio, shown = pair.ratio, reading(pair.ratio)
        hover = f"{_what(pair)}: {shown.with_unit('')}"
        rate = f" {RATE_WORDS[pair.rate]}" if pair.rate else ""
        mark = Mark(ratio.value, ratio.low, ratio.high, Shape.DOT, tone(label), hover)
        rows.append(
            DotRow(pair.endpoint.value, pair.workload.value + rate, (mark,), value=shown.value, interval=shown.interval)
        )
    stretch = (1 / (1 + margin), 1 + margin)
    bounds = [bound for pair in pairs for bound in (pair.ratio.low, pair.ratio.high)]
    return DotPlot(
        Caption(
            name="noise",
            title="Ratio of the two copies of the same app",
            description="For each kind of cell, the ratio of one copy's result to the other's with its 95 % interval; "
            "the truth is 1. The table below holds the same numbers.",
            text=f"The true ratio is 1. The shaded stretch is the tie margin for throughput, {percent(margin)}.",
        ),
        ratio_axis("ratio of the two copies", [*bounds, *stretch]),
        tuple(rows),
        reference=ReferenceLine(1.0, "no difference"),
        margin=stretch,
    )
