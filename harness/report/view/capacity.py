"""The section on capacity: one ranking for each endpoint."""

from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from harness.model.app import Endpoint
from harness.model.cell import Workload
from harness.model.findings import Findings, Ranking
from harness.report.figure.spec import Caption
from harness.report.numbers import listed
from harness.report.view.cast import Cast
from harness.report.view.ranking import DOTS_READ, RankingTable, Scale, ranking_caption, ranking_table
from harness.report.view.terms import ENDPOINT_MEANING, endpoints_under, is_capacity

REQUESTS_PER_SECOND: Final = Scale(
    1.0, "requests/s", "requests per second, more is better", attrgetter("throughput_rps")
)


@dataclass(frozen=True, slots=True)
class EndpointCapacity:
    """One endpoint's ranking."""

    endpoint: str
    meaning: str
    connections: str
    libraries: str
    """Head of the column that says what reads rows and writes JSON; empty where there is none."""
    not_declared: str
    """Apps that are absent since their manifests do not declare the endpoint; empty where none is."""
    table: RankingTable


@dataclass(frozen=True, slots=True)
class CapacityView:
    """All capacity rankings of the run."""

    endpoints: tuple[EndpointCapacity, ...]


def capacity_view(findings: Findings, cast: Cast) -> CapacityView:
    """The rankings by throughput in the contract's order of endpoints."""
    endpoints = endpoints_under(findings.cells, Workload.CAPACITY)
    return CapacityView(tuple(_endpoint(findings, cast, endpoint) for endpoint in endpoints))


def _endpoint(findings: Findings, cast: Cast, endpoint: Endpoint) -> EndpointCapacity:
    cells = [finding for finding in findings.cells if is_capacity(finding, endpoint)]
    ranking = next(
        (each for each in findings.rankings if each.workload is Workload.CAPACITY and each.endpoint is endpoint),
        _nothing_ranked(endpoint),
    )
    caption = Caption(
        name=f"capacity-{endpoint.value}",
        title=f"Capacity on {endpoint.value}",
        description=f"Requests per second of each subject on {endpoint.value}, with 95 % intervals; "
        "the table below holds the same numbers.",
        text=DOTS_READ,
        ranks=ranking_caption(ranking.tie_margin, [row.rank for row in ranking.rows]),
    )
    connections = sorted({finding.cell.connections for finding in cells})
    return EndpointCapacity(
        endpoint=endpoint.value,
        meaning=ENDPOINT_MEANING[endpoint],
        connections=" or ".join(str(number) for number in connections),
        libraries=cast.libraries_head(endpoint),
        not_declared=listed(cast.without(endpoint)),
        table=ranking_table(ranking, cells, cast, REQUESTS_PER_SECOND, caption),
    )


def _nothing_ranked(endpoint: Endpoint) -> Ranking:
    return Ranking(
        endpoint=endpoint,
        workload=Workload.CAPACITY,
        rate=None,
        unit=REQUESTS_PER_SECOND.unit,
        higher_is_better=True,
        rows=(),
        invalid=(),
    )
