"""The engine's timer."""

import select
import time
from collections.abc import Iterator

import pytest

from harness.load.agenda import Agenda
from tests.waiting import undisturbed


@pytest.fixture
def agenda() -> Iterator[Agenda]:
    """An agenda with a real timer."""
    kept = Agenda()
    yield kept
    kept.close()


def test_due_actions_run_in_the_order_of_their_instants(agenda: Agenda) -> None:
    """Earliest first, those of the same instant as they were entered, and what is not due stays."""
    done: list[str] = []
    for when_ns, name in ((30, "c"), (10, "a"), (20, "b1"), (20, "b2"), (99, "later")):
        agenda.at(when_ns, lambda name=name: done.append(name))
    agenda.run_due(50)
    assert done == ["a", "b1", "b2", "c"]
    assert agenda.next_ns == 99


def test_timer_fires_to_the_fraction_of_a_millisecond(agenda: Agenda) -> None:
    """Its file descriptor becomes readable when the earliest action is due, however they were entered."""

    def late_ns() -> int:
        agenda.clear()
        due_ns = time.monotonic_ns() + 20_300_000
        agenda.at(due_ns + 10**9, lambda: None)
        agenda.at(due_ns, lambda: None)
        assert select.select([agenda.fd], [], [], 5)[0]
        return time.monotonic_ns() - due_ns

    def in_time(found_ns: int) -> None:
        assert 0 <= found_ns < 700_000  # a timer of whole milliseconds would be later, or early

    undisturbed(late_ns, in_time)


def test_timer_is_quiet_once_nothing_is_left(agenda: Agenda) -> None:
    """An expiration that nobody read does not wake the engine again and again."""
    agenda.at(time.monotonic_ns(), lambda: None)
    assert select.select([agenda.fd], [], [], 5)[0]
    agenda.run_due(time.monotonic_ns())
    assert not select.select([agenda.fd], [], [], 0)[0]


def test_action_may_enter_another(agenda: Agenda) -> None:
    """As the sweep and the arrivals do; what is due by then runs at once."""
    done: list[int] = []
    agenda.at(10, lambda: agenda.at(20, lambda: done.append(20)))
    agenda.run_due(30)
    assert done == [20]


def test_clearing_forgets_everything(agenda: Agenda) -> None:
    """Nothing of one window reaches into the next."""
    agenda.at(1, lambda: pytest.fail("it was cleared"))
    agenda.clear()
    agenda.run_due(10)
    assert not select.select([agenda.fd], [], [], 0)[0]
