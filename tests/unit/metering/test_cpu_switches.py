"""When others had a CPU, from the switches of its threads."""

import pytest

from harness.metering.cpu_switches import IDLE, Switch, held_by_others

SERVER, OTHER, ANOTHER, WATCH = 10, 20, 21, 30


def held(*turns: tuple[int, int], least_ns: int = 5) -> tuple[tuple[int, int], ...]:
    """Of turns that each take so long, from 100 on."""
    switches, now_ns = [], 100
    for pid, length_ns in turns:
        now_ns += length_ns
        switches.append(Switch(now_ns, pid))
    return held_by_others(100, switches, {SERVER}, {WATCH}, least_ns)


@pytest.mark.parametrize(
    ("turns", "found"),
    [
        ([], ()),
        ([(SERVER, 50), (IDLE, 50), (WATCH, 50)], ()),
        ([(SERVER, 10), (OTHER, 5), (SERVER, 10)], ((110, 5),)),
        ([(SERVER, 10), (OTHER, 4), (SERVER, 10), (OTHER, 4), (IDLE, 10)], ()),
        ([(SERVER, 10), (OTHER, 3), (ANOTHER, 3), (IDLE, 10)], ((110, 6),)),
        ([(SERVER, 10), (OTHER, 3), (WATCH, 1), (OTHER, 3), (IDLE, 10)], ((110, 7),)),
        ([(SERVER, 10), (WATCH, 9), (OTHER, 5), (IDLE, 10)], ((119, 5),)),
        ([(OTHER, 8), (SERVER, 1), (OTHER, 9)], ((100, 8), (109, 9))),
    ],
    ids=[
        "nothing",
        "the server, nobody and the watch are no others",
        "another",
        "short turns with the server between them",
        "two others in a row",
        "others that the watch interrupts",
        "it begins with the first other",
        "from the beginning and until the end",
    ],
)
def test_others_have_it_from_the_server_s_last_turn_until_its_next(
    turns: list[tuple[int, int]], found: tuple[tuple[int, int], ...]
) -> None:
    assert held(*turns) == found
