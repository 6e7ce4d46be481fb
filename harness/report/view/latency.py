"""The section on latency: p50 and p99 ranked, percentile curves and tables of percentiles, by endpoint and rate."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from harness.claims.no_value import why_no_percentile
from harness.digits import significant
from harness.model.app import Endpoint
from harness.model.cell import RateRule, Workload
from harness.model.findings import CellFinding, Findings, Ranking
from harness.model.latency_figure import Latency, LatencyFigure
from harness.model.naming import RATE_WORDS
from harness.report.figure.spec import Caption, CurveGrid, DotPlot
from harness.report.numbers import NBSP, NOTHING, Reading, listed, percent, reading, spaced
from harness.report.view.both_latencies import both_latencies
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.curves import MS_PER_US, curve_grid, lack_of_percentile, p99, percentile
from harness.report.view.loads import aim_and_reach, is_far, load_words, loads_of, unknown_of_server
from harness.report.view.ranking import DOTS_READ, RankingTable, Scale, rank_text, ranking_caption, ranking_table
from harness.report.view.ratios import ratios_name
from harness.report.view.terms import RATE_SLUG, Lack, endpoints_under, lack

MILLISECONDS: Final = Scale(MS_PER_US, "ms", "latency in milliseconds, less is better", p99)
_AS_MET: Final = (0.5, 0.9, 0.99, 0.999)
_OF_SERVER: Final = (0.5, 0.99)
_PARTS: Final = ("Service time p99", "Schedule lag p99")


type _Ranked = tuple[Ranking, LatencyFigure]
"""A ranking and what it ranks by."""


@dataclass(frozen=True, slots=True)
class PercentileRow:
    """One subject's percentiles."""

    rank: str
    label: SubjectLabel
    offered: str
    load: str
    """What that is of its own capacity; with the share that it was to be, where it is far from that."""
    percentiles: tuple[Reading | None, ...]
    """In the order of the group's `quantile_names`."""
    slowest: str
    """The slowest request that was seen."""
    parts: tuple[str, ...]
    """Service time and schedule lag, p99 of each."""
    lack: Lack | None


@dataclass(frozen=True, slots=True)
class LatencyGroup:
    """All subjects on one endpoint at rates found by one rule."""

    slug: str
    endpoint: str
    libraries: str
    """Head of the column that says what reads rows and writes JSON; empty where there is none."""
    rate: str
    offered: str
    """The rate itself where it is the same for all, otherwise empty."""
    both: DotPlot | None
    """p50 and p99 of all subjects, of the server and as met."""
    rankings: tuple[RankingTable, ...]
    """By p50 and by p99; empty where nothing is ranked."""
    leading: RankingTable | None
    """The one of these whose ranks stand in the table: by p99, or by p50 where p99 is not known of everybody."""
    ranked_by: str
    """A sentence on which that is, and why; empty where nobody is ranked."""
    ratios: tuple[str, ...]
    """What the ratios of each ranking are called in the book of ratios."""
    curves: CurveGrid | None
    quantile_names: tuple[str, ...]
    """Of those that are told of somebody."""
    part_names: tuple[str, ...]
    """What the parts are called; empty where they are known of nobody."""
    untold: str
    """A sentence on the others; empty where there are none."""
    aimed: str
    """A sentence on which loads were aimed at and reached; empty where the rate is the same for all."""
    clear: str
    """A sentence on how many requests the latencies of the server are of; empty where that is not known."""
    percentiles: tuple[PercentileRow, ...]
    of_server: bool
    """Whether latencies of the server are told, of some subject at least."""
    unknown: tuple[str, ...]
    """Of whom they are not, and why."""

    @property
    def about(self) -> str:
        """What is said before its table."""
        return " ".join(filter(None, (self.ranked_by, self.aimed, self.clear, self.untold)))

    @property
    def has_dashes(self) -> bool:
        """Whether any percentile of its table can't be told."""
        return any(None in row.percentiles for row in self.percentiles if row.lack is None)


