"""The validity checks on a cell.

All are judged on figures pooled over the cell's used windows: one bad of many moves those as it moves the estimate.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from harness.analysis.generator_delay import ByRound, generator_delay
from harness.analysis.latency.offered_rate import offered_rate
from harness.analysis.outages import started
from harness.analysis.windows import CellWindows, Totals, failure_words
from harness.histogram import Histogram
from harness.model.calibration import Ceiling
from harness.model.cell import Workload
from harness.model.host import CpuLayout
from harness.model.latency_figure import MIN_RESPONSES_FOR_LATENCY, enough_words
from harness.model.run import Start
from harness.model.validity import Bound, Gate, GateName
from harness.model.window import Failure

MAX_ERROR_SHARE: Final = 0.001
"""More failed requests than one in a thousand, and p99.9 is a figure of the failures."""

MAX_RECONNECT_SHARE: Final = 0.001
"""More, and what is measured is the opening of connections."""

MAX_GENERATOR_CPU_SHARE: Final = 0.8
MAX_GENERATOR_CPU_SHARE_FOR_LATENCY: Final = 0.5
"""Of one CPU, since one process generates the load. A busy generator has a queue of its own: from half of its
capacity on, waiting in it shows in latencies, from four fifths on it costs throughput."""

MAX_CEILING_SHARE: Final = 0.7
"""Of the rate that the generator reached against a trivial responder."""

MAX_LITTLE_DEVIATION: Final = 0.02
"""In closed loop a connection's time is a request's, but for the generator's own between an answer and the next
request. What is missing beyond that, or too much, was lost or counted twice."""
MAX_LITTLE_DEVIATION_WITH_EDGES: Final = 0.05
"""The same where it is not known what was under way at the two ends of a window (runs from before it was counted)."""

MIN_USED_SHARE: Final = 0.5
"""Of the windows that were meant to count: when most are lost, those that are left are the lucky ones."""

MIN_RESPONSES: Final = 30
"""About one for each connection, so that a rate is more than its edges."""
MIN_RESPONSES_IDLE: Final = 20
"""Most of what arrives in a single window there."""
MIN_RESPONSES_WAITING: Final = 2
"""A server that can wait for one request at a time answers ten a second, and that is what is to be seen."""

_UNKEPT: Final = (
    "the server closes connections that it should keep: where that is meant, set keep_alive = false in this variant of "
    'the app\'s manifest, or "mixed" if it keeps some'
)
_UNANNOUNCED: Final = (
    "the server closes connections unannounced, with requests under way: set keep_alive = false in this variant of the "
    "app's manifest if it closes each; else have it keep them for longer, or send `Connection: close` with the last"
)
_NOT_READ: Final = "was not read, so this was not checked"


@dataclass(frozen=True)
class Circumstances:
    """What else a cell is judged by."""

    starts: Sequence[Start]
    """Of its subject's servers."""
    cpus: CpuLayout
    ceiling: Ceiling | None
    bound: Bound
    """What limited the cell, if it is one of capacity."""
    own_delay: ByRound = field(default_factory=dict)
    """What the generator's waits can have cost."""
    other_delays: Sequence[ByRound] = ()
    """The same of the other cells of its kind."""
    capacity_rps: float | None = None
    """What its subject answers at its endpoint in closed loop, in the same run; None where that was not measured."""


def check_cell(windows: CellWindows, latency: Histogram, circumstances: Circumstances) -> tuple[Gate, ...]:
    """All gates that apply to a cell; where it has no data, only those that say why.

    `latency` is the merged histogram of the cell's used windows.
    """
    # What came in place of right answers is why there are too few of them, so it is told first.
    first = (started(circumstances.starts), _verified(windows), *_errors(windows), _enough_data(windows))
    if not windows.totals.responses:
        return first
    return (
        *first,
        *_reconnects(windows),
        _generator_cpu(windows),
        generator_delay(windows, circumstances.own_delay, circumstances.other_delays),
        *_gates_of_workload(windows, circumstances),
        _percentile_order(latency),
    )


def _gates_of_workload(windows: CellWindows, circumstances: Circumstances) -> Iterator[Gate]:
    if windows.cell.workload in {Workload.LATENCY, Workload.IDLE}:
        yield offered_rate(windows, circumstances.capacity_rps)
    elif windows.cell.workload is Workload.LIMIT:
        # What limits it is a rate that the server does not answer in time, so no rate need be kept.
        yield _generator_ceiling(windows.totals, circumstances.ceiling, circumstances.cpus)
    elif windows.cell.workload is Workload.WAITING:
        # Most of what is sent there may still be in a queue when the window ends, so Little's law shows nothing.
        yield _generator_ceiling(windows.totals, circumstances.ceiling, circumstances.cpus)
    else:
        yield from _capacity_gates(windows, circumstances)


