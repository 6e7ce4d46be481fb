"""What becomes of a chat's messages, from who had what and when."""

import numpy as np
import pytest

from harness.load.crowds.chat_accounts import ChatAccounts, Members, Messages, chat_accounts

S = 1_000_000_000
JOINED = 1
"""Before anything was said."""


def accounts(
    had: list[str], *, said: str = "abcdef", senders: str = "", unsaid: str = "", joined: dict[int, int] | None = None
) -> ChatAccounts:
    """Of one room, in which a message is said each second from 10 s on; each member had these, 0.1 s after that.

    Of the messages, the first is due before the counted stretch and the last after it.
    """
    number_of = {name: number for number, name in enumerate(said)}
    due_ns = np.arange(10, 10 + len(said), dtype=np.int64) * S
    rows = [
        (place, number_of[name], int(due_ns[number_of[name]]) + S // 10)
        for place, names in enumerate(had)
        for name in names
    ]
    return chat_accounts(
        np.array(rows, dtype=np.int64).reshape(-1, 3),
        Messages(
            room=np.zeros(len(said), dtype=np.int64),
            sender=np.array([int(each) for each in senders or "0" * len(said)], dtype=np.int64),
            due_ns=due_ns,
            said_ns=np.array([0 if name in unsaid else due for name, due in zip(said, due_ns, strict=True)]),
        ),
        Members(
            room=np.zeros(len(had), dtype=np.int64),
            first_ns=np.array([(joined or {}).get(place, JOINED) for place in range(len(had))], dtype=np.int64),
        ),
        opens_ns=11 * S,
        closes_ns=15 * S,
        limit_ns=S // 2,
    )


def test_all_that_was_due_came_in_the_same_order() -> None:
    found = accounts(["abcdef"] * 3)
    assert found.accounts.due.tolist() == found.accounts.delivered.tolist() == [4, 4, 4]
    assert found.accounts.lag.total == 12
    assert (found.disordered, found.lost, found.twice, found.wrong_room, found.unsaid) == (0,) * 5


@pytest.mark.parametrize("order", ["abcdef", "badcfe", "fedcba"])
def test_the_order_is_the_server_s_to_choose_if_it_is_the_same_for_all(order: str) -> None:
    assert accounts([order] * 4, senders="012345").disordered == 0


def test_what_one_member_said_stands_as_it_said_it() -> None:
    assert accounts(["bacdef"] * 4, senders="012345").disordered == 0
    assert accounts(["bacdef"] * 4, senders="002345").disordered == 1, "once for the room: all have the same"


@pytest.mark.parametrize(
    ("had", "disordered"),
    [
        (["abcdef", "abcdef", "abdcef"], 1),
        (["abdcef", "abcdef", "abcdef"], 1),
        (["abcdef", "abcdef", "bcdefa"], 1),
        (["abcdef", "abcdef", "fabcde"], 5),
        (["abcdef", "badcfe"], 3),
        (["abcdef", "abcdef", "abdce"], 1),
    ],
)
def test_a_member_that_had_them_in_another_order_than_most_is_out_of_order(had: list[str], disordered: int) -> None:
    assert accounts(had).disordered == disordered


@pytest.mark.parametrize("at", range(3))
def test_a_message_that_one_member_lacks_while_it_has_later_ones_is_lost_and_nothing_is_out_of_order(at: int) -> None:
    had = ["abcdef"] * 3
    had[at] = "abdef"
    found = accounts(had)
    assert (found.lost, found.disordered) == (1, 0)
    assert found.accounts.due[at] - found.accounts.delivered[at] == 1


def test_all_may_lack_another_one() -> None:
    found = accounts(["acdef", "abdef", "abcef"])
    assert (found.lost, found.disordered) == (3, 0)


def test_what_may_still_be_on_its_way_is_missing_and_not_lost() -> None:
    found = accounts(["abcdef", "abc", "", "ab"])
    assert (found.lost, found.disordered) == (0, 0)
    assert found.accounts.delivered.tolist() == [4, 2, 0, 1]


def test_what_nobody_had_is_lost_where_the_same_sender_was_heard_later() -> None:
    assert accounts(["abdef"] * 3, senders="010111").lost == 0, "its sender said nothing after it"
    assert accounts(["abdef"] * 3, senders="011101").lost == 3


def test_what_was_never_said_is_no_loss_of_the_server_s_but_due_all_the_same() -> None:
    found = accounts(["abdef"] * 3, unsaid="c")
    assert (found.lost, found.unsaid) == (0, 1)
    assert found.accounts.due.tolist() == [4, 4, 4]
    assert found.accounts.delivered.tolist() == [3, 3, 3]


def test_what_was_said_before_a_member_came_in_is_not_lost_to_it() -> None:
    assert accounts(["abcdef", "abcdef", "def"], joined={2: 13 * S - 1}).lost == 0
    assert accounts(["abcdef", "abcdef", "def"], joined={2: 12 * S - 1}).lost == 1


def test_outside_of_the_stretch_nothing_is_lost_but_disorder_counts() -> None:
    assert accounts(["abcdef", "bcdef"]).lost == 0
    assert accounts(["abcdef", "abcdef", "bacdef"]).disordered == 1


def test_what_comes_again_counts_once() -> None:
    found = accounts(["abccdef", "aabcdefa"])
    assert found.twice == 3
    assert found.accounts.delivered.tolist() == [4, 4]
    assert found.disordered == 0


def test_what_comes_to_another_room_counts_for_nobody() -> None:
    came = np.array([[0, 0, 2 * S], [1, 0, 2 * S], [1, 1, 2 * S]], dtype=np.int64)
    messages = Messages(np.array([0, 1]), np.array([0, 1]), np.array([S, S]), np.array([S, S]))
    found = chat_accounts(
        came, messages, Members(np.array([0, 1]), np.array([1, 1])), opens_ns=0, closes_ns=2 * S, limit_ns=S
    )
    assert found.wrong_room == 1
    assert found.accounts.delivered.tolist() == [1, 1]
    assert (found.lost, found.disordered) == (0, 0)


def test_nothing_came_at_all() -> None:
    found = accounts(["", ""])
    assert found.accounts.due.tolist() == [4, 4]
    assert (found.accounts.delivered.sum(), found.lost, found.accounts.lag.total) == (0, 0, 0)
