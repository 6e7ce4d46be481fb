"""What must be so if the numbers are true, whatever the frameworks are like."""

from collections.abc import Iterator, Sequence
from typing import Final

from harness.analysis.cells import Deployments
from harness.analysis.overhead import baseline_of, deployed_alike
from harness.analysis.side_by_side import SideBySide
from harness.model.app import Endpoint
from harness.model.cell import Subject
from harness.model.findings import TIE_MARGIN, CellFinding, SanityCheck
from harness.model.naming import called
from harness.model.validity import GateName

_OWN_LIBRARIES: Final = frozenset({Endpoint.ITEMS, Endpoint.ORDERS})
"""Most of the work is JSON, for which some frameworks bring a faster library than what they stand on has."""


def check_sanity(
    cells: Sequence[CellFinding], capacities: Sequence[SideBySide], deployments: Deployments
) -> tuple[SanityCheck, ...]:
    """All checks that the run has the cells for.

    Args:
        cells: All findings.
        capacities: Throughput by endpoint, of valid cells.
        deployments: How each subject was deployed.
    """
    return (
        _percentile_order(cells, deployments),
        *_database_costs_time(capacities, deployments),
        *_nothing_beats_its_foundation(capacities, deployments),
    )


def _percentile_order(cells: Sequence[CellFinding], deployments: Deployments) -> SanityCheck:
    wrong = [
        f"{called(finding.cell.subject, deployments)} on {finding.cell.endpoint.value}, {finding.cell.workload.value}"
        for finding in cells
        for gate in finding.gates
        if gate.name is GateName.PERCENTILE_ORDER and not gate.held
    ]
    return SanityCheck(
        statement="p50 <= p99 <= max in every cell",
        held=not wrong,
        detail=f"not in {'; '.join(wrong)}" if wrong else f"{len(cells)} cells",
    )


def _database_costs_time(capacities: Sequence[SideBySide], deployments: Deployments) -> Iterator[SanityCheck]:
    """`db` does all that `json` does, and a query. The two are apart in kind, so their intervals are compared."""
    by_endpoint = {each.kind.endpoint: each for each in capacities}
    db, json = by_endpoint.get(Endpoint.DB), by_endpoint.get(Endpoint.JSON)
    if db is None or json is None:
        return
    for subject in db.subjects:
        if subject in json.subjects:
            with_query, without = db.value(subject), json.value(subject)
            yield SanityCheck(
                statement=f"{called(subject, deployments)}: db is not faster than json",
                held=with_query.low <= without.high * (1 + TIE_MARGIN),
                detail=f"db {with_query.value:,.0f} requests/s, json {without.value:,.0f}",
            )


def _nothing_beats_its_foundation(capacities: Sequence[SideBySide], deployments: Deployments) -> Iterator[SanityCheck]:
    for capacity in capacities:
        if capacity.kind.endpoint in _OWN_LIBRARIES:
            continue
        for subject in capacity.subjects:
            for foundation in dict.fromkeys((layer_of(subject, deployments), baseline_of(subject, deployments))):
                if foundation in capacity.subjects and subject.is_original:
                    yield _not_faster(capacity, subject, foundation, deployments)


def _not_faster(capacity: SideBySide, subject: Subject, foundation: Subject, deployments: Deployments) -> SanityCheck:
    ratio = capacity.log_ratio(subject, foundation).estimate()
    return SanityCheck(
        statement=f"{called(subject, deployments)} is not faster than {called(foundation, deployments)} "
        f"on {capacity.kind.endpoint.value}",
        held=ratio.low <= 1 + TIE_MARGIN,
        detail=f"{ratio.value:.2f} times as fast (95 % interval {ratio.low:.2f} to {ratio.high:.2f})",
    )


def layer_of(subject: Subject, deployments: Deployments) -> Subject | None:
    """The app that this framework is built on, deployed as it is; None where there is none."""
    own = deployments.get(subject)
    if own is None or own.built_on is None:
        return None
    return deployed_alike(own, {other: each for other, each in deployments.items() if other.kin[0] == own.built_on})
