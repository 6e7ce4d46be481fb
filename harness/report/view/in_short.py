"""What a folded section says, in a sentence beside its heading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from harness.report.numbers import TIMES, counted, listed
from harness.report.view.footprint import FootprintView
from harness.report.view.found import Statement
from harness.report.view.interpreters_beside import InterpretersView
from harness.report.view.overhead import OverheadView
from harness.report.view.parts import PartRow, PartsView
from harness.report.view.server_costs import ServersView

_NOT_MEASURED: Final = "Not measured in this run."
_OF_LEADERS: Final = ("growth", "limit", "waiting", "feeds", "chats", "idle", "footprint")
"""The sections on what has no ranking, of which a sentence says who comes first."""


@dataclass(frozen=True, slots=True)
class Folded:
    """The sections that have a sentence of their own."""

    servers: ServersView
    interpreters: InterpretersView
    parts: PartsView
    overhead: OverheadView
    footprint: FootprintView


def in_short(leaders: Sequence[Statement], folded: Folded, endpoint: str) -> Mapping[str, str]:
    """By the section's anchor. Of several endpoints, `endpoint` is told: the one on which the report opens."""
    told = {
        "servers": _apps(folded.servers),
        "interpreters": _interpreters(folded.interpreters),
        "parts": _parts(folded.parts, endpoint),
        "overhead": _overhead(folded.overhead, endpoint),
    }
    for section in _OF_LEADERS:
        told[section] = " ".join(f"{each.about}: {each.text}" for each in leaders if each.section == section)
    told["footprint"] = told["footprint"] or _started(folded.footprint)
    return {section: sentence or _NOT_MEASURED for section, sentence in told.items()}


def _apps(view: ServersView) -> str:
    titles = list(dict.fromkeys(group.title for group in view.groups))
    return f"{listed(titles)}." if titles else ""


def _interpreters(view: InterpretersView) -> str:
    names = list(dict.fromkeys(row.interpreter for group in view.endpoints for row in group.rows))
    return f"{listed(names)}." if names else ""


def _parts(view: PartsView, endpoint: str) -> str:
    costs = [_part(row) for row in view.rows if row.endpoint == endpoint and row.cpu]
    return f"Server CPU per request on {endpoint}: {'; '.join(costs)}." if costs else ""


def _part(row: PartRow) -> str:
    if row.cpu is None or row.cpu.tied:
        return f"{row.part}, not told apart from without it"
    shown = row.cpu.reading
    return f"{row.part}, {shown.value}{TIMES} ({shown.low} to {shown.high})"


def _started(view: FootprintView) -> str:
    """What is known of starts in a run that asks for no footprint."""
    return f"Of {counted(len(view.rows), 'deployment')}, as they were started for other loads." if view.rows else ""


def _overhead(view: OverheadView, endpoint: str) -> str:
    return " ".join(f"On {each.endpoint}, {each.told}" for each in view.endpoints if each.endpoint == endpoint)
