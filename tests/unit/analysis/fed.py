"""Runs of feeds and chats with known counts."""

from collections.abc import Mapping, Sequence

from harness.histogram import Histogram
from harness.model.app import Endpoint
from harness.model.cell import Cell, Subject, Workload
from harness.model.crowds.chat import ChatFaults, ChatReport
from harness.model.crowds.feed import FeedReport
from harness.model.run import Window
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import started
from tests.unit.results.sample import deployment, run_of, window_of

ASKED = 100
DUE = 600


def fed(held: Mapping[Subject, Sequence[int]], **changes: object) -> RecordedRun:
    """So many of 100 subscribers held by each subject, round by round; each of them had every event."""
    cells = {
        each: Cell(subject=each, endpoint=Endpoint.FEED, workload=Workload.FEED, connections=ASKED) for each in held
    }
    return _run(
        [
            window_of(cells[each], round_index=index, feed=feed_report(count, **changes))
            for each, counts in held.items()
            for index, count in enumerate(counts)
        ],
        tuple(cells.values()),
        held,
    )


def talked(served: Mapping[Subject, Sequence[int]], *, room: int = 10, **changes: object) -> RecordedRun:
    """So many of 100 members of a chat served by each subject, round by round; all of them were held."""
    cells = {
        each: Cell(subject=each, endpoint=Endpoint.CHAT, workload=Workload.CHAT, connections=ASKED, room=room)
        for each in served
    }
    return _run(
        [
            window_of(cells[each], round_index=index, chat=chat_report(count, **changes))
            for each, counts in served.items()
            for index, count in enumerate(counts)
        ],
        tuple(cells.values()),
        served,
    )


def _run(
    windows: Sequence[Window], cells: tuple[Cell, ...], by_subject: Mapping[Subject, Sequence[int]]
) -> RecordedRun:
    rounds = max(map(len, by_subject.values()))
    return RecordedRun(
        run=run_of(cells, rounds=rounds, deployments=tuple(map(deployment, by_subject))),
        windows=tuple(windows),
        starts=tuple(started(each, index) for each, counts in by_subject.items() for index in range(len(counts))),
        rounds_complete=rounds,
    )


def chat_report(served: int, **changes: object) -> ChatReport:
    fed = feed_report(ASKED).model_dump(exclude={"unreadable"})
    delivered = served * DUE // ASKED
    of_chat = {"said": DUE, **dict.fromkeys(ChatFaults.model_fields, 0)}
    return ChatReport.model_validate(
        fed | of_chat | {"served": served, "delivered": delivered, "late": DUE - delivered} | changes
    )


def feed_report(held: int, **changes: object) -> FeedReport:
    delivered = held * DUE // ASKED
    return FeedReport(
        duration_ns=6_000_000_000,
        opening_ns=1,
        asked=ASKED,
        held=held,
        served=held,
        dropped=0,
        late_comers=0,
        unanswered=ASKED - held,
        refused=0,
        untried=0,
        due=DUE,
        delivered=delivered,
        late=0,
        missing=DUE - delivered,
        disordered=0,
        unreadable=0,
        events_total=delivered,
        lag=Histogram().encode(),
        generator_cpu_ns=1,
        generator_run_delay_ns=0,
    ).model_copy(update=changes)
