"""The action for a framework's own repository: no input of it gets lost, and its figures are of its own run."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.github import OF_THE_RUNNER, carry_out, obeyed

ACTION = Path(__file__).parents[3] / "action.yml"
BENCH = """#!/usr/bin/env python3
import json, os, sys
from pathlib import Path

with open("told", "a") as told:
    told.write(json.dumps(sys.argv[1:]) + "\\n")
if sys.argv[1] == "compare":
    print(json.dumps({"of": sys.argv[2]}))
    sys.exit(2 if "without-a-round" in sys.argv[2] else 0)
if run := os.environ["MAKES"]:
    folder = Path("reports", run)
    folder.mkdir(parents=True)
    (folder / "run.json").touch()
sys.exit(int(os.environ["ENDS_WITH"]))
"""


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """The folder of a job that may use the action."""
    for program, code in (("programs/make", "#!/bin/sh\n"), ("action/.venv/bin/bench", BENCH)):
        file = tmp_path / program
        file.parent.mkdir(parents=True)
        file.write_text(code)
        file.chmod(0o755)
    for name in ("base", "head", "temporary"):
        (tmp_path / name).mkdir()
    return tmp_path


def use(
    job: Path, makes: str = "20260101T000000Z-quick-aaaaaaaa", ends_with: int = 0, **given: str
) -> subprocess.CompletedProcess[str]:
    """A use of the action, in which `bench ab` makes this run."""
    (step,) = yaml.safe_load(ACTION.read_text())["runs"]["steps"]
    inputs = {"APP": "flask", "BASE": "base", "HEAD": "head", "OPTIONS": ""} | given
    folders = {"RUNNER_TEMP": str(job / "temporary"), "GITHUB_ACTION_PATH": str(job / "action")}
    return carry_out(step["run"], job, MAKES=makes, ENDS_WITH=str(ends_with), **folders, **inputs)


def told(job: Path) -> list[list[str]]:
    """What `bench` was given, each time."""
    file = job / "action" / "told"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def figures(job: Path) -> Any:
    """What the last use left for a comment; None where it left nothing."""
    *_, last = (job / f"{OF_THE_RUNNER}-GITHUB_OUTPUT").read_text().splitlines()
    file = Path(last.removeprefix("figures="))
    return json.loads(file.read_text()) if file.exists() else None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", []),
        ("\n", []),
        ("--endpoint  json", ["--endpoint", "json"]),
        ("--endpoint json\n--fail-on-regression\n", ["--endpoint", "json", "--fail-on-regression"]),
        ("\n  --endpoint\tjson \n\n  --fail-on-regression", ["--endpoint", "json", "--fail-on-regression"]),
        ("--endpoint * \\\n$HOME", ["--endpoint", "*", "\\", "$HOME"]),
    ],
)
def test_bench_is_given_the_options_of_all_lines(given: str, words: list[str], job: Path) -> None:
    done = use(job, OPTIONS=given)
    assert done.returncode == 0, done.stdout
    sides = ["--with", str(job / "base"), "--with", str(job / "head")]
    assert told(job)[0] == ["ab", "flask", *sides, "--markdown", *words]


@pytest.mark.parametrize("missing", ["APP", "BASE", "HEAD"])
def test_an_input_that_is_not_given_fails_the_step_by_its_name_before_anything_is_measured(
    missing: str, job: Path
) -> None:
    done = use(job, **{missing: ""})
    assert done.returncode == 2
    assert obeyed(done.stdout) == [f"::error::the input '{missing.lower()}' is empty: give it under 'with'"]
    assert told(job) == []


@pytest.mark.parametrize("side", ["BASE", "HEAD"])
def test_a_folder_that_is_missing_is_named_to_bench_which_tells_of_it(side: str, job: Path) -> None:
    use(job, "", 2, **{side: "gone/sources"})
    sides = {"BASE": str(job / "base"), "HEAD": str(job / "head"), side: str(job / "gone" / "sources")}
    assert told(job)[0][2:6] == ["--with", sides["BASE"], "--with", sides["HEAD"]]


@pytest.mark.parametrize("ends_with", [0, 3, 5])
def test_the_figures_are_of_the_run_of_this_use(ends_with: int, job: Path) -> None:
    (sample := job / "action" / "reports" / "sample").mkdir(parents=True)
    (sample / "run.json").touch()
    for run in ("20260101T000000Z-quick-bbbbbbbb", "20260101T000000Z-quick-aaaaaaaa"):
        assert use(job, run, ends_with).returncode == ends_with
        assert figures(job) == {"found": {"of": f"reports/{run}"}}
    assert [words[1] for words in told(job) if words[0] == "compare"] == [
        "reports/20260101T000000Z-quick-bbbbbbbb",
        "reports/20260101T000000Z-quick-aaaaaaaa",
    ]


@pytest.mark.parametrize("makes", ["", "20260102T000000Z-quick-without-a-round"])
def test_a_use_that_measured_nothing_leaves_no_figures_whatever_an_earlier_one_of_the_job_has_left(
    makes: str, job: Path
) -> None:
    assert use(job).returncode == 0
    assert figures(job) is not None
    assert use(job, makes, 4).returncode == 4
    assert figures(job) is None