def _capacity_gates(windows: CellWindows, circumstances: Circumstances) -> Iterator[Gate]:
    yield _generator_ceiling(windows.totals, circumstances.ceiling, circumstances.cpus)
    yield _server_busy(windows.totals, circumstances.bound)
    if _keeps_alive(windows):
        # Otherwise connections are also busy with being opened, which is no part of a latency.
        yield _littles_law(windows)


def _verified(windows: CellWindows) -> Gate:
    wrong = sum(window.report.failures.get(Failure.WRONG_BODY, 0) for window in windows.used)
    example = windows.first_failure if wrong else None
    told = f"{wrong:,} wrong answer{'' if wrong == 1 else 's'}" + (f", the first: {example}" if example else "")
    return Gate(name=GateName.VERIFIED, held=wrong == 0, value=wrong, limit=0, explanation=told)


def _enough_data(windows: CellWindows) -> Gate:
    used, measured, responses = len(windows.used), windows.measured, windows.totals.responses
    least, share = _least_responses(windows.cell.workload), used / measured if measured else None
    parts = []
    if share is None:
        parts.append("no window was measured")
    elif not used:
        parts.append(f"none of {measured} windows came: {windows.why_lost}")
    elif share < MIN_USED_SHARE:
        parts.append(f"at least half of the windows are needed, and {used} of {measured} came")
    elif responses < least:
        parts.append(
            f"at least {least} right responses are needed, and {responses} came in {used} of {measured} windows"
        )
        if not windows.totals.failed:
            parts.append(enough_words(least, responses, len({window.round_index for window in windows.used})))
    held = not parts
    if held:
        parts.append(f"{responses:,} right responses in {used} of {measured} windows")
    if used and windows.lost:
        parts.append(f"{len(windows.lost)} lost ({windows.why_lost})")
    return Gate(name=GateName.ENOUGH_DATA, held=held, value=share, limit=MIN_USED_SHARE, explanation="; ".join(parts))


def _least_responses(workload: Workload) -> int:
    special = {
        Workload.LATENCY: MIN_RESPONSES_FOR_LATENCY,
        Workload.IDLE: MIN_RESPONSES_IDLE,
        Workload.WAITING: MIN_RESPONSES_WAITING,
    }
    return special.get(workload, MIN_RESPONSES)


def _errors(windows: CellWindows) -> Iterator[Gate]:
    totals = windows.totals
    if not totals.failed + totals.responses:
        return
    share = totals.failed / (totals.failed + totals.responses)
    told = f"{_percent(share)} of the requests failed"
    if share > MAX_ERROR_SHARE:
        told += f" (the limit is {MAX_ERROR_SHARE:.1%})"
    if totals.failed:
        told += f": {failure_words(totals.failures, totals.statuses)}"
    only_wrong = totals.failures.get(Failure.WRONG_BODY, 0) == totals.failed
    if share > MAX_ERROR_SHARE and not only_wrong and (example := windows.first_failure):
        told += f"; the first: {example}"
    if totals.closed_unannounced and (_keeps_alive(windows) or _mixes(windows)):
        told += f"; {_UNANNOUNCED}"
    yield Gate(
        name=GateName.ERRORS, held=share <= MAX_ERROR_SHARE, value=share, limit=MAX_ERROR_SHARE, explanation=told
    )


def _percent(share: float) -> str:
    """As precise as a limit of a tenth of a per cent asks for near it; far beyond it, nobody reads thousandths."""
    return f"{share:.3%}" if share < 10 * MAX_ERROR_SHARE else f"{share:.1%}"


def _reconnects(windows: CellWindows) -> Iterator[Gate]:
    share = windows.totals.reconnects / windows.totals.responses
    told = f"{share:.3%} of the responses cost a new connection"
    if _mixes(windows):
        told += ", as the manifest says: the server keeps some connections and closes others"
        yield Gate(name=GateName.RECONNECTS, held=True, value=share, limit=None, explanation=told)
    if not _keeps_alive(windows):
        return
    if share > MAX_RECONNECT_SHARE and not windows.totals.closed_unannounced:
        told += f"; {_UNKEPT}"
    yield at_most(GateName.RECONNECTS, share, MAX_RECONNECT_SHARE, told)


def _generator_cpu(windows: CellWindows) -> Gate:
    who, share = windows.totals.busiest_generator
    latency = windows.cell.workload in {Workload.LATENCY, Workload.LIMIT}
    limit = MAX_GENERATOR_CPU_SHARE_FOR_LATENCY if latency else MAX_GENERATOR_CPU_SHARE
    return at_most(GateName.GENERATOR_CPU, share, limit, f"{who} used {share:.1%} of a CPU")


