"""Servers that did not start, that ended by themselves under load, or of which an endpoint stopped answering.

What was measured of such a server until then is what it does while it lives, which is a figure of something else. So
what it is asked at the same time, or later in a round, is invalid: a round that it did not survive can't be left out,
since whether one is left out would depend on who is measured. What is done with before (feeds and chats come last)
stands. The second copy of the A/A pair is the same app, so what becomes of one copy is true of both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from harness.model.app import Endpoint
from harness.model.cell import CROWDS, Cell, Subject, Workload, rung
from harness.model.run import Start, Window
from harness.model.validity import Gate, GateName
from harness.model.window import Failure, Mode
from harness.results.records import RecordedRun

_LATER: Final = {Workload.WAITING: 1, Workload.FEED: 2, Workload.CHAT: 2}
"""What comes when in a round; all other workloads come first, in turns."""


@dataclass(frozen=True)
class Outage:
    """What one server did in one round."""

    subject: Subject
    round_index: int
    stage: tuple[int, ...]
    """Of its round, when it happened."""
    endpoint: Endpoint | None
    """The one that stopped answering; None where the server ended."""
    what: str

    def concerns(self, cell: Cell) -> bool:
        """Whether it spoils what was measured of that cell."""
        same = _app_of(self.subject) == _app_of(cell.subject)
        return same and self.stage <= _stage(cell) and self.endpoint in {None, cell.endpoint}


def outages_of(recorded: RecordedRun) -> tuple[Outage, ...]:
    """All of a run, in its order; of one server and endpoint in one round, the first."""
    by_key = {cell.key: cell for cell in recorded.run.plan.cells}
    ends = {(start.subject, start.round_index): start.ended_by_itself for start in recorded.starts}
    found: dict[tuple[Subject, int, Endpoint | None], Outage] = {}
    for window in recorded.windows:
        cell = by_key.get(window.cell)
        if cell is None:
            continue
        subject, index = cell.subject, window.round_index
        ended = ends.get((subject, index))
        if ended and window.lost == ended:
            found.setdefault((subject, index, None), Outage(subject, index, _stage(cell), None, ended))
        elif _fell_silent(window):
            silence = Outage(subject, index, _stage(cell), cell.endpoint, f"{cell.endpoint.value} stopped answering")
            found.setdefault((subject, index, cell.endpoint), silence)
    return tuple(found.values())


def started(starts: Sequence[Start]) -> Gate:
    """Whether the subject's server came up in any round."""
    last_of_round = {start.round_index: start for start in starts}.values()
    faults = [start.fault for start in last_of_round if start.fault]
    good = sum(start.start_s is not None for start in last_of_round)
    if good:
        detail = f"; {faults[0]}" if faults else ""
        explanation = f"started in {good} of {len(last_of_round)} rounds{detail}"
    else:
        explanation = f"never started: {faults[0]}" if faults else "no start is recorded"
    # A run folder without any start leaves the judgement to the windows.
    return Gate(name=GateName.STARTED, held=good > 0 or not starts, value=good, limit=1, explanation=explanation)


def lasted(cell: Cell, outages: Sequence[Outage], rounds: int) -> Gate:
    """Whether the cell's server, and its copy, lived and answered as long as the run asked them."""
    found: dict[tuple[bool, str], list[int]] = {}
    for outage in outages:
        if outage.concerns(cell):
            found.setdefault((outage.subject != cell.subject, outage.what), []).append(outage.round_index + 1)
    told = [
        f"{'its copy in the A/A pair: ' if of_copy else ''}{what}, in "
        f"{'round' if len(when) == 1 else 'rounds'} {' and '.join(map(str, when))} of {rounds}"
        for (of_copy, what), when in sorted(found.items())
    ]
    return Gate(
        name=GateName.LASTED,
        held=not found,
        value=sum(map(len, found.values())),
        limit=0,
        explanation="; ".join(told) or "answered as long as it was asked",
    )


def reason_of(gate: Gate) -> str:
    """Why a cell is invalid by a gate: its name and what was found. How a server ended says all by itself."""
    told_by_itself = gate.name in {GateName.STARTED, GateName.LASTED}
    return gate.explanation if told_by_itself else f"{gate.name.value}: {gate.explanation}"


def _fell_silent(window: Window) -> bool:
    report, spec = window.report, window.spec
    if report is None or spec is None:
        return False
    if report.silent:
        return True
    # In closed loop all connections wait for an answer when the window ends, and here none of them got it.
    never = report.failures.get(Failure.TIMEOUT, 0)
    return spec.mode is Mode.CLOSED and spec.drain and never >= spec.connections


def _stage(cell: Cell) -> tuple[int, ...]:
    """When in its round it is loaded. Feeds and chats have ever more subscribers and members."""
    return _LATER.get(cell.workload, 0), *(rung(cell) if cell.workload in CROWDS else ())


def _app_of(subject: Subject) -> Subject:
    return subject.model_copy(update={"twin": False})
