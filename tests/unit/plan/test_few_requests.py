"""That too few requests will come to tell a percentile is said before the run, with what has enough."""

import re
import shlex

import pytest

from harness.model.app import Endpoint
from harness.model.cell import OfferedRate, RateRule, Subject, Workload
from harness.model.plan import Plan, ProfileName
from harness.model.run import RuntimeName
from harness.plan.build import Choices, build_plan
from harness.plan.few_requests import few_requests
from harness.plan.first_pace import first_pace
from harness.plan.foreseen import exchanges_at, foreseen_requests
from harness.plan.pace import at_pace, learned
from tests.unit.plan.simulated_hosts import CPUS, course_on, shipped_apps
from tests.unit.results.sample import run_of

SLOW = 10.0
"""How many times as long an exchange takes on a host where a smoke run tells no latency."""


def planned(choices: Choices, exchanges: float) -> Plan:
    plan = build_plan(shipped_apps(), choices, CPUS)
    return at_pace(plan, first_pace(plan, RuntimeName.PROCESS, "tried", 1.0, exchanges))


def said(choices: Choices, exchanges: float) -> list[str]:
    return [*few_requests(planned(choices, exchanges), shipped_apps(), choices)]


SMOKE = Choices(profile=ProfileName.SMOKE)


def test_where_a_smoke_run_has_enough_nothing_is_said() -> None:
    assert said(SMOKE, 0.5) == []
    assert said(Choices(profile=ProfileName.QUICK), SLOW) == []


@pytest.mark.parametrize(
    ("exchanges", "told"),
    [
        (3.4, r"p99 {rate} will hardly be known: it takes 400 requests"),
        (SLOW, r"latency {rate} will hardly be known: it takes 100 requests \(its p99 takes 400\)"),
    ],
)
def test_where_too_few_will_come_it_is_said_of_what_and_what_has_enough(exchanges: float, told: str) -> None:
    (sentence,) = said(SMOKE, exchanges)
    begins = told.format(rate="on json at the common rate")
    found = re.fullmatch(rf"{begins}, and some (\d+) are foreseen in 1 round; (.+) has enough", sentence)
    assert found, sentence
    assert 0 < int(found[1]) < (400 if exchanges < SLOW else 100)
    for advised in found[2].split(" or "):
        option, value = shlex.split(advised)
        better = {"profile": value, "rounds": None} if option == "--profile" else {"rounds": int(value)}
        assert said(Choices.model_validate(SMOKE.model_dump() | better), exchanges) == []


def test_a_profile_that_was_chosen_is_not_advised() -> None:
    (sentence,) = said(Choices(profile=ProfileName.QUICK, rounds=1), SLOW)
    assert "--profile quick" not in sentence
    assert "--rounds" in sentence


def test_what_has_no_latency_is_foreseen_without() -> None:
    assert said(SMOKE.model_copy(update={"workloads": (Workload.CAPACITY,)}), SLOW) == []
    assert said(SMOKE.model_copy(update={"endpoints": (Endpoint.HELLO,)}), SLOW) == []


def test_requests_are_foreseen_of_each_latency_cell() -> None:
    """At one rate for all, as many of each."""
    plan = planned(Choices(profile=ProfileName.STANDARD), 3.4)
    found = foreseen_requests(plan, exchanges_at(plan.pace))
    latencies = [cell for cell in plan.cells if cell.workload is Workload.LATENCY]
    assert list(found) == latencies
    alike = (Endpoint.JSON, RateRule.COMMON)
    common = {round(found[cell]) for cell in latencies if (cell.endpoint, cell.rate) == alike}
    assert len(common) == 1


@pytest.mark.parametrize(("slowest", "foreseen"), [("flask", 20 * 5), ("nobody", None)])
def test_the_next_run_of_the_same_apps_is_foreseen_by_the_rates_that_they_were_offered(
    slowest: str, foreseen: int | None
) -> None:
    """Apps may be slower than those that a host's pace is told by: two windows of a second have 20 requests at 10/s."""
    choices = Choices(profile=ProfileName.QUICK, rounds=5)
    plan = build_plan(shipped_apps(), choices, CPUS)
    rate = OfferedRate(
        endpoint=Endpoint.JSON,
        rule=RateRule.COMMON,
        rate_rps=10.0,
        capacity_rps=25.0,
        slowest=Subject(app=slowest, variant="controlled"),
        why="a test",
    )
    run = run_of(plan=plan, took=course_on(plan, slow=1.0), rates=(rate,))
    pace = learned(run, plan)
    assert pace is not None
    told = [*few_requests(at_pace(plan, pace), shipped_apps(), choices)]
    assert bool(told) is (foreseen is not None)
    if foreseen:
        assert f"and some {foreseen:,} are foreseen in 5 rounds" in told[0]
