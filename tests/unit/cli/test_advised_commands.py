"""Commands that are advised keep what was typed of where and how to measure, and can be typed as they stand."""

import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from harness.claims.commands import command_to_go_on
from harness.cli import options, plan
from harness.cli.main import bench
from harness.model.course import Course, Pace
from harness.model.errors import ExitCode
from harness.report.markup import html
from harness.report.page import compose
from harness.results.resume_command import resume_command
from harness.runtime import each_interpreter, interpreters
from tests.saying import say
from tests.unit.claims.test_refused import KEPT, RATIO
from tests.unit.report.sample import Sample

ROOT = Path(__file__).parents[3]
MEASURED = {
    *("profile", "app_names", "guests", "variants", "endpoints", "workloads", "connections"),
    *("rounds", "minutes", "seed", "claim_id"),
}
"""What a run measures, and for how long: it may be what another command is advised for."""
ELSEWHERE = {"apps_dirs": "options.at", "claims_file": "Origin.file", "resumed": "of one run"}
"""What is kept by other means, or has nothing to do with another run."""


@pytest.mark.parametrize("command", ["run", "plan"])
def test_each_option_is_kept_or_says_what_is_measured(command: str) -> None:
    """Whoever adds one decides whether commands that are advised have it."""
    names = {str(each.name) for each in bench.commands[command].params} - {"as_json"}
    kept = names & options.WHERE_AND_HOW
    assert names - kept == names & (MEASURED | ELSEWHERE.keys())
    assert not options.WHERE_AND_HOW & (MEASURED | ELSEWHERE.keys())


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Claims that a quick run can decide, and such as take others."""
    own = interpreters.own_python()
    monkeypatch.setattr(plan, "pace_here", lambda *_: Pace())
    monkeypatch.setattr(
        each_interpreter, "find_python", lambda given: interpreters.FoundPython(given, Path("/x"), own.build)
    )
    concurrency = KEPT.replace("routes", "concurrency").replace("at = 1000", "at = 512").replace("over = 0", "over = 8")
    text = RATIO + concurrency.partition("\n")[2].replace("first", "bears")
    made = tmp_path / "my claims.toml"
    made.write_text(text)
    return made


def commands_in(text: str) -> list[list[str]]:
    """All that begin with `bench run` or `bench plan`, up to what ends a command in a sentence."""
    found = re.findall(r"bench (?:run|plan) .*?(?=`|;|\n|\)| \(one of them alone)", text)
    return [shlex.split(each) for each in found]


@pytest.mark.parametrize("narrowed", [(), ("--workload", "footprint")])
def test_a_plan_advises_commands_that_measure_as_it_was_asked_to(file: Path, narrowed: tuple[str, ...]) -> None:
    where = ("--claims", str(file), "--apps-dir", str(ROOT / "apps"), "--runtime", "process", "--python", "3.13")
    said = say("plan", "--profile", "quick", *where, *narrowed)
    assert said.code == ExitCode.OK, said.err
    commands = commands_in(said.out)
    assert commands
    for words in commands:
        typed = [*pairwise(words)]
        assert set(zip(where[::2], where[1::2], strict=True)) <= set(typed), words
        bench.commands[words[1]].make_context(words[1], words[2:])


def test_a_plan_that_is_refused_advises_one_of_the_same_place(file: Path) -> None:
    where = ("--claims", str(file), "--apps-dir", str(ROOT / "apps"), "--runtime", "process")
    said = say("plan", *where, "--claim", "first", "--endpoint", "hello")
    assert said.code == ExitCode.USAGE
    (words,) = commands_in(said.err)
    assert words[:2] == ["bench", "plan"]
    assert set(zip(where[::2], where[1::2], strict=True)) <= set(pairwise(words))
    assert say(*words[1:]).code == ExitCode.OK


def test_a_report_advises_commands_for_the_apps_and_the_place_of_its_run() -> None:
    run, findings, claims, starts = Sample().build()
    run = run.model_copy(update={"command": ("bench", "run", "--apps-dir", "my apps", "--runtime", "process")})
    page = html(compose(run, findings, claims, starts, ()))
    advised = re.findall(r"<code>(bench run --(?:python|profile servers)[^<]*)</code>", page)
    assert len(advised) == 2
    assert all(each.endswith(" --apps-dir &#39;my apps&#39; --runtime process") for each in advised), advised


@pytest.mark.parametrize(
    ("command", "goes_on"),
    [
        (("run", "--claim", "c", "--minutes", "20"), "bench run --resume r --minutes 20"),
        (("run", "--minutes", "20"), "bench run --resume r"),
    ],
)
def test_a_run_for_a_claim_goes_on_no_longer_than_it_may(command: tuple[str, ...], goes_on: str) -> None:
    """Of others, the limit is kept with the run, and another is refused."""
    run, *_ = Sample().build()
    begun = run.model_copy(update={"command": ("bench", *command), "took": Course()})
    assert resume_command(begun, "r") == goes_on
    assert command_to_go_on("r", (), ("bench", *command)) == goes_on
    again = ("bench", "run", "--resume", "r", "--minutes", "20")
    assert command_to_go_on("r", (), again, pursues=True) == "bench run --resume r --minutes 20"
