"""From a recorded run to its findings."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from harness.analysis.cells import JudgedCell, by_subject, finding_of
from harness.analysis.copies import examine_copies, why_distrusted
from harness.analysis.crowds import crowd_comparisons, crowd_finding, judge_crowds
from harness.analysis.footprint import footprint_findings, start_comparisons
from harness.analysis.growth import changes
from harness.analysis.host_dependence import host_dependence
from harness.analysis.host_speed import host_speed
from harness.analysis.latency.percentiles import RANKED_QUANTILES
from harness.analysis.overhead import overheads
from harness.analysis.quantities import REQUESTS_PER_S, ByKind, JudgedRun, Quantities
from harness.analysis.sanity import check_sanity
from harness.analysis.side_by_side import median_half_width
from harness.model.app import REFERENCE_FAMILIES
from harness.model.cell import CROWDS, Kind, RateRule, Subject, Workload
from harness.model.findings import Comparison, Findings, Ranking
from harness.model.latency_figure import Latency, LatencyFigure
from harness.results.records import RecordedRun


def analyse(recorded: RecordedRun, judged_run: JudgedRun | None = None) -> Findings:
    """Estimates, intervals, gates, ties and ranks of one run.

    It depends on nothing but the record: the same run folder gives the same findings. `judged_run` saves judging it
    once more.
    """
    deployments = by_subject(recorded.run)
    judged_run = judged_run or JudgedRun(recorded)
    judged, quantities = judged_run.cells, judged_run.quantities
    references = {subject for subject, each in deployments.items() if each.family in REFERENCE_FAMILIES}
    cells = tuple(finding_of(each, quantities.of(each.cell, references)) for each in judged)
    capacity = {kind: each for kind, each in quantities.throughput.items() if kind.workload is Workload.CAPACITY}
    capacity_costs = [each for kind, each in quantities.server_cpu.items() if kind.workload is Workload.CAPACITY]
    capacity_kinds = _kinds(judged, Workload.CAPACITY, None)
    latency_kinds = _kinds(judged, Workload.LATENCY, RateRule.COMMON)
    crowds = {workload: judge_crowds(recorded, workload) for workload in CROWDS}
    contracts = recorded.contracts
    rules = _Rules(references, {each.subject for each in contracts if each.failed})
    compared = [
        _compare(capacity_kinds, None, capacity, judged, rules),
        *(
            _compare(latency_kinds, figure, quantities.latency(figure), judged, rules)
            for figure in _ranked_figures(quantities)
        ),
    ]
    rankings = [ranking for _, ranking_of_each in compared for ranking in ranking_of_each]
    copies = examine_copies(quantities, recorded.run)
    return Findings(
        run_id=recorded.run.run_id,
        contracts=contracts,
        cells=cells,
        changes=tuple(changes(judged, quantities)),
        feeds=tuple(map(crowd_finding, crowds[Workload.FEED])),
        chats=tuple(map(crowd_finding, crowds[Workload.CHAT])),
        crowd_comparisons={
            workload: pairs for workload, each in crowds.items() if (pairs := crowd_comparisons(each, workload))
        },
        footprints=footprint_findings(recorded, recorded.run.deployments),
        rankings=tuple(rankings),
        comparisons=tuple(pair for pairs, _ in compared for pair in pairs),
        cpu_comparisons=tuple(pair for cost in capacity_costs for pair in cost.comparisons()),
        start_comparisons=start_comparisons(recorded),
        overheads=overheads(capacity_costs, deployments),
        sanity=check_sanity(cells, list(capacity.values()), deployments),
        copies=copies,
        distrust=why_distrusted(recorded, copies),
        speed=host_speed(judged, quantities, rules.references, rules.broken),
        host_dependence=host_dependence(judged),
        rounds_complete=recorded.rounds_complete,
        rounds_planned=recorded.run.plan.timing.rounds,
        records_repeated=recorded.repeated,
        median_ratio_half_width=median_half_width(each for each in rankings if each.figure is None),
    )


@dataclass(frozen=True)
class _Rules:
    """Who takes no rank."""

    references: Collection[Subject]
    broken: Collection[Subject]


def _kinds(judged: Sequence[JudgedCell], workload: Workload, rate: RateRule | None) -> list[Kind]:
    """What is ranked, in the order of the plan."""
    cells = [each.cell for each in judged if each.cell.workload is workload and each.cell.rate is rate]
    return list(dict.fromkeys(Kind.of(cell) for cell in cells))


def _ranked_figures(quantities: Quantities) -> Iterator[LatencyFigure]:
    """Of the server where that is known, and as met in any case."""
    for latency in (Latency.OF_SERVER, Latency.AS_MET):
        for quantile in RANKED_QUANTILES:
            figure = LatencyFigure(latency=latency, quantile=quantile)
            if latency is Latency.AS_MET or quantities.latency(figure):
                yield figure


def _compare(
    kinds: Sequence[Kind],
    figure: LatencyFigure | None,
    quantity: ByKind,
    judged: Sequence[JudgedCell],
    rules: _Rules,
) -> tuple[list[Comparison], list[Ranking]]:
    """All pairs and the ranking of each kind; a kind without a valid subject has an empty ranking."""
    comparisons: list[Comparison] = []
    rankings: list[Ranking] = []
    for kind in kinds:
        invalid = tuple(
            each.cell.subject
            for each in judged
            if Kind.of(each.cell) == kind and each.cell.subject.is_original and each.reasons
        )
        found = quantity.get(kind)
        if found:
            pairs = found.comparisons()
            comparisons += pairs
            rankings.append(found.ranking(pairs, references=rules.references, broken=rules.broken, invalid=invalid))
        else:
            rankings.append(_empty_ranking(kind, figure, invalid))
    return comparisons, rankings


def _empty_ranking(kind: Kind, figure: LatencyFigure | None, invalid: tuple[Subject, ...]) -> Ranking:
    return Ranking(
        endpoint=kind.endpoint,
        workload=kind.workload,
        rate=kind.rate,
        figure=figure,
        unit=f"{figure.name}, us" if figure else REQUESTS_PER_S,
        higher_is_better=figure is None,
        rows=(),
        invalid=invalid,
    )
