"""What became of every message of a chat, at every member that was to have it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from harness.histogram import Histogram
from harness.load.crowds.accounts import Accounts, Integers


@dataclass(frozen=True)
class Messages:
    """All that was to be said, by number."""

    room: Integers
    sender: Integers
    due_ns: Integers
    said_ns: Integers
    """When it was sent; 0: it was not."""


@dataclass(frozen=True)
class Members:
    """All who were asked for, by place."""

    room: Integers
    first_ns: Integers
    """Since when each is in; 0: it never was."""


@dataclass(frozen=True)
class ChatAccounts:
    """By member what was due and came, and what was wrong about it."""

    accounts: Accounts
    disordered: int
    lost: int
    twice: int
    wrong_room: int
    unsaid: int


def chat_accounts(  # noqa: PLR0913 - each is another thing
    came: Integers, messages: Messages, members: Members, *, opens_ns: int, closes_ns: int, limit_ns: int
) -> ChatAccounts:
    """Account for the messages due from `opens_ns` up to, not including, `closes_ns`.

    `came` has a row for each that came, in that order: place of the member, number of the message, time in ns.
    """
    place, number, _ = came.T
    at_home = messages.room[number] == members.room[place]
    wrong_room = int((~at_home).sum())
    came = came[at_home]
    _, first = np.unique(came[:, 0] * len(messages.room) + came[:, 1], return_index=True)
    twice = len(came) - len(first)
    came = came[np.sort(first)]
    place, number, came_ns = came.T
    ours = (messages.due_ns >= opens_ns) & (messages.due_ns < closes_ns)
    rooms = int(members.room.max()) + 1
    due = np.bincount(messages.room[ours], minlength=rooms)[members.room]
    counted = ours[number]
    lags_ns = (came_ns - messages.due_ns[number])[counted]
    in_time, of = lags_ns <= limit_ns, place[counted]
    delivered = np.bincount(of[in_time], minlength=len(members.room))
    late = np.bincount(of[~in_time], minlength=len(members.room))
    lag = Histogram()
    lag.record_many(lags_ns)
    disordered, lost = _order(came, messages, members, ours)
    return ChatAccounts(
        Accounts(due, delivered, late, lag),
        disordered,
        lost,
        twice,
        wrong_room,
        int((messages.said_ns[ours] == 0).sum()),
    )


def _order(came: Integers, messages: Messages, members: Members, ours: NDArray[np.bool_]) -> tuple[int, int]:
    """How many messages, each at each member, came out of order, and how many can't come any more."""
    had = [came[rows, 1].tolist() for rows in _split(came[:, 0], len(members.room))]
    rooms = int(members.room.max()) + 1
    said = [rows[messages.said_ns[rows] > 0].tolist() for rows in _split(messages.room, rooms)]
    disordered = lost = 0
    for here, spoken in zip(_split(members.room, rooms), said, strict=True):
        order = _with_unheard(_room_order([had[member] for member in here]), spoken, messages.sender)
        disordered += _overtaken(order, messages.sender)
        rank = {number: place for place, number in enumerate(order)}
        for member in here.tolist():
            if had[member] == order[: len(had[member])]:
                continue
            ranks = [rank[number] for number in had[member]]
            highest = list(accumulate(ranks, max))
            disordered += sum(each < high for each, high in zip(ranks, highest, strict=True))
            lost += sum(
                bool(ours[number]) and messages.said_ns[number] > members.first_ns[member]
                for number in set(order[: highest[-1]]) - set(had[member])
            )
    return disordered, lost


def _overtaken(order: Sequence[int], sender: Integers) -> int:
    """How many stand behind a later one of the same sender, for all of their room."""
    latest: dict[int, int] = {}
    overtaken = 0
    for number in order:
        overtaken += number < latest.get(sender[number], -1)
        latest[sender[number]] = max(number, latest.get(sender[number], -1))
    return overtaken


def _split(group: Integers, groups: int) -> list[Integers]:
    """The rows of each group, in their order."""
    rows = np.argsort(group, kind="stable")
    return np.split(rows, np.searchsorted(group[rows], np.arange(1, groups)))


def _room_order(had: Sequence[list[int]]) -> list[int]:
    """The one order of a room's messages, given what each member had, of which some may lack some.

    What stands before what is taken from one member after the other, those first who agree with most others, as long as
    it does not contradict what was taken before.
    """
    distinct: Counter[tuple[int, ...]] = Counter(tuple(each) for each in had)
    longest = max(distinct, key=len)
    if all(each == longest[: len(each)] for each in distinct):
        return list(longest)
    before: dict[int, frozenset[int]] = {}
    odd = []
    for each in sorted(distinct, key=lambda each: (-distinct[each], -len(each))):
        chained = before | {
            number: before.get(number, frozenset()) | set(each[max(place - 1, 0) : place])
            for place, number in enumerate(each)
        }
        try:
            TopologicalSorter(chained).prepare()
        except CycleError:
            odd.append(each)
        else:
            before = chained
    order = list(TopologicalSorter(before).static_order())
    for each in odd:
        for place, number in enumerate(each):
            if number not in before:
                behind = next((order.index(other) for other in each[place + 1 :] if other in order), len(order))
                order.insert(behind, number)
                before[number] = frozenset()
    return order


def _with_unheard(order: list[int], said: Sequence[int], sender: Integers) -> list[int]:
    """The same with what was said and nobody had: before the next of its sender's that anybody had.

    Where there is none, it may still be on its way, and has no place.
    """
    heard = set(order)
    if len(heard) == len(said):
        return order
    order = order.copy()
    for number in said:
        if number not in heard:
            behind = next(
                (each for each in said if each > number and sender[each] == sender[number] and each in heard), None
            )
            if behind is not None:
                order.insert(order.index(behind), number)
    return order
