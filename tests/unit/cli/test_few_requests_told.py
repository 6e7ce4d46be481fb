"""That too few requests will come to tell a latency is said by `bench plan`, and by `bench run` as it begins."""

import json
from pathlib import Path

import pytest

from harness.cli import plan as planning
from harness.cli.run import tell_of_few
from harness.model.course import Pace
from harness.model.errors import ExitCode
from harness.model.plan import Plan, ProfileName
from harness.model.run import RuntimeName
from harness.plan.build import Choices, build_plan
from harness.plan.first_pace import first_pace
from harness.plan.pace import at_pace
from harness.results.folder import RunWriter
from tests.saying import say
from tests.unit.plan.simulated_hosts import CPUS, shipped_apps
from tests.unit.results.sample import run_of

APPS = Path(__file__).parents[3] / "apps"
TOLD = "latency on json at the common rate will hardly be known: it takes 100 requests"


def pace_of_a_slow_host(plan: Plan) -> Pace:
    return first_pace(plan, RuntimeName.PROCESS, "tried", starts=1.0, exchanges=25.0)


def test_a_plan_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "pace_here", lambda _, plan, *__: pace_of_a_slow_host(plan))
    words = ("plan", "--apps-dir", str(APPS), "--profile", "smoke", "--app", "flask", "--app", "django")
    told = say(*words)
    assert told.code == ExitCode.OK, told.err
    (line,) = (line for line in told.out.splitlines() if "will hardly be known" in line)
    assert line.startswith(TOLD)
    assert line.endswith(" has enough")
    as_json = say(*words, "--json")
    assert line in as_json.err.splitlines()
    assert json.loads(as_json.out)["profile"] == "smoke"


def test_a_run_says_it_as_it_begins(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    choices = Choices(profile=ProfileName.SMOKE)
    plan = build_plan(shipped_apps(), choices, CPUS)
    writer = RunWriter.create(tmp_path, run_of(plan=at_pace(plan, pace_of_a_slow_host(plan))))
    writer.close()
    tell_of_few(writer.folder, shipped_apps(), choices, advises_profile=True)
    assert capsys.readouterr().err.startswith(TOLD)
    tell_of_few(writer.folder, shipped_apps(), None, advises_profile=True)
    assert capsys.readouterr().err == "", "of one that goes on it was said"
