"""How often a run of `bench ab` is wrong, on thousands of simulated ones of known truth."""

import numpy as np
import pytest

from harness.analysis.estimates import THROUGHPUT, rate_table
from harness.analysis.host_effect import fit_host_effect
from harness.comparison.group_sequential import repeated
from harness.model.app import Endpoint
from harness.plan.sequential import LOOKS
from tests.unit.analysis.simulate import SharedHost, capacity_windows, simulated_runs, subject
from tests.unit.comparison.sequential import (
    AT_5_PERCENT,
    FASTER,
    NOISY,
    NOT_SLOWER,
    ORDINARY,
    SLOWER,
    AbHost,
    ab_test,
    simulate,
)

pytestmark = pytest.mark.simulation

RUNS = simulated_runs(10_000)
SLACK = 3 * (0.05 * 0.95 / RUNS) ** 0.5
"""What the share of so many runs may be off by chance."""
TAILED = AbHost(heavy_tails=True)
WEEKS = 104
"""Jobs in two years."""


@pytest.mark.parametrize("host", [NOISY, ORDINARY], ids=["noisy", "ordinary"])
def test_no_more_than_5_of_100_runs_of_an_app_against_itself_are_false_alarms(host: AbHost) -> None:
    ended = simulate(RUNS, host=host)
    assert ended.share(SLOWER) + ended.share(FASTER) <= 0.05 + SLACK
    assert ended.share(SLOWER) <= 0.025 + SLACK


def test_it_is_no_stop_for_futility_that_keeps_the_level() -> None:
    """Where nothing is ever excluded, all looks are taken; Student's t in place of the normal leaves the level."""
    never = AT_5_PERCENT.model_copy(update={"detect": 1e-9})
    ended = simulate(RUNS, test=never)
    assert np.median(ended.after) == LOOKS[-1]
    assert ended.share(SLOWER) + ended.share(FASTER) <= 0.05 + SLACK


def test_heavy_tails_make_no_more_false_alarms() -> None:
    ended = simulate(RUNS // 5, host=TAILED)
    assert ended.share(SLOWER) + ended.share(FASTER) <= 0.05 + SLACK


def test_looking_so_often_without_a_correction_would() -> None:
    """So the tests above can fail."""
    once = simulate(RUNS, test=ab_test(looks=LOOKS[:1]))
    assert once.share(SLOWER) + once.share(FASTER) == pytest.approx(0.05, abs=SLACK)
    often = sum(simulate(RUNS, test=ab_test(looks=(look,))).share(SLOWER) for look in LOOKS)
    assert often > 0.15


@pytest.mark.parametrize("slower", [0.0, 0.03, 0.05, 0.10])
def test_at_least_95_of_100_intervals_contain_the_truth_whenever_the_run_ended(slower: float) -> None:
    assert simulate(RUNS, slower=(slower,)).covered.mean() >= 0.95 - SLACK


def test_5_percent_are_found_in_at_least_95_of_100_runs_of_a_noisy_host() -> None:
    ended = simulate(RUNS, slower=(0.05,))
    assert ended.share(SLOWER) >= 0.95
    assert np.median(ended.after) <= 12


def test_10_percent_are_found_in_nearly_all_and_soon() -> None:
    ended = simulate(RUNS, slower=(0.10,))
    assert ended.share(SLOWER) >= 0.999
    assert np.median(ended.after) <= 8


def test_a_difference_that_ended_a_run_early_is_not_told_as_much_larger_than_it_is() -> None:
    """What is looked at until it shows is larger in the mean than it is; docs/method.md says by how much."""
    ended = simulate(RUNS, slower=(0.05,))
    told = ended.said[ended.outcomes == SLOWER].mean()
    assert np.log1p(0.05) < told < np.log1p(0.06)


def test_what_was_to_be_found_is_seldom_excluded() -> None:
    assert simulate(RUNS, slower=(0.03,)).share(NOT_SLOWER) <= 0.025 + SLACK


def test_without_a_difference_the_run_ends_before_its_last_round_in_most_cases() -> None:
    assert np.mean(simulate(RUNS, host=ORDINARY).after < LOOKS[-1]) >= 0.80


@pytest.mark.parametrize("apps", [1, 9])
def test_weekly_jobs_at_1_percent_open_one_false_issue_in_two_years_at_most(apps: int) -> None:
    ended = simulate(RUNS // apps, slower=(0.0,) * apps, test=ab_test(alpha=0.01))
    assert WEEKS * ended.share(SLOWER) <= 1.0


def test_a_noisy_weekly_job_at_1_percent_still_finds_5_percent() -> None:
    assert simulate(RUNS, slower=(0.05,), test=ab_test(alpha=0.01)).share(SLOWER) >= 0.95


def test_of_several_apps_one_that_is_slower_makes_no_other_so() -> None:
    ended = simulate(RUNS // 5, slower=(0.10, 0.0, 0.0, 0.0))
    wrong = np.isin(ended.outcomes[:, 1:], (SLOWER, FASTER)).any(axis=1)
    assert wrong.mean() <= 0.05 + SLACK
    assert (ended.outcomes[:, 0] == SLOWER).mean() >= 0.95


def test_the_standard_error_holds_where_what_the_host_did_is_taken_out_of_the_windows() -> None:
    """The test is made of what is left then, which scatters as it says."""
    both = subject("app"), subject("app@main")
    endpoints = (Endpoint.HELLO, Endpoint.JSON, Endpoint.DB)
    found = []
    for seed in range(60):
        generator = np.random.default_rng(seed)
        shape = len(endpoints), 2, 8, 6
        host = SharedHost(steal=0.05).draw(generator, shape)
        processes = 0.02 * generator.normal(size=(1, 2, 8, 1))
        logs = host.logs + processes + 0.06 * generator.normal(size=shape)
        kinds = [
            capacity_windows(logs[place], both, endpoint, host=host.of_endpoint(place))
            for place, endpoint in enumerate(endpoints)
        ]
        effect = fit_host_effect(kinds, THROUGHPUT.log)
        tables = [rate_table(cells, THROUGHPUT, effect) for cells in kinds]
        by_round = np.mean([table.columns[0] - table.columns[1] for table in tables], axis=0)
        seen = repeated(list(enumerate(by_round.tolist())), LOOKS, inflation=max(each.inflation for each in tables))
        assert seen is not None
        found.append((seen.value, seen.standard_error))
    values, errors = np.array(found).T
    assert np.sqrt(np.mean((values / errors) ** 2)) == pytest.approx(np.sqrt(7 / 5), rel=0.25)  # Student's t, 7 df
