"""Runs in which subjects climb ladders of ever larger crowds, and of which some rungs are lost or skipped."""

from collections.abc import Mapping, Sequence

from harness.model.app import Endpoint
from harness.model.cell import CROWD_ENDPOINTS, Cell, Subject, Workload
from harness.model.run import Window
from harness.results.records import RecordedRun
from tests.unit.analysis.fed import ASKED, chat_report, feed_report
from tests.unit.analysis.simulate import started
from tests.unit.results.sample import deployment, run_of, window_of

LOST = "the load driver was lost"
SKIPPED = "not tried: of 2,000 subscribers it held 40"
EVENTS = 6
"""Due to each."""

type Rung = int | str | None
"""How many were held, or served, of all that were asked for; why the window was lost or skipped; None where the run was
cut off before it."""


def climbed(ladders: Mapping[Subject, Mapping[int, Sequence[Rung]]], workload: Workload = Workload.FEED) -> RecordedRun:
    """By subject and number, what each round came to."""
    cells = [
        Cell(
            subject=subject,
            endpoint=CROWD_ENDPOINTS[workload],
            workload=workload,
            connections=number,
            room=10 if workload is Workload.CHAT else None,
        )
        for subject, ladder in ladders.items()
        for number in ladder
    ]
    windows = [
        _window(cell, index, came)
        for cell in cells
        for index, came in enumerate(ladders[cell.subject][cell.connections])
        if came is not None
    ]
    rounds = max(len(rung) for ladder in ladders.values() for rung in ladder.values())
    return RecordedRun(
        run=run_of(cells, rounds=rounds, deployments=tuple(map(deployment, ladders))),
        windows=tuple(windows),
        starts=tuple(started(subject, index) for subject in ladders for index in range(rounds)),
        rounds_complete=rounds,
    )


def _window(cell: Cell, round_index: int, came: int | str) -> Window:
    if came == SKIPPED:
        return window_of(cell, round_index=round_index, spec=None, skipped=came)
    if isinstance(came, str):
        return window_of(cell, round_index=round_index, spec=None, lost=came)
    due, number = EVENTS * cell.connections, cell.connections
    counts: dict[str, object] = {"asked": number, "served": came, "due": due, "delivered": EVENTS * came}
    if cell.endpoint is Endpoint.CHAT:
        counts |= {"held": number, "said": due, "late": due - EVENTS * came}
        return window_of(cell, round_index=round_index, spec=None, chat=chat_report(ASKED).model_copy(update=counts))
    counts |= {"held": came, "unanswered": number - came, "missing": due - EVENTS * came}
    return window_of(cell, round_index=round_index, spec=None, feed=feed_report(ASKED).model_copy(update=counts))
