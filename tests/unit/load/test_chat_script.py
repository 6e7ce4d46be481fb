"""What is said in a chat, by whom and when."""

from collections import Counter

import numpy as np

from harness.load.crowds.chat_script import written
from harness.model.crowds.chat import ChatSpec

MEMBERS, ROOM, LASTS_S = 43, 10, 3


def spec(**changes: object) -> ChatSpec:
    values: dict[str, object] = {"host": "here", "port": 1, "members": MEMBERS, "duration_s": 1, "seed": 3}
    return ChatSpec.model_validate(values | changes)


def test_the_same_seed_writes_the_same_script_and_another_one_another() -> None:
    first, again, other = (written(spec(seed=seed), LASTS_S) for seed in (3, 3, 4))
    assert first.texts == again.texts
    assert first.due_ns.tolist() == again.due_ns.tolist()
    assert not set(first.texts) & set(other.texts)
    assert not set(first.rooms) & set(other.rooms)


def test_in_a_room_of_ten_each_member_says_something_once_a_second() -> None:
    script = written(spec(), LASTS_S)
    seconds = Counter(zip(script.sender.tolist(), (script.due_ns // 10**9).tolist(), strict=True))
    assert {seconds[member, second] for member in range(40) for second in range(LASTS_S)} == {1}
    assert np.diff(script.due_ns).min() >= 0
    gaps = [np.diff(script.due_ns[script.sender == member]) for member in range(40)]
    assert min(map(np.min, gaps)) > 0.8e9, "in turn, not as it happens"


def test_every_room_is_said_as_much_in_however_many_its_members() -> None:
    script = written(spec(), LASTS_S)
    assert Counter(script.room_of[script.sender].tolist()) == dict.fromkeys(range(5), 10 * LASTS_S)
    assert Counter(script.room_of.tolist()) == {0: 10, 1: 10, 2: 10, 3: 10, 4: 3}
    large = written(spec(room_members=MEMBERS), LASTS_S)
    assert len(large.texts) == 10 * LASTS_S
    assert set(large.room_of.tolist()) == {0}


def test_no_two_texts_are_the_same_and_all_are_within_the_contract() -> None:
    script = written(spec(members=500), LASTS_S)
    texts = set(script.texts) | {script.joining(member) for member in range(500)}
    assert len(texts) == len(script.texts) + 500
    assert max(map(len, texts)) <= 4096
    beyond_ascii = [text for text in script.texts if not text.isascii()]
    assert 0 < len(beyond_ascii) < len(script.texts) / 4
    assert all(text.decode() for text in texts)
    assert all(len(name) <= 64 and name.replace("-", "").isalnum() for name in script.rooms)