@dataclass(frozen=True, slots=True)
class LatencyView:
    """All latency groups, the common rate first: only there does everyone face the same load."""

    groups: tuple[LatencyGroup, ...]


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
    rankings = [
        (each, each.figure)
        for each in findings.latency_rankings()
        if each.figure and (each.endpoint, each.rate) == (endpoint, rate)
    ]
    # Of two that rank as many, the higher percentile: it tells more of who waits.
    leading = max(rankings, key=lambda each: (len(each[0].rows), each[1].quantile), default=None)
    rows = leading[0].rows if leading else ()
    ranks = {row.subject.key: rank_text(row) for row in rows}
    order = {row.subject.key: place for place, row in enumerate(rows)}
    loads = loads_of(findings, cells)
    ordered = sorted(
        cells,
        key=lambda finding: (
            order.get(finding.cell.subject.key, len(order)),
            not finding.valid,
            is_far(loads.get(finding.cell.subject.key), rate),
            _slowness(finding),
        ),
    )
    of_server = any(finding.percentiles_of_server for finding in cells)
    figures = [
        *(LatencyFigure(latency=Latency.OF_SERVER, quantile=quantile) for quantile in _OF_SERVER if of_server),
        *(LatencyFigure(latency=Latency.AS_MET, quantile=quantile) for quantile in _AS_MET),
    ]
    valid = [finding for finding in cells if finding.valid]
    told = [figure for figure in figures if any(percentile(finding, figure) for finding in valid)] or figures
    untold = [figure for figure in figures if figure not in told]
    said = {figure for ranking, figure in rankings if not ranking.rows} if leading and leading[0].rows else set()
    parts = _PARTS if any(None not in (each.service_time_p99_us, each.schedule_lag_p99_us) for each in valid) else ()
    names = listed(
        [
            *(figure.name if of_server else figure.percentile for figure in untold if figure not in said),
            *(f"p99 of {each}" for each in ("service times", "schedule lags") if untold and not parts),
        ]
    )
    # With ranks, it stands there.
    why = f" ({spaced(why_no_percentile(valid, untold[0]))})" if untold and not leading else ""
    tables = [_table(ranking, figure, cells, cast, slug) for ranking, figure in rankings]
    shown = tables[rankings.index(leading)] if leading else None
    return LatencyGroup(
        slug=slug,
        endpoint=endpoint.value,
        libraries=cast.libraries_head(endpoint),
        rate=RATE_WORDS[rate],
        offered=common_rate(cells) or "",
        both=both_latencies(ordered, cast, f"{slug}-both", f"on {endpoint.value} {RATE_WORDS[rate]}"),
        rankings=tuple(tables),
        leading=shown,
        ranked_by=f"{_ranked_by(leading, rankings, cells, cast)} {shown.note}".rstrip() if leading and shown else "",
        ratios=tuple(ratios_name(ranking) for ranking, _ in rankings),
        curves=curve_grid(ordered, cast, f"{slug}-curves", f"on {endpoint.value} {RATE_WORDS[rate]}"),
        quantile_names=tuple(figure.name if of_server else figure.percentile for figure in told),
        part_names=parts,
        untold=f"Too few requests were answered to tell anybody's {names}{why}." if names else "",
        aimed=aim_and_reach(rate, [load for each in valid if (load := loads.get(each.cell.subject.key)) is not None]),
        clear=_clear(valid),
        percentiles=tuple(
            _percentile_row(
                finding,
                told,
                cast,
                ranks.get(finding.cell.subject.key, NOTHING),
                loads.get(finding.cell.subject.key),
            )
            for finding in ordered
        ),
        of_server=of_server,
        unknown=tuple(_unknown(findings, ordered, cast)),
    )


def _clear(cells: Sequence[CellFinding]) -> str:
    """Of how many requests the latencies of the server are."""
    shares = [each.clear_share for each in cells if each.clear_share is not None and each.percentiles_of_server]
    if not shares:
        return ""
    clear = " to ".join(dict.fromkeys(map(percent, (min(shares), max(shares)))))
    told = f"{clear} of the requests arrived clear of the host's stalls: latencies of the server are of these."
    longer = any(
        of_server.quantile == met.quantile and of_server.us.value > met.us.value
        for each in cells
        for of_server in each.percentiles_of_server
        for met in each.percentiles
    )
    few = " Where few of a round are, what is left may still stand in a queue, and be longer than as met."
    return told + (few if longer else "")


