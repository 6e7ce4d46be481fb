"""Of a run that was cut off, a claim says what was not measured yet, and the command that goes on with it."""

import shlex

import pytest

from harness.claims.commands import command_for, command_to_go_on, origin_of, ways_named
from harness.claims.evaluate import evaluate
from harness.model.cell import Workload
from harness.model.claim import Claim, ClaimsFile
from harness.model.verdict import ClaimFinding, Verdict
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import Simulation, subject
from tests.unit.claims.test_deployments import a_claim, claim_with

MADE_BY = ("bench", "run", "--runtime=process", "--apps-dir", "mine", "--beside-other-tables", "--app", "flask")
RECORDED = Simulation(capacities_rps={subject("flask"): 2_000, subject("django"): 1_000}).recorded()
HEADER = RECORDED.run.model_copy(update={"finished_at": None, "command": MADE_BY})
CUT_OFF = RECORDED.model_copy(update={"run": HEADER, "windows": (), "starts": (), "rounds_complete": 0})


def held(recorded: RecordedRun, *claims: Claim) -> tuple[ClaimFinding, ...]:
    origin = origin_of(recorded.run, "the run")
    return evaluate(ClaimsFile(source="a test", claim=claims), recorded, origin=origin).claims


def test_what_was_not_come_to_was_not_run_and_the_run_is_to_go_on() -> None:
    (found,) = held(CUT_OFF, a_claim("flask", "django", deployments=("controlled",)))
    assert found.verdict is Verdict.NOT_RUN
    cell = "flask (controlled, gunicorn gthread) on json (capacity, 32 connections)"
    assert f"cut off before {cell} was measured" in found.sentence
    words = ["bench", "run", "--resume", "the run", "--apps-dir", "mine", "--beside-other-tables"]
    assert shlex.split(found.command) == words


def test_what_the_rest_of_it_has_not_takes_another_run_made_in_the_same_way() -> None:
    (found,) = held(CUT_OFF, a_claim("flask", "django", endpoints=("db",)))
    assert found.verdict is Verdict.NOT_RUN
    assert "--runtime process --beside-other-tables --claim one" in found.command


@pytest.mark.parametrize("metric", ["start_s", "memory_idle_bytes"])
def test_a_footprint_without_a_start_was_not_run(metric: str) -> None:
    plan = CUT_OFF.run.plan
    cells = tuple(each.model_copy(update={"workload": Workload.FOOTPRINT}) for each in plan.cells)
    header = CUT_OFF.run.model_copy(update={"plan": plan.model_copy(update={"cells": cells})})
    claim = claim_with({"form": "bound", "subjects": ("flask",), "metric": metric, "at_most": 1})
    assert {each.verdict for each in held(CUT_OFF.model_copy(update={"run": header}), claim)} == {Verdict.NOT_RUN}


def test_a_run_that_ended_is_not_gone_on_with() -> None:
    ended = CUT_OFF.model_copy(update={"run": HEADER.model_copy(update={"finished_at": HEADER.started_at})})
    (found,) = held(ended, a_claim("flask", "django", deployments=("controlled",)))
    assert found.verdict is Verdict.INVALID
    assert "--resume" not in found.command


def test_options_are_read_as_they_may_be_written() -> None:
    assert ways_named(MADE_BY) == ("--runtime", "process", "--beside-other-tables")
    assert ways_named(("bench", "run", "--runtime")) == ()
    assert command_to_go_on("r", (), ("--app-host", "10.0.0.1", "--runtime", "docker")).endswith(
        "r --app-host 10.0.0.1"
    )
    assert "--runtime" not in command_for(a_claim("flask", "django"))
