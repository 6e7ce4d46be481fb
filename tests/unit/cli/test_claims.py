"""`bench claims` with a file of one's own."""

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.cli.main import bench
from harness.cli.pursue import pursue, what_bounds
from harness.model.errors import ExitCode, UsageError
from tests.saying import say

SAMPLE = Path(__file__).parents[3] / "reports" / "sample"
CLAIMS = """source = "me"

[[claim]]
id = "async-speed"
says = "As the article's, by its id."

[[claim.condition]]
form = "ratio"
subjects = ["flask", "tornado"]
metric = "throughput_rps"
endpoints = ["queries"]
against = "every"
group = ["fastapi", "django"]
at_least = 1.5
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    file = tmp_path / "it's mine; $(touch owned).toml"
    file.write_text(CLAIMS)
    return file


def claims(*arguments: str) -> Result:
    done = CliRunner().invoke(bench, ["claims", str(SAMPLE), *arguments], standalone_mode=False)
    assert done.exception is None
    return done


def test_the_command_that_is_printed_measures_this_claim_and_not_the_article_s_of_the_same_id(mine: Path) -> None:
    printed = claims("--claims", str(mine)).stdout.splitlines()[-1]
    words = shlex.split(printed)
    assert words == ["bench", "run", "--claims", str(mine), "--claim", "async-speed"]


def test_the_article_s_claims_need_no_file() -> None:
    printed = [line for line in claims().stdout.splitlines() if line.startswith("    bench run")]
    assert printed
    assert len(printed) == len(set(printed)), "what several need is told once"
    assert not any("--claims" in line for line in printed)


def test_a_claim_that_there_is_not_is_told_with_those_of_its_own_file(mine: Path) -> None:
    with pytest.raises(UsageError) as raised:
        pursue("speed", mine, None, (), {})
    assert "async-speed" in raised.value.hint


def test_what_bounds_the_run_of_a_claim_is_told() -> None:
    narrowed: dict[str, object] = {"profile": "standard", "rounds": 32}
    (alone,) = what_bounds("speed", None, None, narrowed)
    assert alone == "it ends as soon as speed is decided; what is announced is all of 32 rounds"
    unused, timed = what_bounds("speed", 3.0, "smoke", narrowed)
    assert unused.startswith("--profile smoke is not used: --claim measures by the profile 'standard'")
    assert ", or with the round in which 3 minutes are over" in timed
    assert len(list(what_bounds("speed", None, "standard", narrowed))) == 1
    (single,) = what_bounds("speed", 1.0, None, narrowed)
    assert "in which 1 minute is over" in single


def test_a_claim_on_apps_alone_is_measured_in_the_deployments_that_it_compares(mine: Path) -> None:
    chosen: dict[str, object] = dict.fromkeys(("workloads", "endpoints", "connections"), ()) | {"rounds": None}
    assert pursue("async-speed", mine, None, (), chosen)[2]["deployments"] == ("controlled", "default")
    mine.write_text(f'{CLAIMS}deployments = ["default"]\n')
    assert pursue("async-speed", mine, None, (), chosen)[2]["deployments"] == ("default",)


def test_what_several_claims_were_not_run_for_is_told_once_with_one_command() -> None:
    printed = claims().stdout
    (told,) = (line for line in printed.splitlines() if line.startswith("One command for "))
    not_run = [line.split()[2].rstrip(":") for line in printed.splitlines() if line.startswith("NOT RUN ")]
    assert told.startswith(f"One command for {len(not_run)} claims, {not_run[0]}, ")
    command = printed.partition(told)[2].splitlines()[1].strip()
    assert command.startswith("bench run --profile ")
    assert printed.count("    bench run") == 1


def test_where_there_is_no_run_but_the_sample_that_is_said_with_the_command_that_makes_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, apps = tmp_path / "mine.toml", SAMPLE.parents[1] / "apps"
    file.write_text(CLAIMS.replace('"flask", "tornado"', '"django"').replace('"fastapi", "django"', '"tornado"'))
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "sample").symlink_to(SAMPLE)
    monkeypatch.chdir(tmp_path)
    told = say("claims", "--claims", str(file), "--apps-dir", str(apps))
    assert told.code == ExitCode.OK, told.err
    assert "reports/sample is the newest run here, and came with the project: none of your own is there" in told.err
    command = f"`bench run --claims {file} --apps-dir {apps}` measures what they are about"
    assert command in told.out
    by_name = say("claims", "sample", "--claims", str(file), "--apps-dir", str(apps))
    assert "came with the project" not in by_name.err
    assert command not in by_name.out
