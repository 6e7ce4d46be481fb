"""What decides a claim is advised alike before a run, and after one that left it open."""

import json
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.cli import plan as planning
from harness.cli.plan import planned
from harness.model.course import Pace
from harness.model.host import CpuLayout
from harness.model.plan import Plan, ProfileName
from harness.model.run import RuntimeName
from harness.plan.build import Choices
from harness.plan.first_pace import first_pace
from tests.saying import say
from tests.unit.cli.test_few_requests_told import pace_of_a_slow_host
from tests.unit.plan.simulated_hosts import shipped_apps

ROOT = Path(__file__).parents[3]
APPS = str(ROOT / "apps")
CPUS = CpuLayout(server=(0,), generator=(1,), database=(1,))

CLAIM = """
[[claim]]
id = "{id}"
says = "It is quick."
[[claim.condition]]
form = "ratio"
subjects = ["flask"]
metric = "{metric}"
{more}
endpoints = ["json"]
against = "every"
group = ["{other}"]
at_least = 1.1
"""
COMMON = 'rate = "common"'


def claims_file(folder: Path, *claims: tuple[str, str, str, str]) -> Path:
    names = ("id", "metric", "more", "other")
    file = folder / "mine.toml"
    file.write_text('source = "me"\n' + "".join(CLAIM.format(**dict(zip(names, each, strict=True))) for each in claims))
    return file


@pytest.fixture
def smoke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A smoke run of Flask and FastAPI as their plan had it, in a folder of the test's."""
    folder = tmp_path / "reports" / "sample"
    shutil.copytree(ROOT / "reports" / "sample", folder)
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.mark.parametrize("metric", ["throughput_rps", "latency_p99_us"])
def test_a_plan_and_the_claims_of_a_run_advise_the_same_run(
    metric: str, smoke: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tornado and Django are none of the run's apps, and a round decides nothing."""
    more = COMMON if metric.startswith("latency") else ""
    file = claims_file(tmp_path, ("first", metric, more, "tornado"), ("second", metric, more, "django"))
    run = json.loads((smoke / "run.json").read_text())
    run["command"] = ["bench", "run", "--apps-dir", APPS]
    pace = pace_of_a_slow_host(planned(shipped_apps(), Choices(profile=ProfileName.SMOKE), CPUS))
    run["plan"]["pace"] = pace.model_dump(mode="json")
    (smoke / "run.json").write_text(json.dumps(run))
    monkeypatch.setattr(planning, "pace_here", lambda *_: pace)
    words = ("--claims", str(file), "--apps-dir", APPS)
    before = say("plan", "--profile", "smoke", *words).out
    after = say("claims", str(smoke), *words).out
    (told,) = (line for line in before.splitlines() if line.startswith("one run can decide first and second: "))
    command = told.partition(": ")[2].partition(" (one of them alone: ")[0]
    assert shlex.split(command)[:4] == ["bench", "run", "--profile", "quick"]
    assert f"One command for 2 claims, first and second:\n    {command}" in after
    advised = [line for line in before.splitlines() if "--profile" in line]
    assert advised == [told], "and nothing else advises another profile"


@pytest.mark.parametrize(
    ("exchanges", "rounds", "lacks"),
    [
        (
            40.0,
            3,
            r"a p99 takes 400 requests, and some \d+ are foreseen in 3 rounds on json at the common ",
        ),
        (
            60.0,
            12,
            r"a p99 takes 67 requests in a round, and some \d+ are foreseen in each of 12 rounds on json at the ",
        ),
    ],
    ids=["in all", "in a round"],
)
def test_a_plan_says_where_a_claim_takes_more_requests_than_will_come(
    exchanges: float, rounds: int, lacks: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the rule of whoever judges it: so many in all, and so many in a round. A median takes fewer."""
    claims = (("p99", "latency_p99_us", COMMON, "django"), ("p50", "latency_p50_us", COMMON, "django"))
    file = claims_file(tmp_path, *claims)
    words = ("--claims", str(file), "--apps-dir", APPS, "--profile", "quick", "--rounds", str(rounds))

    def told_of_p99(pace: Callable[[Plan], Pace]) -> str:
        monkeypatch.setattr(planning, "pace_here", lambda _, plan, *__: pace(plan))
        lines = say("plan", *words, "--app", "flask", "--app", "django").out.splitlines()
        assert "p50: this run can decide it" in lines
        (line,) = (each for each in lines if each.startswith("p99: "))
        return line

    assert told_of_p99(lambda _: Pace()) == "p99: this run can decide it"
    told = told_of_p99(lambda plan: first_pace(plan, RuntimeName.PROCESS, "tried", exchanges=exchanges))
    assert re.match(f"p99: this run measures it, and hardly decides it: {lacks}", told)
