"""The highest rate at which a limit on the p99 is kept: whether the search finds the truth, and what is no figure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import exp, log

import numpy as np
import pytest

from harness.analysis.analyse import analyse
from harness.analysis.intervals import ratio, single
from harness.analysis.latency.highest_rate import highest_rate_table
from harness.analysis.moderation import fit_prior
from harness.model.app import Endpoint, Family
from harness.model.cell import Cell, Subject, Workload
from harness.model.findings import CellFinding
from harness.model.window import WindowReport
from harness.plan.limit_search import SLOW_SHARE, Trial, keeps, next_rate
from harness.results.records import RecordedRun
from tests.unit.analysis.latency.simulate_stalls import CALM, Server, StallingHost
from tests.unit.analysis.latency.simulate_stalls import window as queue_window
from tests.unit.analysis.simulate import EMPTY_REPORT, histogram, meter, simulated_runs, started, subject
from tests.unit.results.sample import ceiling, deployment, run_of, window_of

RUNS = simulated_runs(40)
LIMIT_MS, ROUNDS, WINDOWS, WINDOW_S = 10, 5, 6, 1.0
QUICK, SLOW = Server(service_s=0.0003, spread=0.25), Server(service_s=0.0006, spread=0.25)
HEAVY = Server(service_s=0.0015, spread=0.25)
STALLS = StallingHost(stalls_per_s=10.0, unevenness=0.5, speed=0.05, unseen=0.03)
UNSTEADY = replace(CALM, speed=0.06, unseen=0.03)
NO_STALLS = replace(CALM, speed=0.0, unseen=0.0)


def cell(of: Subject) -> Cell:
    return Cell(subject=of, endpoint=Endpoint.JSON, workload=Workload.LIMIT, connections=64, limit_ms=LIMIT_MS)


def trial_at(rate_rps: float, server: Server, host: StallingHost, generator: np.random.Generator) -> Trial:
    """A window of a server, on a host whose speed is what it is just then."""
    slower = exp(np.hypot(host.speed, host.unseen) * generator.normal())
    loaded = replace(server, load=rate_rps * server.service_s)
    latencies_ns = queue_window(generator, loaded, host, WINDOW_S, slower).latencies_ns
    return Trial(rate_rps, bool((latencies_ns > LIMIT_MS * 1e6).sum() <= SLOW_SHARE * len(latencies_ns)))


def search(server: Server, host: StallingHost, generator: np.random.Generator) -> list[tuple[int, Trial]]:
    """All windows of a search, with their rounds, by the code that runs it; each round has a process of its own."""
    found: list[tuple[int, Trial]] = []
    warm_rps = exp(0.1 * generator.normal()) / server.service_s
    for index in range(ROUNDS):
        process = replace(server, service_s=server.service_s * exp(host.process * generator.normal()))
        for _ in range(WINDOWS):
            rate_rps = next_rate([trial for _, trial in found], warm_rps)
            assert rate_rps
            found.append((index, trial_at(rate_rps, process, host, generator)))
    return found


@cache
def truth(server: Server, host: StallingHost) -> float:
    """The logarithm of the rate that half of all windows keep: near it, the share that do falls as a line does."""
    generator = np.random.default_rng(7)

    def kept(log_rate: float) -> bool:
        process = replace(server, service_s=server.service_s * exp(host.process * generator.normal()))
        return trial_at(exp(log_rate), process, host, generator).kept

    low, high = log(0.2 / server.service_s), log(1.2 / server.service_s)
    while high - low > 0.02:
        middle = (low + high) / 2
        low, high = (middle, high) if sum(kept(middle) for _ in range(60)) > 30 else (low, middle)
    near = (low + high) / 2 + generator.uniform(-0.06, 0.06, 1_200)
    slope, level = np.polyfit(near, [kept(each) for each in near.tolist()], 1)
    return float((0.5 - level) / slope)


@dataclass(frozen=True)
class Outcome:
    coverage: float
    bias: float
    half_width: float


@pytest.mark.simulation
@pytest.mark.parametrize("host", [UNSTEADY, STALLS])
def test_95_of_100_intervals_contain_the_rate_that_half_of_the_windows_keep(host: StallingHost) -> None:
    """Of two apps and of their ratio, though the search begins 10 % off, and processes and windows differ."""
    inside: list[bool] = []
    errors: list[float] = []
    half_widths: list[float] = []
    servers = (QUICK, SLOW, QUICK, SLOW)
    for seed in range(RUNS):
        generator = np.random.default_rng(seed)
        table = highest_rate_table([search(server, host, generator) for server in servers])
        prior = fit_prior([table])
        for place, server in enumerate(servers):
            found = single(table, prior, place)
            errors.append(found.value - truth(server, host))
            inside.append(abs(errors[-1]) <= found.half_width)
            half_widths.append(found.half_width)
        pair = ratio(table, prior, 0, 1)
        inside.append(abs(pair.value - truth(QUICK, host) + truth(SLOW, host)) <= pair.half_width)
    outcome = Outcome(float(np.mean(inside)), float(np.mean(errors)), float(np.median(half_widths)))
    assert 0.92 <= outcome.coverage <= 0.99, outcome
    assert abs(outcome.bias) <= 0.01, outcome
    assert outcome.half_width <= 0.15, outcome


def p99_ms(server: Server, load: float, seconds: float, seed: int = 0) -> float:
    """As met in one window on a calm host."""
    loaded = replace(server, load=load)
    latencies_ns = queue_window(np.random.default_rng(seed), loaded, NO_STALLS, seconds).latencies_ns
    return float(np.quantile(latencies_ns, 1 - SLOW_SHARE)) / 1e6


@pytest.mark.simulation
@pytest.mark.parametrize(("server", "kept", "not_kept"), [(QUICK, 0.985, 0.998), (HEAVY, 0.95, 0.98)])
def test_no_window_of_a_second_can_tell_whether_100_ms_are_kept(server: Server, kept: float, not_kept: float) -> None:
    """Most keep them beyond the capacity, where a queue grows for ever; in the long run, that ends just below it."""
    long_s = 600.0
    assert p99_ms(server, kept, long_s) < 100 < p99_ms(server, not_kept, long_s)
    assert sum(p99_ms(server, 1.01, 1.0, seed) < 100 for seed in range(100)) > 70


def report(latencies_ms: Sequence[float], offered: int | None = None) -> WindowReport:
    return EMPTY_REPORT.model_copy(
        update={
            "latency": histogram(np.array(latencies_ms) * 1e6),
            "responses": len(latencies_ms),
            "offered": len(latencies_ms) if offered is None else offered,
            "completed_in_time": len(latencies_ms),
            "requests_total": len(latencies_ms),
            "responses_total": len(latencies_ms),
            "service_time": histogram(np.array(latencies_ms) * 1e6),
        }
    )


QUICK_ENOUGH, TOO_SLOW = report([1.0] * 99 + [50.0]), report([1.0] * 98 + [50.0] * 2)


def recorded(kept: Sequence[Sequence[bool]], rates: Sequence[Sequence[float]], app: str = "flask") -> RecordedRun:
    """A run of one app with these windows, round by round."""
    of = subject(app)
    windows = [
        window_of(
            cell(of),
            rate_rps=rate,
            round_index=index,
            report=QUICK_ENOUGH if is_kept else TOO_SLOW,
            meter=meter(0.3),
            sequence=100 * index + place,
        )
        for index, of_round in enumerate(zip(kept, rates, strict=True))
        for place, (is_kept, rate) in enumerate(zip(*of_round, strict=True))
    ]
    return RecordedRun(
        run=run_of([cell(of)], rounds=len(kept), deployments=(deployment(of),)),
        windows=tuple(windows),
        starts=tuple(started(of, index) for index in range(len(kept))),
        rounds_complete=len(kept),
    )


def finding(kept: Sequence[Sequence[bool]], rates: Sequence[Sequence[float]]) -> CellFinding:
    (found,) = analyse(recorded(kept, rates)).cells
    return found


def test_a_window_keeps_a_limit_if_one_request_of_a_hundred_is_slower_at_most() -> None:
    assert keeps(QUICK_ENOUGH, 10)
    assert not keeps(TOO_SLOW, 10)
    assert keeps(TOO_SLOW, 51)


def test_a_request_that_was_not_answered_rightly_counts_as_slower() -> None:
    assert keeps(report([1.0] * 99, offered=100), 10)
    assert not keeps(report([1.0] * 98, offered=100), 10)


def test_a_search_goes_up_from_what_is_kept_and_down_from_what_is_not_with_ever_smaller_steps() -> None:
    trials: list[Trial] = []
    rates: list[float] = []
    for kept in (True, True, False, True, False, False, False):
        rates.append(next_rate(trials, 1_000.0) or 0.0)
        trials.append(Trial(rates[-1], kept))
    rates.append(next_rate(trials, 5.0) or 0.0)
    steps = np.diff(np.log(rates)).round(4).tolist()
    assert rates[0] == pytest.approx(800)
    assert steps == [0.15, 0.15, -0.075, 0.06, -0.06, -0.06, -0.06]


def test_a_search_that_knows_no_capacity_does_not_begin() -> None:
    assert next_rate([], None) is None
    assert next_rate([Trial(700.0, kept=True)], None) == pytest.approx(700 * exp(0.15)), "nor needs one later"


def test_an_estimate_lies_where_windows_begin_to_fail() -> None:
    found = finding([[True, True, False, False]] * 3, [[900.0, 1_000.0, 1_100.0, 1_200.0]] * 3)
    assert found.valid
    assert found.limit_rps
    assert found.limit_rps.value == pytest.approx(1_045, rel=0.02)
    assert found.limit_to_highest is None, "it is the highest itself"
    assert found.throughput_rps is None, "many rates have no mean that tells anything"


@pytest.mark.parametrize("family", [Family.MICRO, Family.BASELINE])
def test_a_rate_is_told_beside_the_highest_one_of_those_that_compete(family: Family) -> None:
    kept, rates = [[True, True, False, False]] * 3, [[900.0, 1_000.0, 1_100.0, 1_200.0]] * 3
    slow, quick = (
        recorded(kept, rates),
        recorded(kept, [[2 * rate for rate in of_round] for of_round in rates], "quick"),
    )
    cells = (*slow.run.plan.cells, *quick.run.plan.cells)
    both = slow.model_copy(
        update={
            "run": run_of(
                cells, rounds=3, deployments=(*slow.run.deployments, deployment(subject("quick"), family=family))
            ),
            "windows": (*slow.windows, *quick.windows),
            "starts": (*slow.starts, *quick.starts),
        }
    )
    ratios = [each.limit_to_highest and each.limit_to_highest.value for each in analyse(both).cells]
    assert ratios == (
        [None, pytest.approx(2.0, rel=1e-3)] if family is Family.BASELINE else [pytest.approx(0.5, rel=1e-3), None]
    )


FROM_900 = "of 12 windows kept the limit of 10 ms, at 900 to 1,000 requests/s"


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ([True] * 12, f"12 {FROM_900}: the search did not come to a rate that is too high"),
        ([False] * 12, f"0 {FROM_900}: even the lowest rate was too high"),
        ([False] * 6 + [True] + [False] * 5, f"1 {FROM_900}: the search turned 2 times, and 4 are needed"),
        ([False, True] * 2 + [False] * 8, f"2 {FROM_900}: they point to 813 requests/s, which was not tried"),
        ([True, False] * 2 + [True] * 8, f"10 {FROM_900}: they point to 1,064 requests/s, which was not tried"),
    ],
)
def test_a_search_that_went_around_no_rate_gives_no_figure_and_says_why(kept: list[bool], told: str) -> None:
    found = finding([kept[:4], kept[4:8], kept[8:]], [[900.0, 1_000.0] * 2] * 3)
    assert not found.valid
    assert found.limit_rps is None
    assert any(told in reason for reason in found.reasons), found.reasons


def test_a_rate_near_the_generators_own_limit_is_no_figure() -> None:
    run = recorded([[True, False]] * 3, [[900.0, 1_000.0]] * 3)
    (sound,) = analyse(run).cells
    assert sound.valid
    near = run.run.model_copy(update={"ceiling": ceiling(210.0)})
    (found,) = analyse(run.model_copy(update={"run": near})).cells
    assert not found.valid
    assert any("generator-bound" in reason for reason in found.reasons), found.reasons


def test_a_round_without_a_window_is_missing() -> None:
    trials = [(index, Trial(1_000.0 * factor, factor < 1)) for index in (0, 2) for factor in (0.9, 1.1)]
    others = [(index, Trial(2_000.0 * factor, factor < 1)) for index in (0, 1, 2) for factor in (0.9, 1.1)]
    table = highest_rate_table([trials, others])
    assert table.present.tolist() == [[True, False, True], [True, True, True]]
    assert np.exp(ratio(table, fit_prior([table]), 0, 1).value) == pytest.approx(0.5, rel=1e-6)
