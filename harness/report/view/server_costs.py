"""The section on servers: the same app on different ones, and what each costs above the cheapest."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from harness.model.app import Endpoint, Interface
from harness.model.cell import Workload
from harness.model.findings import CellFinding, Estimate, Findings
from harness.model.naming import titled
from harness.model.run import Deployment, Run
from harness.report.numbers import Reading, counted, listed, percent, reading
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.ratios import RatioBook, ShownRatio, capacity_ratios_name, cpu_ratios_name
from harness.report.view.terms import Lack, endpoints_under, is_capacity, lack_of_cpu

_SERVERS: Final = {Interface.WSGI: "WSGI servers", Interface.ASGI: "ASGI servers"}


@dataclass(frozen=True, slots=True)
class ServerRow:
    """One app on one server; what is not known is None."""

    label: SubjectLabel
    server: str
    cpu: Reading | None
    """Microseconds of server CPU for a request."""
    above: ShownRatio | None
    """How many times the cheapest server's that is; None of the cheapest itself."""
    capacity: ShownRatio | None
    """Requests a second, as a multiple of what the cheapest server answers."""
    lack: Lack | None


@dataclass(frozen=True, slots=True)
class AppOnServers:
    """One app by one interface on one endpoint, the cheapest server first."""

    title: str
    servers: str
    """Of which interface: `ASGI servers`."""
    endpoint: str
    rows: tuple[ServerRow, ...]
    closing: tuple[str, ...]
    """Which of the servers close connections, and how many requests paid for a new one."""
    libraries: str
    """What the column on ORM, driver and serializer is headed with; empty where there is none."""

    @property
    def told(self) -> str:
        """Which server costs least, as far as the others are told apart from it."""
        first, *others = (row for row in self.rows if row.cpu)
        cost = first.cpu.with_unit("µs") if first.cpu else ""
        alike = [row.server for row in others if row.above is None or row.above.tied]
        if alike:
            return f"{first.server} takes {cost} a request, and is not told apart from {listed(alike)}."
        return f"{first.server} costs least: {cost} a request."


@dataclass(frozen=True, slots=True)
class ServersView:
    """All apps that were measured on several servers of one interface; empty where none was."""

    groups: tuple[AppOnServers, ...]


def servers_view(run: Run, findings: Findings, book: RatioBook, cast: Cast) -> ServersView:
    """By app and endpoint. Deployments of one app on one server, as with and without a part, are no two servers."""
    by_app: dict[tuple[str, str], list[Deployment]] = defaultdict(list)
    for each in run.deployments:
        if each.subject.is_original and not (each.without or each.adds):
            by_app[each.subject.app, each.interface.value].append(each)
    several = [each for each in by_app.values() if len({deployment.server for deployment in each}) > 1]
    return ServersView(tuple(group for each in several for group in _groups(each, findings, book, cast)))


def _groups(
    deployments: Sequence[Deployment], findings: Findings, book: RatioBook, cast: Cast
) -> Iterator[AppOnServers]:
    subjects = {each.subject: each for each in deployments}
    for endpoint in endpoints_under(findings.cells, Workload.CAPACITY):
        cells = [each for each in findings.cells if is_capacity(each, endpoint) and each.cell.subject in subjects]
        valid = sorted((each for each in cells if _cpu(each)), key=_cost)
        if len(valid) > 1:
            cheapest = valid[0]
            rows = [_row(each, cheapest, endpoint, book, cast) for each in valid]
            rows += [_row(each, None, endpoint, book, cast) for each in cells if not _cpu(each)]
            first = subjects[cheapest.cell.subject]
            title = titled(first.title, first.revision or "")
            closing = tuple(_closing(each, subjects[each.cell.subject], cast) for each in valid)
            servers = _SERVERS.get(first.interface, "servers of its own")
            head = cast.libraries_head(endpoint)
            yield AppOnServers(title, servers, endpoint.value, tuple(rows), tuple(filter(None, closing)), head)


def _cpu(finding: CellFinding) -> Estimate | None:
    return finding.server_cpu_us_per_request if finding.valid else None


def _cost(finding: CellFinding) -> float:
    cpu = _cpu(finding)
    return cpu.value if cpu else float("inf")


def _closing(finding: CellFinding, deployment: Deployment, cast: Cast) -> str:
    """That the server closes connections which its clients have to open anew; empty of one that keeps them."""
    if deployment.keep_alive is True:
        return ""
    server = cast.label(finding.cell.subject).server
    if not deployment.keep_alive:
        return f"{server} closes each connection after its answer: what opening new ones costs is in its figures."
    some = f"{server} closes some connections, and its clients connect again. What that costs is in its figures"
    if not finding.reconnects or not finding.requests:
        return f"{some}; here, none had to." if finding.reconnects == 0 else f"{some}."
    share = percent(finding.reconnects / finding.requests)
    return f"{some}: {counted(finding.reconnects, 'new connection')} in {finding.requests:,} requests, {share}."


def _row(
    finding: CellFinding, cheapest: CellFinding | None, endpoint: Endpoint, book: RatioBook, cast: Cast
) -> ServerRow:
    subject, cpu = finding.cell.subject, _cpu(finding)
    label = cast.label(subject)
    of = None if cheapest is None or cheapest is finding else cheapest.cell.subject
    return ServerRow(
        label=label,
        server=label.server,
        cpu=reading(cpu) if cpu else None,
        above=book.shown(cpu_ratios_name(endpoint), subject, of) if of else None,
        capacity=book.shown(capacity_ratios_name(endpoint), subject, of) if of else None,
        lack=lack_of_cpu(finding, cpu),
    )
