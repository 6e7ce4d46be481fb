"""Why there is no value of a figure, in the same words wherever that is told, and what it means for a claim."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from harness.claims.needs import COUNTED_BY, MOST_OF_ALL, Measured, leaves_number_open
from harness.claims.verdict_sentences import METRICS, listed
from harness.model.cell import Cell
from harness.model.claim import LATENCIES, BoundCondition, Metric
from harness.model.crowds.crowd import HELD_ENOUGH
from harness.model.findings import CellFinding
from harness.model.latency_figure import Latency, LatencyFigure, few_requests_words
from harness.model.verdict import Verdict

UNREAD_WORDS: Final = (
    "its server's CPU time was read too late in each of its windows, as happens on a busy host: more --rounds or a "
    "longer --profile have more of them"
)


def why_no_percentile(cells: Sequence[CellFinding], figure: LatencyFigure) -> str:
    """Why a figure of latency is known of none of these valid cells."""
    of_server = figure.latency is Latency.OF_SERVER
    if of_server and (whys := dict.fromkeys(each.of_server_unknown for each in cells if each.of_server_unknown)):
        return "; ".join(whys)
    came = [each.requests * (each.clear_share or 0.0) if of_server else each.requests for each in cells]
    rounds = max((each.rounds for each in cells), default=0)
    return few_requests_words(figure.quantile, came, rounds, "came clear of the host's stalls" if of_server else "came")


def why_no_cpu(cell: CellFinding) -> str:
    """Why no CPU time per request is known of a valid cell."""
    return UNREAD_WORDS if cell.server_cpu_share is None else "no CPU time of its server was seen to pass"


def verdict_without(metric: Metric) -> Verdict:
    """A percentile may have had too few requests: more of them may decide the claim."""
    return Verdict.INCONCLUSIVE if metric in {Metric.LAG_P99, *LATENCIES} else Verdict.INVALID


def no_value(of: str, metric: Metric, cells: Sequence[CellFinding] = ()) -> str:
    """That none is known `of` somebody, and why; `cells` are those that it would be known of."""
    name, valid = METRICS[metric].name, [each for each in cells if each.valid]
    figure = LATENCIES.get(metric)
    if figure and valid:
        few = figure.latency is Latency.AS_MET or not any(each.of_server_unknown for each in valid)
        begins = f"too few requests tell the {name} of" if few else f"there is no {name} of"
        return f"{begins} {of}: {why_no_percentile(valid, figure)}"
    if metric is Metric.SERVER_CPU and valid:
        return f"there is no {name} of {of}: {why_no_cpu(valid[0])}"
    if verdict_without(metric) is Verdict.INCONCLUSIVE:
        return f"too few requests tell the {name} of {of}"
    return f"there is no {name} of {of}"


def why_none(metric: Metric) -> str:
    """The same of a cell of which no more is known than that it is valid."""
    if figure := LATENCIES.get(metric):
        few = few_requests_words(figure.quantile)
        unwatched = "is not known: the host's stalls were not watched, or "
        return f"its {figure.name} {unwatched}{few}" if figure.latency is Latency.OF_SERVER else few
    return UNREAD_WORDS if metric is Metric.SERVER_CPU else "too little was measured"


def leaves_open(condition: Measured, cells: Iterable[Cell]) -> str | None:
    """That a condition leaves open which of the numbers of these cells it is about; None where it does not."""
    numbers = sorted({cell.connections for cell in cells}) if leaves_number_open(condition) else []
    if len(numbers) <= 1:
        return None
    what, told = COUNTED_BY[condition.measured_by], listed([f"{each:,}" for each in numbers])
    return f"the claim does not say with how many {what}, of {told}: give one as connections"


def asks_no_more(
    condition: Measured,
    tried: int,
    found: Mapping[int, float] = MappingProxyType({}),
    who: str = "",
) -> str | None:
    """That nobody was asked for as many as a condition bounds; None where enough were, or fewer were too many.

    Args:
        condition: One on the most of all numbers, if any.
        tried: The largest of these.
        found: By round, what a run came to; empty of a plan.
        who: Whose that is.
    """
    of_all = condition.connections is None and condition.metric in MOST_OF_ALL
    bound = condition.at_least or condition.at_most or 0.0
    if not (isinstance(condition, BoundCondition) and of_all and bound >= tried):
        return None
    what = COUNTED_BY[condition.measured_by]
    if not found:
        return f"no more than {tried:,} {what} are tried, and a bound has to be less than that"
    came = any(each >= HELD_ENOUGH * tried for each in found.values())
    return f"no more than {tried:,} {what} were tried, and {who} came to as many" if came else None
