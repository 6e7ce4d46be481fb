"""How many windows of latency a run had, as a condition of its figures."""

from harness.comparison.conditions import conditions
from harness.model.cell import RateRule, Workload
from tests.unit.results.sample import FLASK_JSON, run_of

LATENCY = FLASK_JSON.model_copy(update={"workload": Workload.LATENCY, "rate": RateRule.COMMON})


def told(own_rate_windows: int | None) -> str:
    run = run_of((LATENCY,))
    timing = run.plan.timing.model_copy(update={"latency_windows": 5, "own_rate_windows": own_rate_windows})
    plan = run.plan.model_copy(update={"timing": timing})
    return conditions(run.model_copy(update={"plan": plan}))["windows of latency"]


def test_those_at_a_share_of_an_app_s_own_capacity_are_told_where_there_are_fewer() -> None:
    assert told(2).startswith("5 (2 at rates of its own) x ")


def test_runs_that_had_as_many_at_all_rates_are_told_as_ever() -> None:
    assert told(None).startswith("5 x ")
