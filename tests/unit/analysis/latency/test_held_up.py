"""What other processes do on the server's CPU counts where the server needed it, and only there."""

import numpy as np
import pytest

from harness.analysis.latency.durations import Durations
from harness.analysis.latency.stalls import Stretch, clear_of_stalls, held_up
from tests.unit.analysis.latency.simulate_stalls import CALM, Server, StallingHost, window

LEAST = 5
ARRIVALS, LATENCIES = np.array([100.0, 104.0, 200.0]), np.array([10.0, 10.0, 10.0])


@pytest.mark.parametrize(
    ("held", "counts"),
    [
        ((50, 40), None),
        ((50, 52), None),
        ((50, 57), (100, 7)),
        ((105, 20), (105, 20)),
        ((112, 3), None),
        ((114, 90), None),
        ((114, 95), (200, 9)),
        ((210, 50), None),
    ],
    ids=[
        "nobody asked",
        "they went when a request arrived",
        "they stayed on after it",
        "in the middle of two requests",
        "too short",
        "just after the last answer, and they went at the next request",
        "just after the last answer, and they stayed on",
        "after all requests",
    ],
)
def test_a_stretch_counts_from_when_a_request_was_under_way(held: Stretch, counts: Stretch | None) -> None:
    assert held_up([held], ARRIVALS, LATENCIES, LEAST) == ([counts] if counts else [])


def test_nothing_is_known_of_a_window_without_requests() -> None:
    assert held_up([(1, 100)], np.zeros(0), np.zeros(0), LEAST) == []


def p99_ms(durations: list[Durations]) -> float:
    p99_ns = Durations.together(durations, [1.0] * len(durations)).quantile_ns(0.99)
    assert p99_ns is not None
    return p99_ns / 1e6


def test_others_who_go_at_each_request_change_nothing() -> None:
    """They have the CPU in every gap between requests, which is most of the time that there is."""
    generator = np.random.default_rng(5)
    calm, beside = [], []
    for _ in range(20):
        made = window(generator, Server(), CALM, 1.0)
        ends = np.maximum.accumulate(made.arrivals_ns + made.latencies_ns)[:-1]
        gaps = made.arrivals_ns[1:] - ends
        held = [(int(end), int(gap) + 20_000) for end, gap in zip(ends, gaps, strict=True) if gap > 500_000]
        assert len(held) > 100
        stalls = held_up(held, made.arrivals_ns, made.latencies_ns, 500_000)
        calm.append(made.of_server(1e7))
        beside.append(clear_of_stalls(made.arrivals_ns, made.latencies_ns, stalls, made.watched, 1e7))
    assert p99_ms(beside) == pytest.approx(p99_ms(calm), rel=1e-9)


def test_others_who_stay_are_taken_out_as_stalls_are() -> None:
    """Of two servers, one has a neighbour that takes its CPU 25 times a second, for 2 ms in the median."""
    generator = np.random.default_rng(6)
    host = StallingHost(speed=0, unseen=0, process=0)
    calm, beside, met = [], [], []
    for _ in range(120):
        calm.append(window(generator, Server(), CALM, 1.0).of_server(1e7))
        made = window(generator, Server(), host, 1.0)
        stalls = held_up(made.stalls, made.arrivals_ns, made.latencies_ns, 500_000)
        beside.append(clear_of_stalls(made.arrivals_ns, made.latencies_ns, stalls, made.watched, 1e7))
        met.append(made.as_met())
    assert p99_ms(met) > 2 * p99_ms(calm)
    assert p99_ms(beside) == pytest.approx(p99_ms(calm), rel=0.05)
