"""A claim gets the command of a run that is foreseen to decide it, and where none is, the reason in its place."""

import shlex
from pathlib import Path

import pytest

from harness.claims.commands import Origin
from harness.claims.could_decide import could_decide, lines_of
from harness.claims.evaluate import evaluate
from harness.model.claim import Claim, ClaimsFile
from harness.model.course import Pace, Part, Times
from harness.model.plan import ProfileName
from harness.model.verdict import ClaimFinding, Verdict
from harness.plan.build import Choices, build_plan
from harness.plan.pace import at_pace
from tests.unit.analysis.simulate import Simulation, subject
from tests.unit.claims.test_deployments import a_claim
from tests.unit.plan.simulated_hosts import CPUS, shipped_apps

MINE = Origin(Path("mine.toml"), ("--apps-dir", "my apps"))
LATENCY = {"metric": "latency_p99_us", "workload": "latency", "rate": "common", "endpoints": ("db",)}
WHERE = ["--claims", "mine.toml", "--apps-dir", "my apps"]


def slow(exchanges: float) -> Pace:
    """That of a host, or of an app, which takes so many times as long to answer."""
    return Pace(parts={Part.WARMING: Times(by_host=exchanges)})


def held(claim: Claim, exchanges: float) -> ClaimFinding:
    made = Simulation(capacities_rps={subject("flask"): 4_000.0, subject("django"): 1_000.0}, rounds=4).recorded()
    plan = made.run.plan.model_copy(update={"pace": slow(exchanges)})
    recorded = made.model_copy(update={"run": made.run.model_copy(update={"plan": plan})})
    (found,) = evaluate(ClaimsFile(source="a test", claim=(claim,)), recorded, origin=MINE).claims
    return found


def told(claim: Claim, exchanges: float) -> str:
    """What a plan of something else says of it."""
    built = at_pace(build_plan(shipped_apps(), Choices(profile=ProfileName.SERVERS), CPUS), slow(exchanges))
    (line,) = lines_of(could_decide([claim], built, shipped_apps(), MINE), built, shipped_apps(), MINE)
    return line


def test_where_a_run_for_it_alone_has_enough_it_is_that_one() -> None:
    found = held(a_claim("flask", "django", **LATENCY), 1.0)
    assert (found.verdict, found.further) == (Verdict.NOT_RUN, "")
    assert shlex.split(found.command) == ["bench", "run", *WHERE, "--claim", "one"]
    assert told(a_claim("flask", "django", **LATENCY), 1.0).endswith("my apps' --claim one")


def test_where_that_comes_to_too_few_requests_it_is_a_run_by_a_longer_profile() -> None:
    found = held(a_claim("flask", "django", **LATENCY), 30.0)
    words = shlex.split(found.command)
    assert "--claim" not in words
    assert words[:8] == ["bench", "run", "--profile", "full", *WHERE]
    assert found.further.startswith(
        "A run for this claim alone hardly decides it: a p99 takes 67 requests in a round, and some "
    )
    line = told(a_claim("flask", "django", **LATENCY), 30.0)
    assert "; a run for it alone hardly would: a p99 takes 67 requests in a round" in line
    assert "; this one can: bench run --profile full --claims mine.toml" in line


@pytest.mark.parametrize("variant", ["", "/default"])
def test_where_every_run_comes_to_too_few_there_is_no_command(variant: str) -> None:
    claim = a_claim(f"flask{variant}", f"django{variant}", **LATENCY)
    found = held(claim, 500.0)
    assert (found.command, found.further) == ("", "")
    assert found.out_of_reach is not None
    assert found.out_of_reach.startswith("a p99 takes 400 requests, and some ")
    line = told(claim, 500.0)
    assert "bench run" not in line
    assert "; a run for it alone hardly would: a p99 takes 400 requests, and some " in line


def test_a_claim_that_a_run_for_it_alone_decides_one_way_says_so_in_place_of_a_command() -> None:
    """Of apps on a host whose servers have one CPU, what bears more processes can but be refuted."""
    either = a_claim("flask", "django")
    scale = {"form": "kept", "subjects": ("flask",), "workload": "workers", "at": "most", "over": 1, "at_least": 0.5}
    both = Claim.model_validate({"id": "both", "says": "It is so.", "condition": (*either.condition, scale)})
    line = told(both, 1.0)
    assert "bench run" not in line
    assert "; a run for it alone can refute both, and not support it: workers is not measured of Flask" in line


def test_what_is_decided_is_measured_once_more_by_a_run_that_comes_to_enough_requests() -> None:
    """Flask answers four times as many; how its latencies compare was not measured."""
    capacity, latency = a_claim("flask", "django"), a_claim("flask", "django", **LATENCY)
    conditions = (*capacity.condition, *latency.condition)
    either = Claim.model_validate({"id": "one", "says": "It is so.", "condition": conditions, "combine": "any"})
    found = {exchanges: held(either, exchanges) for exchanges in (1.0, 30.0, 500.0)}
    assert {each.verdict for each in found.values()} == {Verdict.SUPPORTED}
    assert shlex.split(found[1.0].again) == ["bench", "run", *WHERE, "--claim", "one"]
    assert shlex.split(found[30.0].again)[:4] == ["bench", "run", "--profile", "full"]
    assert "--claim " not in found[500.0].again