def _ranked_by(leading: _Ranked, rankings: Sequence[_Ranked], cells: Sequence[CellFinding], cast: Cast) -> str:
    """By which figure the table ranks, and of whom a higher percentile is not known."""
    ranking, figure = leading
    if not ranking.rows:
        return ""
    told = f"Ranks go by {figure.name}"
    higher = next(((each, its) for each, its in rankings if its.quantile > figure.quantile), None)
    if higher is None:
        return f"{told}."
    known = {row.subject for row in higher[0].rows}
    untold = [row.subject for row in ranking.rows if row.subject not in known]
    whom = listed([cast.label(subject).in_sentence for subject in untold]) if known else "anybody"
    why = why_no_percentile([each for each in cells if each.cell.subject in untold], higher[1])
    return f"{told}: too few requests were answered to tell {higher[1].percentile} of {whom} ({spaced(why)})."


def _unknown(findings: Findings, cells: Sequence[CellFinding], cast: Cast) -> Iterator[str]:
    """Why there are no latencies of the server, and of whom."""
    valid = sum(finding.valid for finding in cells)
    for reason_, found in unknown_of_server(findings, cells).items():
        names = [cast.label(finding.cell.subject).in_sentence for finding in found]
        yield f"{'all' if len(found) == valid else listed(names)}: {reason_}"


def _table(
    ranking: Ranking, figure: LatencyFigure, cells: Sequence[CellFinding], cast: Cast, slug: str
) -> RankingTable:
    what = f"{figure.name} on {ranking.endpoint.value} {RATE_WORDS[ranking.rate] if ranking.rate else ''}"
    caption = Caption(
        name=f"{slug}-{figure.percentile}",
        title=f"Latency: {what}",
        description=f"The time within which {figure.quantile * 100:g} of 100 requests were answered, for each subject, "
        "with 95 % intervals; the table below holds the same numbers.",
        text=DOTS_READ,
        ranks=ranking_caption(ranking.tie_margin, [row.rank for row in ranking.rows]),
    )
    scale = Scale(
        MS_PER_US,
        "ms",
        f"{figure.name}, in milliseconds, less is better",
        lambda cell: percentile(cell, figure),
        lambda cell: lack_of_percentile(cell, figure),
    )
    return ranking_table(ranking, cells, cast, scale, caption)


def _slowness(finding: CellFinding) -> tuple[bool, float]:
    """Sorts what takes no rank: valid cells by their p99, invalid ones last."""
    estimate = p99(finding)
    return not finding.valid, estimate.value if estimate else float("inf")


def common_rate(cells: Sequence[CellFinding]) -> str | None:
    """The offered rate as text where all cells had the same one."""
    rates = {_rate(finding.offered_rps) for finding in cells if finding.offered_rps is not None}
    return f"{rates.pop()}{NBSP}requests/s" if len(rates) == 1 else None


def _rate(rps: float) -> str:
    """What was decided, and not measured: `70`, not `70.0`."""
    return significant(rps).removesuffix(".0") if rps.is_integer() else significant(rps)


def _percentile_row(
    finding: CellFinding,
    figures: Sequence[LatencyFigure],
    cast: Cast,
    rank: str,
    load: float | None,
) -> PercentileRow:
    def shown(figure: LatencyFigure) -> Reading | None:
        estimate = percentile(finding, figure)
        return reading(estimate, MILLISECONDS.factor) if estimate else None

    return PercentileRow(
        rank=rank,
        label=cast.label(finding.cell.subject),
        offered=_rate(finding.offered_rps) if finding.offered_rps is not None else NOTHING,
        load=load_words(load, finding.cell.rate),
        percentiles=tuple(map(shown, figures)),
        slowest=_milliseconds(finding.latency_max_us),
        parts=(_milliseconds(finding.service_time_p99_us), _milliseconds(finding.schedule_lag_p99_us)),
        lack=lack(finding),
    )


def _milliseconds(microseconds: float | None) -> str:
    return NOTHING if microseconds is None else significant(microseconds * MILLISECONDS.factor)
