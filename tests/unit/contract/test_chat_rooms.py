import pytest

from harness.contract.chat_rooms import MAX_ROOM, target_of
from harness.contract.conformance.chat.handshake import WRONG_ROOMS


@pytest.mark.parametrize("room", ["a", "Lobby-2", "-", "x" * MAX_ROOM])
def test_a_room_is_asked_for_by_its_name(room: str) -> None:
    assert target_of(room) == f"/chat?room={room}"


@pytest.mark.parametrize("room", ["", " ", "a_b", "café", "lobby\n", "../lobby", "x" * (MAX_ROOM + 1)])
def test_what_no_room_may_be_called_is_not_asked_for(room: str) -> None:
    with pytest.raises(ValueError, match="no room can be called"):
        target_of(room)


def test_no_query_that_is_to_be_refused_names_a_room() -> None:
    named = [query.removeprefix("?room=") for query in WRONG_ROOMS if query.startswith("?room=")]
    assert len(named) > 5
    for name in named:
        with pytest.raises(ValueError, match="no room can be called"):
            target_of(name)
