"""Percentiles of latency: formed in rounds, shown where they can be known."""

from collections.abc import Sequence

import numpy as np
import pytest

from harness.analysis.host_effect import fit_host_effect
from harness.analysis.intervals import ratio
from harness.analysis.latency.durations import Durations
from harness.analysis.latency.percentiles import (
    Latencies,
    WindowLatencies,
    far_quantile,
    in_order,
    is_known,
    log_quantiles,
    quantile_table,
)
from harness.analysis.moderation import Prior
from harness.analysis.windows import CellWindows, UsedWindow
from harness.model.findings import Estimate, Percentile
from harness.model.window import Failure, SpeedReading, WindowSpec
from tests.unit.analysis.simulate import EMPTY_REPORT, capacity_windows, histogram, subject

CELL = capacity_windows(np.zeros((1, 1, 1)), [subject("app")])[0].cell
SPEC = WindowSpec.model_construct()


def rounds_of(
    scales: Sequence[float], seed: int, *, requests: int = 2_000, missing: int | None = None, tail: float = 1.0
) -> list[WindowLatencies]:
    """One window a round; each round's latencies are so many times as long."""
    generator = np.random.default_rng(seed)
    made = []
    for index, scale in enumerate(scales):
        times = 1e6 * scale * generator.lognormal(0, 0.4 * tail, requests)
        window = UsedWindow(index, SPEC, EMPTY_REPORT, None, sequence=100 * seed + index)
        if index != missing:
            made.append(WindowLatencies(window, Durations.of_requests(times, np.zeros(0))))
    return made


@pytest.mark.parametrize("quantile", [0.5, 0.99])
def test_a_ratio_of_percentiles_is_formed_in_the_rounds_that_both_have(quantile: float) -> None:
    """In one round the host took three times as long with everything; one subject misses that round."""
    host = [1.0, 1.1, 3.0, 0.9, 1.0]
    table = quantile_table([rounds_of(host, 1), rounds_of(host, 2, missing=2)], quantile)
    assert table.rounds.tolist() == [5, 4]
    found = ratio(table, Prior(), 0, 1)
    assert np.exp(found.value) == pytest.approx(1.0, abs=0.05)
    assert abs(found.value) < found.half_width < 0.2


def test_the_worst_round_does_not_decide_a_percentile() -> None:
    """Merged over rounds, the p99 would be that of the round that the host spoiled."""
    table = quantile_table([rounds_of([1, 1, 1, 1, 20], 1), rounds_of([1, 1, 20, 1, 1], 2)], 0.99)
    calm = quantile_table([rounds_of([1, 1, 1, 1, 1], 1)], 0.99)
    assert np.exp(table.values - calm.values[0]) == pytest.approx([20**0.2] * 2, rel=0.05)


def test_percentiles_follow_the_host_as_capacities_do() -> None:
    """Windows twice as slow where the probe's work takes twice as long: nothing of that is left."""
    generator = np.random.default_rng(6)
    cells, latencies = [], []
    for place in range(8):
        own = []
        for index in range(6):
            speed = generator.normal()
            window = UsedWindow(
                index, SPEC, EMPTY_REPORT, None, SpeedReading(samples=50, work_ns=1e4 * np.exp(speed)),
                sequence=100 * place + index,
            )  # fmt: skip
            times = 1e6 * np.exp(speed) * generator.lognormal(0, 0.4, 2_000)
            own.append(WindowLatencies(window, Durations.of_requests(times, np.zeros(0))))
        cells.append(CellWindows(CELL, tuple(each.window for each in own)))
        latencies.append(own)
    effect = fit_host_effect([cells], log_quantiles(latencies, 0.99))
    assert effect.slopes[0].speed == pytest.approx(1.0, abs=0.05)
    raw, corrected = quantile_table(latencies, 0.99), quantile_table(latencies, 0.99, effect)
    assert raw.columns.std() > 0.8
    assert corrected.columns.std() < 0.1


def test_a_percentile_is_known_where_its_interval_ends_within_what_was_seen() -> None:
    cell = rounds_of([1, 1, 1, 1], 1, requests=100)
    assert is_known(cell, 0.99)
    assert not is_known(cell[:3], 0.99)
    assert not is_known(cell, 0.999)
    assert not is_known([], 0.5)


def test_a_p99_9_has_an_interval_that_holds_the_truth_or_is_not_shown() -> None:
    truth = 1e3 * np.exp(0.4 * 3.0902)
    found = [far_quantile(rounds_of([1] * 6, seed, requests=5_000), 0.999) for seed in range(1, 101)]
    held = [each.low <= truth <= each.high for each in found if each]
    assert len(held) == 100
    assert 90 <= sum(held) <= 99
    assert far_quantile(rounds_of([1] * 6, 1, requests=600), 0.999) is None, "its upper end was never seen"
    assert far_quantile(rounds_of([1], 1, requests=50_000), 0.999) is None, "one round can't tell how rounds differ"


def test_a_p99_9_that_one_bad_round_makes_is_not_known() -> None:
    """All of the slowest requests are of one round: how often such a round comes, nobody can tell."""
    assert far_quantile(rounds_of([1, 1, 8, 1, 1], 1, requests=5_000), 0.999) is None


def test_a_request_that_was_given_up_took_longer_than_all_that_were_answered() -> None:
    """One in a hundred is given up after five seconds: the p99 of the others is the p98.01 of all."""
    times = np.random.default_rng(1).exponential(1e6, 19_800)
    report = EMPTY_REPORT.model_copy(update={"latency": histogram(times), "failures": {Failure.TIMEOUT: 200}})
    window = UsedWindow(0, SPEC, report, None, sequence=0)
    found = quantile_table([Latencies(CellWindows(CELL, (window,))).by_window], 0.98)
    assert np.exp(found.values[0]) == pytest.approx(1e3 * np.quantile(times / 1e6, 0.98 / 0.99), rel=0.005)
    (lost,) = quantile_table([Latencies(CellWindows(CELL, (window,))).by_window], 0.995).values
    assert np.isnan(lost), "of those beyond, nobody knows how long they would have taken"


@pytest.mark.parametrize(
    ("p50", "p90", "p99", "shown"),
    [
        ((1, 0.9, 1.1), (267, 200, 330), (264, 190, 320), (264, 190, 320)),
        ((100, 90, 110), (99, 80, 120), (264, 190, 320), (100, 90, 120)),
        ((1, 0.9, 1.1), (100, 90, 110), (264, 190, 320), (100, 90, 110)),
    ],
)
def test_a_p90_is_shown_between_the_p50_and_the_p99(
    p50: tuple[float, float, float],
    p90: tuple[float, float, float],
    p99: tuple[float, float, float],
    shown: tuple[float, float, float],
) -> None:
    """Each follows the host by slopes of its own: a p90 of 267 stood above a p99 of 264."""
    given = [
        Percentile(quantile=quantile, us=Estimate(value=value, low=low, high=high))
        for quantile, (value, low, high) in zip((0.5, 0.9, 0.99), (p50, p90, p99), strict=True)
    ]
    found = in_order(given)
    assert (found[1].us.value, found[1].us.low, found[1].us.high) == shown
    assert (found[0], found[2]) == (given[0], given[2])
    assert in_order(given[1:2]) == tuple(given[1:2])
