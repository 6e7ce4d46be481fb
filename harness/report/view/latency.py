"""The section on latency: p99 ranked, percentile curves and the table of percentiles, by endpoint and rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from harness.model.app import Endpoint
from harness.model.cell import RateRule, Workload
from harness.model.findings import CellFinding, Findings, Ranking
from harness.report.figure.spec import Caption, CurveGrid
from harness.report.numbers import NBSP, NOTHING, Reading, reading, significant
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.curves import MS_PER_US, curve_grid, p99, percentile
from harness.report.view.ranking import RankingTable, Scale, rank_text, ranking_caption, ranking_table
from harness.report.view.terms import RATE_SLUG, RATE_WORDS, endpoints_under, reason

MILLISECONDS: Final = Scale(MS_PER_US, "ms", "p99 latency in milliseconds, less is better", p99)
SHOWN_QUANTILES: Final = (0.5, 0.9, 0.99, 0.999, 1.0)
QUANTILE_NAMES: Final = ("p50", "p90", "p99", "p99.9", "max")


@dataclass(frozen=True, slots=True)
class PercentileRow:
    """One subject's percentiles."""

    rank: str
    label: SubjectLabel
    offered: str
    percentiles: tuple[Reading | None, ...]
    """In the order of `QUANTILE_NAMES`."""
    service_time_p99: str
    schedule_lag_p99: str
    invalid: str


@dataclass(frozen=True, slots=True)
class LatencyGroup:
    """All subjects on one endpoint at rates found by one rule."""

    slug: str
    endpoint: str
    rate: str
    offered: str
    """The rate itself where it is the same for all, otherwise empty."""
    ranking: RankingTable
    curves: CurveGrid | None
    percentiles: tuple[PercentileRow, ...]


@dataclass(frozen=True, slots=True)
class LatencyView:
    """All latency groups, the common rate first: only there does everyone face the same load."""

    groups: tuple[LatencyGroup, ...]
    quantile_names: tuple[str, ...] = QUANTILE_NAMES


def latency_view(findings: Findings, cast: Cast) -> LatencyView:
    """The latency cells grouped by rate rule and endpoint."""
    groups = []
    for rate in (RateRule.COMMON, RateRule.HALF, RateRule.HIGH):
        for endpoint in endpoints_under(findings.cells, Workload.LATENCY):
            cells = [
                finding
                for finding in findings.cells
                if finding.cell.workload is Workload.LATENCY
                and finding.cell.endpoint is endpoint
                and finding.cell.rate is rate
            ]
            if cells:
                groups.append(_group(findings, cast, endpoint, rate, cells))
    return LatencyView(tuple(groups))


def _group(
    findings: Findings, cast: Cast, endpoint: Endpoint, rate: RateRule, cells: Sequence[CellFinding]
) -> LatencyGroup:
    slug = f"latency-{endpoint.value}-{RATE_SLUG[rate]}"
    ranking = next(
        (
            each
            for each in findings.rankings
            if each.workload is Workload.LATENCY and each.endpoint is endpoint and each.rate is rate
        ),
        Ranking(
            endpoint=endpoint,
            workload=Workload.LATENCY,
            rate=rate,
            unit="p99, us",
            higher_is_better=False,
            rows=(),
            invalid=(),
        ),
    )
    caption = Caption(
        name=f"{slug}-p99",
        title=f"p99 latency on {endpoint.value} {RATE_WORDS[rate]}",
        description="The time within which 99 of 100 requests were answered, for each subject, with 95 % intervals; "
        "the table below holds the same numbers.",
        text=ranking_caption(ranking.tie_margin),
    )
    ranks = {row.subject.key: rank_text(row) for row in ranking.rows}
    order = {row.subject.key: place for place, row in enumerate(ranking.rows)}
    ordered = sorted(cells, key=lambda finding: (order.get(finding.cell.subject.key, len(order)), _slowness(finding)))
    return LatencyGroup(
        slug=slug,
        endpoint=endpoint.value,
        rate=RATE_WORDS[rate],
        offered=common_rate(cells) or "",
        ranking=ranking_table(ranking, cells, cast, MILLISECONDS, caption),
        curves=curve_grid(ordered, cast, f"{slug}-curves", f"on {endpoint.value} {RATE_WORDS[rate]}"),
        percentiles=tuple(
            _percentile_row(finding, cast, ranks.get(finding.cell.subject.key, NOTHING)) for finding in ordered
        ),
    )


def _slowness(finding: CellFinding) -> tuple[bool, float]:
    """Sorts what takes no rank: valid cells by their p99, invalid ones last."""
    estimate = p99(finding)
    return not finding.valid, estimate.value if estimate else float("inf")


def common_rate(cells: Sequence[CellFinding]) -> str | None:
    """The offered rate as text where all cells had the same one."""
    rates = {significant(finding.offered_rps) for finding in cells if finding.offered_rps is not None}
    return f"{rates.pop()}{NBSP}requests/s" if len(rates) == 1 else None


def _percentile_row(finding: CellFinding, cast: Cast, rank: str) -> PercentileRow:
    def at(quantile: float) -> Reading | None:
        estimate = percentile(finding, quantile)
        return reading(estimate, MILLISECONDS.factor) if estimate else None

    return PercentileRow(
        rank=rank,
        label=cast.label(finding.cell.subject),
        offered=significant(finding.offered_rps) if finding.offered_rps is not None else NOTHING,
        percentiles=tuple(at(quantile) for quantile in SHOWN_QUANTILES),
        service_time_p99=_milliseconds(finding.service_time_p99_us),
        schedule_lag_p99=_milliseconds(finding.schedule_lag_p99_us),
        invalid="" if finding.valid else reason(finding),
    )


def _milliseconds(microseconds: float | None) -> str:
    return NOTHING if microseconds is None else significant(microseconds * MILLISECONDS.factor)