def _generator_ceiling(totals: Totals, ceiling: Ceiling | None, cpus: CpuLayout) -> Gate:
    rate_rps = totals.responses / totals.duration_ns * 1e9
    if ceiling is None:
        return _unchecked(GateName.GENERATOR_BOUND, MAX_CEILING_SHARE, "the generator's ceiling")
    ceiling_rps = ceiling.attainable_rps(cpus, len(totals.workers))
    share = rate_rps / ceiling_rps
    return at_most(
        GateName.GENERATOR_BOUND,
        share,
        MAX_CEILING_SHARE,
        ("generator-bound: " if share > MAX_CEILING_SHARE else "")
        + f"{rate_rps:,.0f} requests/s, as counted, are {share:.0%} of the generator's ceiling of {ceiling_rps:,.0f}",
    )


def _server_busy(totals: Totals, bound: Bound) -> Gate:
    """Not whether the server was the limit, but whether the generator was: that alone is no figure of the app."""
    share = totals.server_cpu_share
    if share is None:
        return _unchecked(GateName.SERVER_BUSY, None, "the server's CPU time")
    words = {
        Bound.SERVER: "the server was the limit",
        Bound.DATABASE: "the database was the limit",
        Bound.GENERATOR: "generator-bound: the generator's CPU was the limit",
        Bound.OTHERS: "others had its CPU",
        Bound.UNCLEAR: "what was the limit can't be told, since others had CPUs",
        Bound.IDLE: "nobody's CPU was the limit: something was waited for",
        Bound.UNKNOWN: "what was the limit is not known",
    }[bound]
    return Gate(
        name=GateName.SERVER_BUSY,
        held=bound is not Bound.GENERATOR,
        value=share,
        limit=None,
        explanation=f"the server used {share:.2f} CPUs; {words}",
    )


def _littles_law(windows: CellWindows) -> Gate:
    """Whether the time of all connections is accounted for: a test for miscounting, whatever the windows' length.

    Each process of the generator has one connection at a time in its hands, so what is missing is at most the time that
    it ran or waited for its CPU; and nothing can be too much.
    """
    connections, totals = windows.cell.connections, windows.totals
    if totals.under_way_ns is None:
        return _littles_law_with_edges(windows)
    whole_ns = connections * totals.duration_ns
    missing_ns = whole_ns - totals.under_way_ns
    own_ns = min(max(missing_ns, 0), totals.generator_cpu_ns + totals.generator_run_delay_ns)
    return at_most(
        GateName.LITTLES_LAW,
        abs(missing_ns - own_ns) / whole_ns,
        MAX_LITTLE_DEVIATION,
        f"on average, a request was under way on {totals.under_way_ns / totals.duration_ns:.2f} of {connections} "
        f"connections, and the generator had {own_ns / totals.duration_ns:.2f} in its hands",
    )


def _littles_law_with_edges(windows: CellWindows) -> Gate:
    connections = windows.cell.connections
    deviation = abs(connections - windows.totals.in_flight) / connections
    return at_most(
        GateName.LITTLES_LAW,
        deviation,
        MAX_LITTLE_DEVIATION_WITH_EDGES,
        f"throughput times latency is {windows.totals.in_flight:.1f} for {connections} connections",
    )


def _percentile_order(latency: Histogram) -> Gate:
    p50, p99, largest = (latency.value_at(quantile) / 1e3 for quantile in (0.5, 0.99, 1.0))
    return Gate(
        name=GateName.PERCENTILE_ORDER,
        held=p50 <= p99 <= largest,
        value=None,
        limit=None,
        explanation=f"p50 {p50:,.0f} µs, p99 {p99:,.0f} µs, max {largest:,.0f} µs",
    )


def at_most(name: GateName, value: float, limit: float, explanation: str) -> Gate:
    """A gate that holds up to a limit, which is a share."""
    held = value <= limit
    said = explanation if held else f"{explanation}; the limit is {limit * 100:g}%"
    return Gate(name=name, held=held, value=value, limit=limit, explanation=said)


def _unchecked(name: GateName, limit: float | None, what: str) -> Gate:
    return Gate(name=name, held=True, value=None, limit=limit, explanation=f"{what} {_NOT_READ}")


def _keeps_alive(windows: CellWindows) -> bool:
    return all(window.spec.keep_alive is True for window in windows.used)


def _mixes(windows: CellWindows) -> bool:
    return any(window.spec.keep_alive == "mixed" for window in windows.used)
