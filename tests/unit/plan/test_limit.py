"""A run measures as many rounds as fit into its limit, at the pace of its host."""

import re
from pathlib import Path

import pytest

from harness.catalog.discover import discover
from harness.model.course import Pace, Times
from harness.model.plan import ProfileName
from harness.plan.build import Choices, build_plan
from harness.plan.pace import LEAST_ROUNDS, at_pace, expected, limit_words, rounds_announced, rounds_that_fit
from harness.plan.profiles import PROFILES
from tests.unit.plan.simulated_hosts import CPUS, plan_of

LIMIT_S = 3_600.0
ROUNDS = 60


@pytest.mark.parametrize("slow", [0.5, 1.0, 2.0, 4.0])
def test_as_many_rounds_fit_as_do_not_last_longer(slow: float) -> None:
    pace = Pace(usual=Times(by_host=slow))
    plan = at_pace(plan_of(rounds=ROUNDS, limit_s=LIMIT_S), pace)
    fit = rounds_that_fit(plan)
    one_more, as_many = (at_pace(plan_of(rounds=rounds), pace).estimated_s for rounds in (fit + 1, fit))
    assert LEAST_ROUNDS < fit < ROUNDS
    assert as_many <= LIMIT_S < one_more
    assert plan.estimated_s <= LIMIT_S
    assert abs(plan.estimated_s - as_many) < one_more - as_many, "less than a round of the many"
    assert plan.timing.rounds == ROUNDS, "the profile's number stays the most"


def test_three_rounds_are_measured_however_long_they_take() -> None:
    plan = plan_of(rounds=ROUNDS, limit_s=1.0)
    assert rounds_that_fit(plan) == LEAST_ROUNDS
    assert plan.estimated_s == pytest.approx(plan_of(rounds=LEAST_ROUNDS).estimated_s)
    by_limit = "by its limit of 0.0166667 minutes (and 3 at least, which take longer)"
    assert rounds_announced(plan) == f"{LEAST_ROUNDS} of {ROUNDS} rounds, {by_limit}; --rounds {ROUNDS} takes all"
    assert rounds_that_fit(plan_of(rounds=2, limit_s=1.0)) == 2


@pytest.mark.parametrize(("rounds", "told"), [(1, "1 round"), (2, "2 rounds"), (3, "3 rounds")])
def test_rounds_that_exceed_their_limit_are_told_so_even_if_they_are_all_that_were_asked_for(
    rounds: int, told: str
) -> None:
    plan = plan_of(rounds=rounds, limit_s=60.0)
    limit = "longer than its limit of 1 minute: the first 3 are measured however long they take"
    assert rounds_announced(plan) == f"{told}, {limit}"
    assert not rounds_announced(plan_of(rounds=rounds, limit_s=LIMIT_S))
    assert not limit_words(plan, rounds), "of a run that is over"


def test_without_a_limit_all_rounds_fit() -> None:
    plan = plan_of(rounds=ROUNDS)
    assert rounds_that_fit(plan) == ROUNDS
    assert not limit_words(plan, ROUNDS)


def test_it_is_told_how_many_and_what_measures_all() -> None:
    plan = plan_of(rounds=6, limit_s=600.0)
    assert limit_words(plan, 4) == "4 of 6 rounds, by its limit of 10 minutes; --rounds 6 takes all"
    assert limit_words(plan, 3) == "3 of 6 rounds, by its limit of 10 minutes (and 3 at least); --rounds 6 takes all"
    assert not limit_words(plan, 6)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.98])
@pytest.mark.parametrize("slower", [0.9, 0.95, 1.0, 1.05, 1.1])
def test_where_the_pace_is_a_tenth_off_the_end_is_told_within_half_a_round(share: float, slower: float) -> None:
    """Rounds of 100 s each, of which the limit cuts the fourth or the fifth off after `share` of it."""
    limit_s, rounds_s = 400.0 + 100.0 * share, dict.fromkeys(range(10), 100.0)
    told = expected(rounds_s, 60.0, limit_s)
    took_s = 60.0 * slower + 100.0 * slower * ((limit_s - 60.0 * slower) // (100.0 * slower))
    assert abs(told.left_s - took_s) < 50.0
    assert told.few <= (took_s - 60.0 * slower) / (100.0 * slower) + 1e-9
    assert told.many >= (took_s - 60.0 * slower) / (100.0 * slower) - 1e-9


def test_a_number_of_rounds_that_is_open_is_told_so() -> None:
    plan = plan_of(rounds=6, limit_s=600.0)
    assert limit_words(plan, 4, 5) == "4 or 5 of 6 rounds, by its limit of 10 minutes; --rounds 6 takes all"
    assert limit_words(plan, 3, 5).startswith("3 to 5 of 6 rounds, by its limit of 10 minutes (and 3 at least)")
    assert limit_words(plan, 4, 4) == limit_words(plan, 4)
    assert not limit_words(plan, 6, 6)


@pytest.mark.parametrize(
    ("choices", "limit_s"),
    [
        ({}, 11 * 60),
        ({"minutes": 5}, 300),
        ({"rounds": 5}, None),
        ({"rounds": 5, "minutes": 5}, 300),
        ({"looks": 8}, None),
        ({"looks": 8, "minutes": 5}, None),
        ({"detect": 0.03}, None),
    ],
    ids=str,
)
def test_whoever_asks_for_rounds_gets_them_and_whatever_may_end_by_itself_has_no_such_limit(
    choices: dict[str, object], limit_s: float | None
) -> None:
    chosen = Choices.model_validate({"profile": ProfileName.QUICK, **choices})
    assert build_plan(discover((Path(__file__).parents[3] / "apps",)), chosen, CPUS).limit_s == limit_s


@pytest.mark.parametrize("name", [name for name in ProfileName if PROFILES[name].minutes])
def test_what_a_profile_says_of_its_time_is_its_limit(name: ProfileName) -> None:
    """A little longer where it is `about` so much, and all of its crowds are in rounds that are never left out."""
    profile = PROFILES[name]
    said = profile.summary.replace("half an hour", "30 minutes").replace("an hour", "60 minutes").replace("ten", "10")
    (about,) = map(int, re.findall(r"^about (\d+) minutes", said))
    assert profile.minutes
    assert about <= profile.minutes <= 1.25 * about
    assert max(profile.timing.feed_rounds, profile.timing.chat_rounds) <= LEAST_ROUNDS <= profile.timing.rounds
