"""From a recorded run to its findings."""

from collections.abc import Collection, Sequence

from harness.analysis.cells import JudgedCell, by_subject, finding_of, judge_cells
from harness.analysis.copies import examine_copies
from harness.analysis.feeds import feed_finding, judge_feeds
from harness.analysis.footprint import footprint_findings
from harness.analysis.growth import changes
from harness.analysis.host_speed import host_speed
from harness.analysis.overhead import overheads
from harness.analysis.quantities import P99_US, REQUESTS_PER_S, ByKind, Quantities
from harness.analysis.sanity import check_sanity
from harness.analysis.side_by_side import Kind, median_half_width
from harness.model.app import REFERENCE_FAMILIES
from harness.model.cell import RateRule, Subject, Workload
from harness.model.findings import Comparison, Findings, Ranking
from harness.results.records import RecordedRun


def analyse(recorded: RecordedRun) -> Findings:
    """Estimates, intervals, gates, ties and ranks of one run.

    It depends on nothing but the record: the same run folder gives the same findings.
    """
    deployments = by_subject(recorded.run)
    judged = judge_cells(recorded)
    quantities = Quantities(judged)
    cells = tuple(finding_of(each, quantities.of(each.cell)) for each in judged)
    capacity = {kind: each for kind, each in quantities.throughput.items() if kind.workload is Workload.CAPACITY}
    latency = {kind: each for kind, each in quantities.p99.items() if kind.rate is RateRule.COMMON}
    capacity_costs = [each for kind, each in quantities.server_cpu.items() if kind.workload is Workload.CAPACITY]
    capacity_kinds = _kinds(judged, Workload.CAPACITY, None)
    latency_kinds = _kinds(judged, Workload.LATENCY, RateRule.COMMON)
    references = {subject for subject, each in deployments.items() if each.family in REFERENCE_FAMILIES}
    capacity_pairs, capacity_rankings = _compare(capacity_kinds, capacity, judged, references)
    latency_pairs, latency_rankings = _compare(latency_kinds, latency, judged, references)
    return Findings(
        run_id=recorded.run.run_id,
        cells=cells,
        changes=tuple(changes(judged, quantities)),
        feeds=tuple(map(feed_finding, judge_feeds(recorded))),
        footprints=footprint_findings(recorded, recorded.run.deployments),
        rankings=(*capacity_rankings, *latency_rankings),
        comparisons=(*capacity_pairs, *latency_pairs),
        overheads=overheads(capacity_costs, deployments),
        sanity=check_sanity(cells, list(capacity.values()), deployments),
        copies=examine_copies(quantities, recorded.run.plan.subjects),
        speed=host_speed(judged, quantities, references),
        rounds_complete=recorded.rounds_complete,
        rounds_planned=recorded.run.plan.timing.rounds,
        records_repeated=recorded.repeated,
        median_ratio_half_width=median_half_width(capacity_rankings),
    )


def _kinds(judged: Sequence[JudgedCell], workload: Workload, rate: RateRule | None) -> list[Kind]:
    """What is ranked, in the order of the plan."""
    cells = [each.cell for each in judged if each.cell.workload is workload and each.cell.rate is rate]
    return list(dict.fromkeys(Kind.of(cell) for cell in cells))


def _compare(
    kinds: Sequence[Kind],
    quantity: ByKind,
    judged: Sequence[JudgedCell],
    references: Collection[Subject],
) -> tuple[list[Comparison], list[Ranking]]:
    """All pairs and the ranking of each kind; a kind without a valid subject has an empty ranking."""
    comparisons: list[Comparison] = []
    rankings: list[Ranking] = []
    for kind in kinds:
        everyone = [
            each.cell.subject for each in judged if Kind.of(each.cell) == kind and each.cell.subject.is_original
        ]
        found = quantity.get(kind)
        ranked = found.subjects if found else ()
        invalid = tuple(subject for subject in everyone if subject not in ranked)
        if found:
            pairs = found.comparisons()
            comparisons += pairs
            rankings.append(found.ranking(pairs, references=references, invalid=invalid))
        else:
            rankings.append(_empty_ranking(kind, invalid))
    return comparisons, rankings


def _empty_ranking(kind: Kind, invalid: tuple[Subject, ...]) -> Ranking:
    capacity = kind.workload is Workload.CAPACITY
    return Ranking(
        endpoint=kind.endpoint,
        workload=kind.workload,
        rate=kind.rate,
        unit=REQUESTS_PER_S if capacity else P99_US,
        higher_is_better=capacity,
        rows=(),
        invalid=invalid,
    )
