"""Why a valid cell has no value of a figure, in the same words wherever that is told, and what it means for a claim."""

from collections.abc import Sequence
from typing import Final

from harness.claims.verdict_sentences import METRICS
from harness.model.claim import LATENCIES, Metric
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
