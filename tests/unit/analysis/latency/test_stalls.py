"""Taking stalls out: what it must leave alone, what it must find, and where it fails."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from harness.analysis.host_effect import fit_host_effect
from harness.analysis.intervals import ratio
from harness.analysis.latency.durations import Durations
from harness.analysis.latency.percentiles import CellLatencies, log_quantiles, quantile_table
from harness.analysis.latency.stalls import MAX_LOAD, REPAY, clear_of_stalls
from harness.analysis.moderation import fit_prior
from tests.unit.analysis.latency.simulate_stalls import (
    CALM,
    LatencyRun,
    Server,
    Simulated,
    StallingHost,
    latency_run,
    window,
)
from tests.unit.analysis.simulate import simulated_runs

MS = 1_000_000
SETTLE_NS = 10.0 * MS
"""Ten times what a request takes by itself, as `of_server` comes to for a server at half of its capacity."""

STEADY = StallingHost(speed=0.0, unseen=0.0, process=0.0)
STEADY_CALM = replace(STEADY, stalls_per_s=0.0)
RUNS = simulated_runs(40)

type Way = Callable[[Simulated], Durations]


def many(seed: int, server: Server, host: StallingHost, windows: int) -> list[Simulated]:
    generator = np.random.default_rng(seed)
    return [window(generator, server, host, 1.0) for _ in range(windows)]


def log_quantile(made: list[Simulated], way: Way, quantile: float) -> float:
    """Of all windows together."""
    merged = Durations.together([way(each) for each in made], [1.0] * len(made))
    found = merged.quantile_ns(quantile)
    assert found
    return float(np.log(found))


def as_met(each: Simulated) -> Durations:
    return each.as_met()


def of_server(each: Simulated) -> Durations:
    return each.of_server(SETTLE_NS)


def without_those_that_overlap(each: Simulated) -> Durations:
    """The way that seems natural, and is wrong."""
    begins, lengths = np.array([(-1e18, 0.0), *each.stalls]).T
    last = np.searchsorted(begins, each.arrivals_ns + each.latencies_ns) - 1
    overlaps = (begins + lengths)[last] > each.arrivals_ns
    return Durations.of_requests(each.latencies_ns[~overlaps], np.zeros(0))


HALF = Server(load=0.5)
CALM_WINDOWS = many(1, HALF, STEADY_CALM, 700)
STALLED_WINDOWS = many(2, HALF, STEADY, 700)


def test_a_request_is_left_out_by_when_it_arrived_and_cut_off_where_a_stall_begins() -> None:
    """One stall from 100 to 102 ms; its debt is paid at 108, and the queue has settled at 118."""
    assert REPAY == 3
    arrivals = np.array([-5, 10, 95, 99, 101, 103, 117, 119, 190, 199]) * 1e6
    latencies = np.array([9, 9, 4, 9, 9, 1, 1, 5, 9, 30]) * 1e6
    found = clear_of_stalls(arrivals, latencies, [(100 * MS, 2 * MS)], (-12 * MS, 212 * MS), SETTLE_NS)
    assert found.values_ns.tolist() == [1e6, 1e6, 4e6, 5e6, 9e6, 9e6]
    assert found.cut_off.tolist() == [1, 1, 0, 0, 0, 0], "at 99 and at 199, where the watch ends"


def test_stalls_that_follow_each_other_run_up_a_debt() -> None:
    """Two of 5 ms within 6 ms: 15 for the first, of which one is paid when the second begins, and 15 more."""
    stalls = [(6 * MS, 5 * MS), (0, 5 * MS)]
    arrivals = np.array([11 + 29 - 1, 11 + 29 + 1]) * 1e6
    found = clear_of_stalls(arrivals, np.array([1e6, 1e6]), stalls, (-100 * MS, 1000 * MS), 0.0)
    assert found.total == 1
    overlapping = clear_of_stalls(
        arrivals, np.array([1e6, 1e6]), [(0, 11 * MS), (2 * MS, 3 * MS)], (-100 * MS, 1000 * MS), 0.0
    )
    assert overlapping.total == 0, "11 + 33"


def test_what_was_not_watched_is_not_taken_to_be_clear() -> None:
    arrivals = np.array([5.0, 15.0, 95.0, 105.0]) * 1e6
    found = clear_of_stalls(arrivals, np.full(4, 7e6), [], (0, 100 * MS), SETTLE_NS)
    assert found.values_ns.tolist() == [5e6, 7e6]
    assert found.cut_off.tolist() == [1, 0]


@pytest.mark.parametrize("quantile", [0.5, 0.9, 0.99])
def test_masks_at_random_times_change_nothing(quantile: float) -> None:
    """The stalls of other windows, laid over windows without any."""
    placebo = [
        replace(calm, stalls=stalled.stalls) for calm, stalled in zip(CALM_WINDOWS, STALLED_WINDOWS, strict=True)
    ]
    assert sum(len(each.stalls) for each in placebo) > 10_000
    without, masked = (log_quantile(placebo, way, quantile) for way in (as_met, of_server))
    assert masked == pytest.approx(without, abs=0.015)


@pytest.mark.parametrize("quantile", [0.5, 0.9, 0.99])
def test_of_two_copies_one_of_which_is_stalled_the_server_s_latencies_are_equal(quantile: float) -> None:
    """Equivalent within the margin that counts as a tie; as they were met, they are worlds apart."""
    calm = log_quantile(CALM_WINDOWS, of_server, quantile)
    assert log_quantile(STALLED_WINDOWS, of_server, quantile) == pytest.approx(calm, abs=np.log(1.03))
    assert log_quantile(STALLED_WINDOWS, as_met, quantile) > calm + (0.15 if quantile == 0.5 else 0.4)


def test_leaving_out_the_requests_that_overlap_a_stall_is_wrong_by_far_more() -> None:
    calm = log_quantile(CALM_WINDOWS, as_met, 0.99)
    assert abs(log_quantile(STALLED_WINDOWS, without_those_that_overlap, 0.99) - calm) > 0.15
    # What is slower overlaps the likelier: it is even wrong where stalls do nothing at all.
    placebo = [
        replace(calm, stalls=stalled.stalls) for calm, stalled in zip(CALM_WINDOWS, STALLED_WINDOWS, strict=True)
    ]
    assert log_quantile(placebo, without_those_that_overlap, 0.99) < calm - 0.02


@pytest.mark.parametrize("quantile", [0.5, 0.99])
def test_the_server_s_latency_has_no_slope_on_what_is_stolen(quantile: float) -> None:
    """Windows in order of what was stolen of them, in five groups: as met, each is slower than the one before."""
    ordered = sorted(STALLED_WINDOWS, key=lambda each: each.stolen_share)
    groups = [ordered[first : first + 140] for first in range(0, 700, 140)]
    stolen = np.array([np.mean([each.stolen_share for each in group]) for group in groups])
    met, server = (np.array([log_quantile(group, way, quantile) for group in groups]) for way in (as_met, of_server))
    assert np.all(np.diff(met) > 0)
    assert np.polyfit(stolen, met, 1)[0] > 2
    assert abs(np.polyfit(stolen, server, 1)[0]) < 0.5
    assert np.ptp(server) < 0.08


def test_an_app_that_is_twice_as_slow_is_so_in_stalls_too() -> None:
    """At the same load. Stalls hit both alike, so that as met they are nearer to each other than they are."""
    slow = Server(service_s=0.002, load=0.5)
    slower = many(3, slow, STEADY, 1_000)
    server, met = (
        log_quantile(slower, way, 0.99) - log_quantile(STALLED_WINDOWS, way, 0.99)
        for way in (lambda each: each.of_server(2 * SETTLE_NS), as_met)
    )
    assert server == pytest.approx(np.log(2), abs=0.06)
    assert met < np.log(2) - 0.2


def test_from_65_percent_load_on_a_queue_recovers_too_slowly() -> None:
    """Where stalls come often, what is left of them at 80 % is far more than decides a tie."""
    assert MAX_LOAD == 0.65
    often = replace(STEADY, stalls_per_s=30.0, unevenness=0.0)
    left = {}
    for load in (0.5, 0.8):
        server = Server(load=load)
        calm, stalled = many(4, server, STEADY_CALM, 500), many(5, server, often, 500)
        left[load] = log_quantile(stalled, of_server, 0.99) - log_quantile(calm, of_server, 0.99)
    assert abs(left[0.5]) < 0.05
    assert left[0.8] > 0.15


def ratios(run: LatencyRun, cells: list[CellLatencies], quantile: float) -> np.ndarray:
    """Value and half width of the ratios of neighbours, of which all are equal."""
    host = fit_host_effect([run.cells], log_quantiles(cells, quantile))
    table = quantile_table(cells, quantile, host)
    prior = fit_prior([table])
    found = [ratio(table, prior, place, place - 1) for place in range(len(cells))]
    return np.array([(each.value, each.half_width) for each in found])


@pytest.mark.simulation
@pytest.mark.parametrize(
    ("host", "rounds", "windows", "duration_s"),
    [
        (StallingHost(), 5, 4, 0.5),
        (StallingHost(), 6, 1, 0.5),
        (StallingHost(stalls_per_s=40, unevenness=1.5, unseen=0.15), 5, 3, 0.5),
        (CALM, 5, 4, 0.5),
        (StallingHost(unseen=0.15, unevenness=1.5), 5, 8, 0.25),
    ],
    ids=["few windows", "one window a round", "wild", "calm", "many short windows"],
)
def test_95_of_100_intervals_of_a_percentile_ratio_contain_the_truth(
    host: StallingHost, rounds: int, windows: int, duration_s: float
) -> None:
    """Of p50 and p99, as met and of the server, on runs with stalls."""
    found: dict[tuple[str, float], list[np.ndarray]] = {}
    for seed in range(RUNS):
        generator = np.random.default_rng(seed)
        run = latency_run(generator, [Server()] * 8, host, rounds, windows, duration_s, SETTLE_NS)
        for name, cells in (("as met", run.as_met), ("of the server", run.of_server)):
            for quantile in (0.5, 0.99):
                found.setdefault((name, quantile), []).append(ratios(run, cells, quantile))
    coverage = {figure: _coverage(np.concatenate(pairs)) for figure, pairs in found.items()}
    # Eight ratios of a run are worth fewer than eight of as many runs: some five of each run.
    chance = 3 * np.sqrt(0.95 * 0.05 / (5 * RUNS))
    assert all(0.94 - chance <= share <= 0.96 + chance for share in coverage.values()), coverage


def _coverage(pairs: np.ndarray) -> float:
    values, half_widths = pairs.T
    return float((np.abs(values) <= half_widths).mean())
