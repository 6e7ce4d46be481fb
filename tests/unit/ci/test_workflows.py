"""The workflows of GitHub Actions are checked as far as that can be done without GitHub, and each check can fail."""

import ast
import json
import os
import re
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.github import OF_THE_RUNNER, carry_out, obeyed

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
PINNED = re.compile(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def tool(name: str, *arguments: str) -> Callable[[Path], subprocess.CompletedProcess[str]]:
    """A checker that takes a workflow file; none of them needs a network."""

    def check(file: Path) -> subprocess.CompletedProcess[str]:
        program = Path(sysconfig.get_path("scripts")) / name
        return subprocess.run(
            (str(program), *arguments, str(file)), capture_output=True, text=True, timeout=60, check=False
        )

    return check


CHECKS = {
    "schema": tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows"),
    "timeouts": tool("check-jsonschema", "--builtin-schema", "custom.github-workflows-require-timeout"),
    "actionlint": tool("actionlint", "-no-color", "-shellcheck=", "-pyflakes="),
    "zizmor": tool("zizmor", "--offline", "--no-progress", "--persona=pedantic", "--color=never"),
}


def parsed(file: Path) -> dict[str, Any]:
    return yaml.safe_load(file.read_text())  # type: ignore[no-any-return]


def test_there_are_workflows_for_tests_and_for_measuring() -> None:
    assert [file.name for file in WORKFLOWS] == ["bench.yml", "ci.yml", "comment.yml", "pull-request.yml"]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_passes(workflow: Path, check: str) -> None:
    done = CHECKS[check](workflow)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_pins_are_kept_up_to_date_by_a_configuration_that_passes_too() -> None:
    file = ROOT / ".github" / "dependabot.yml"
    for check in (tool("check-jsonschema", "--builtin-schema", "vendor.dependabot"), CHECKS["zizmor"]):
        done = check(file)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("check", "right", "wrong", "named"),
    [
        ("schema", "runs-on: ubuntu-24.04", "runs_on: ubuntu-24.04", "runs_on"),
        ("timeouts", "    timeout-minutes: 180\n", "", "timeout-minutes"),
        ("actionlint", "steps.bench.outputs.kept", "steps.bank.outputs.kept", "bank"),
        ("actionlint", "needs: measure", "needs: measures", "measures"),
        ("zizmor", 'PROFILE="$PROFILE"', 'PROFILE="${{ inputs.profile }}"', "template-injection"),
        ("zizmor", "permissions: {}", "permissions: write-all", "excessive-permissions"),
        ("zizmor", "checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "checkout@v7", "unpinned-uses"),
    ],
)
def test_the_check_finds_a_mistake(check: str, right: str, wrong: str, named: str, tmp_path: Path) -> None:
    text = (FOLDER / "bench.yml").read_text()
    assert right in text
    broken = tmp_path / ".github" / "workflows" / "bench.yml"
    broken.parent.mkdir(parents=True)
    broken.write_text(text.replace(right, wrong))
    done = CHECKS[check](broken)
    assert done.returncode != 0
    assert named in done.stdout + done.stderr


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda file: file.name)
def test_every_action_is_pinned_to_a_commit_with_its_version_beside_it(workflow: Path) -> None:
    uses = [line for line in workflow.read_text().splitlines() if "uses:" in line]
    assert uses
    assert [line for line in uses if not PINNED.search(line)] == []


def test_each_right_is_where_it_is_used_and_steps_with_a_token_install_nothing() -> None:
    jobs = {f"{file.stem}.{name}": job for file in WORKFLOWS for name, job in parsed(file)["jobs"].items()}
    rights = {name: job["permissions"] for name, job in jobs.items()}
    assert rights == {
        "bench.measure": {"contents": "read"},
        "bench.keep": {"contents": "write"},
        "bench.pages": {"pages": "write", "id-token": "write"},
        "bench.regression": {"issues": "write"},
        "ci.check": {"contents": "read"},
        "ci.test": {"contents": "read"},
        "comment.comment": {"actions": "read", "contents": "read", "pull-requests": "write"},
        "pull-request.measure": {"contents": "read"},
    }
    checkouts = [
        (name, step["with"]["persist-credentials"])
        for name, job in jobs.items()
        for step in job["steps"]
        if step.get("uses", "").startswith("actions/checkout@")
    ]
    assert {name for name, _ in checkouts} == {
        *("bench.measure", "bench.keep", "ci.check", "ci.test", "comment.comment", "pull-request.measure")
    }
    assert not any(persisted for _, persisted in checkouts)
    with_a_token = [
        (name, step["run"])
        for name, job in jobs.items()
        for step in job["steps"]
        if "github.token" in str(step.get("env", {}))
    ]
    assert [name for name, _ in with_a_token] == ["bench.keep", "bench.regression", "comment.comment"]
    assert not any(word in run for _, run in with_a_token for word in ("make ", "uv ", "pip "))


def test_what_runs_with_the_rights_of_the_repository_takes_no_code_of_a_pull_request() -> None:
    (checkout, setup, step) = parsed(FOLDER / "comment.yml")["jobs"]["comment"]["steps"]
    assert checkout["with"] == {"persist-credentials": False}, "another ref is somebody else's code"
    assert setup == {"run": "make setup"}
    assert step["run"] == ".venv/bin/bench ci --comment"
    untrusted = (FOLDER / "pull-request.yml").read_text()
    assert "secrets" not in untrusted
    assert "github.token" not in untrusted
    assert "pull_request_target" not in "".join(file.read_text() for file in WORKFLOWS)
    assert parsed(FOLDER / "comment.yml")[True]["workflow_run"]["workflows"] == [
        parsed(FOLDER / "pull-request.yml")["name"]
    ]


COMMANDS = """::set-output name=kept::true
::add-mask::a\r::error::forged
 ::stop-commands::mine
::mine::
::warning::b"""


def hostile(program: Path, ends_with: int = 0) -> None:
    """In place of a program: one that prints commands to the runner, and keeps all that it is told."""
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(
        "#!/usr/bin/env python3\nimport os, sys\n"
        f"open({str(program.with_suffix('.told'))!r}, 'a').write(repr((sys.argv[1:], dict(os.environ))) + chr(10))\n"
        "if sys.argv[1] == 'ab':\n os.makedirs('reports/new')\n open('reports/new/run.json', 'w')\n"
        f"print('slower' * 1_000_000)\nprint({COMMANDS!r}, end='', file=sys.stderr, flush=True)\n"
        f"print({COMMANDS!r}, end='', flush=True)\nsys.exit({ends_with} if sys.argv[1] != 'compare' else 0)\n"
    )
    program.chmod(0o755)


def see_that_nothing_was_obeyed_or_told(log: str, program: Path) -> list[list[str]]:
    """What the program was given as arguments, each time."""
    assert obeyed(COMMANDS), "the runner would take them otherwise"
    assert obeyed(log) == []
    assert obeyed(f"{log}::notice::ours") == ["::notice::ours"], "later steps speak to the runner again"
    told = program.with_suffix(".told").read_text()
    (token,) = re.findall("^::stop-commands::([0-9a-f]{64})$", log, flags=re.MULTILINE)
    assert not any(secret in told for secret in (OF_THE_RUNNER, token))
    return [list(ast.literal_eval(line)[0]) for line in told.splitlines()]


@pytest.mark.parametrize("ends_with", [0, 3])
def test_what_a_pull_request_prints_is_no_command_and_files_of_commands_are_not_named_to_it(
    ends_with: int, tmp_path: Path
) -> None:
    steps = parsed(FOLDER / "pull-request.yml")["jobs"]["measure"]["steps"]
    (step, summary) = [step for step in steps if "run" in step]
    told = [each for each in steps if each.get("if") == "${{ !cancelled() }}"]
    assert [each.get("with", {}).get("path") for each in told] == [None, "reports/pr/beside.json"]
    for command in (("init", "--quiet"), *[("commit", "--quiet", "--allow-empty", "-m", name) for name in "ab"]):
        identity = ("-c", "user.name=t", "-c", "user.email=t@localhost")
        subprocess.run(("git", *identity, *command), cwd=tmp_path, check=True)
    hostile(make := tmp_path / "programs" / "make", ends_with)
    done = carry_out(step["run"], tmp_path)
    assert done.returncode == ends_with, done.stdout
    base = subprocess.run(("git", "rev-parse", "HEAD^1"), cwd=tmp_path, capture_output=True, text=True, check=True)
    assert see_that_nothing_was_obeyed_or_told(done.stdout, make) == [["bench-pr", f"BASE={base.stdout.strip()}"]]

    assert carry_out(summary["run"], tmp_path).returncode == 0, "where nothing was measured, there is nothing to tell"
    (tmp_path / "reports" / "pr").mkdir(parents=True)
    (tmp_path / "reports" / "pr" / "comparison.md").write_text("slower" * 1_000_000)
    assert carry_out(summary["run"], tmp_path).returncode == 0
    assert (tmp_path / f"{OF_THE_RUNNER}-GITHUB_STEP_SUMMARY").stat().st_size == 1_000_000


@pytest.mark.parametrize("ends_with", [0, 5])
def test_the_action_measures_two_checkouts_and_writes_a_summary_and_no_command(ends_with: int, tmp_path: Path) -> None:
    (step,) = parsed(ROOT / "action.yml")["runs"]["steps"]
    hostile(tmp_path / "programs" / "make")
    hostile(bench := tmp_path / "action" / ".venv" / "bin" / "bench", ends_with)
    for name in ("base", "head"):
        (tmp_path / name).mkdir()
    given = {"APP": "flask", "BASE": "base", "HEAD": "./head", "OPTIONS": "--runtime  process"}
    assert given.keys() == step["env"].keys()
    (emptied := tmp_path / "emptied").mkdir()
    (stays := tmp_path / "stays").mkdir()
    folders = {"RUNNER_TEMP": str(emptied), "TMPDIR": str(stays), "GITHUB_ACTION_PATH": str(tmp_path / "action")}
    done = carry_out(step["run"], tmp_path, GH_TOKEN="ghs_of_the_job", **folders, **given)
    assert done.returncode == ends_with, done.stdout
    assert not [*stays.iterdir()], "on a runner of one's own, it would be there for good"
    for program in (tmp_path / "programs" / "make", bench):
        told = see_that_nothing_was_obeyed_or_told(done.stdout, program)
        assert "ghs_of_the_job" not in program.with_suffix(".told").read_text()
    sides = [word for name in ("base", "head") for word in ("--with", str(tmp_path / name))]
    assert told == [["ab", "flask", *sides, "--markdown", "--runtime", "process"], ["compare", "reports/new", "--json"]]
    (given_back,) = (tmp_path / f"{OF_THE_RUNNER}-GITHUB_OUTPUT").read_text().splitlines()
    name, _, figures = given_back.partition("=")
    assert (name, Path(figures).name) == ("figures", "beside.json")
    assert Path(figures).read_text().startswith('{"found": slowerslower')
    assert emptied in Path(figures).parents
    summary = tmp_path / f"{OF_THE_RUNNER}-GITHUB_STEP_SUMMARY"
    assert summary.read_text().startswith("slowerslower")
    assert summary.stat().st_size == 1_000_000


def test_the_action_passes_and_so_does_the_workflow_of_a_framework_that_uses_it(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "ci.md").read_text()
    (example,) = re.findall(r"```yaml\n(on: pull_request\n.*?)```", page, flags=re.DOTALL)
    (tmp_path / ".git").mkdir()  # by which actionlint knows where the action is
    workflow = tmp_path / ".github" / "workflows" / "speed.yml"
    workflow.parent.mkdir(parents=True)
    action = tmp_path / "action.yml"
    action.write_text((ROOT / "action.yml").read_text())
    ours = re.sub(r"uses: OWNER/framework-referee@COMMIT.*", "uses: ./", example)
    assert ours != example
    workflow.write_text(f"name: Speed\n{ours}")
    for check, file in (
        (tool("check-jsonschema", "--builtin-schema", "vendor.github-actions"), action),
        (CHECKS["zizmor"], action),
        *[(CHECKS[name], workflow) for name in ("schema", "timeouts", "actionlint")],
    ):
        done = check(file)
        assert done.returncode == 0, done.stdout + done.stderr
    workflow.write_text(f"name: Speed\n{ours}".replace("app: fastapi", "ape: fastapi"))
    assert "ape" in CHECKS["actionlint"](workflow).stdout, "or the action is not looked at"


def test_the_action_that_comments_passes_and_installs_without_its_token(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "ci.md").read_text()
    (example,) = re.findall(r"```yaml\n(on:\n  workflow_run:\n.*?)```", page, flags=re.DOTALL)
    (tmp_path / ".git").mkdir()
    workflow = tmp_path / ".github" / "workflows" / "comment.yml"
    workflow.parent.mkdir(parents=True)
    action = tmp_path / "comment" / "action.yml"
    action.parent.mkdir()
    action.write_text((ROOT / "comment" / "action.yml").read_text())
    workflow.write_text(
        re.sub(r"uses: OWNER/framework-referee/comment@COMMIT.*", "uses: ./comment", f"name: C\n{example}")
    )
    for check, file in (
        (tool("check-jsonschema", "--builtin-schema", "vendor.github-actions"), action),
        (CHECKS["zizmor"], action),
        *[(CHECKS[name], workflow) for name in ("schema", "timeouts", "actionlint")],
    ):
        done = check(file)
        assert done.returncode == 0, done.stdout + done.stderr
    (rights,) = [job["permissions"] for job in parsed(workflow)["jobs"].values()]
    assert rights == {"actions": "read", "pull-requests": "write"}
    setup, step = parsed(action)["runs"]["steps"]
    assert ("env" in setup, list(step["env"])) == (False, ["GH_TOKEN"])
    hostile(make := tmp_path / "programs" / "make")
    hostile(bench := tmp_path / ".venv" / "bin" / "bench")
    for each in (setup, step):
        assert carry_out(each["run"], tmp_path, GITHUB_ACTION_PATH=str(action.parent)).returncode == 0
    assert ast.literal_eval(make.with_suffix(".told").read_text())[0] == ["-C", f"{action.parent}/..", "setup"]
    assert ast.literal_eval(bench.with_suffix(".told").read_text())[0] == ["ci", "--comment"]


@pytest.mark.parametrize(
    ("labels", "open_issue", "called"),
    [
        ("bug\nperformance\n", "", ["label list", "label create", "issue list", "issue create"]),
        ("bug\nPerformance Regression\n", "", ["label list", "issue list", "issue create"]),
        ("bug\nperformance regression\n", "7\n", ["label list", "issue list", "issue comment"]),
    ],
)
def test_a_regression_opens_an_issue_or_adds_to_the_open_one_and_leaves_the_label_as_somebody_made_it(
    labels: str, open_issue: str, called: list[str], tmp_path: Path
) -> None:
    (step,) = [step for step in parsed(FOLDER / "bench.yml")["jobs"]["regression"]["steps"] if "run" in step]
    (tmp_path / "regression.md").write_text("slower")
    gh = tmp_path / "gh"
    gh.write_text(
        "#!/usr/bin/env python3\nimport json, os, sys\n"
        'open("calls", "a").write(json.dumps(sys.argv[1:]) + "\\n")\n'
        'print({"issue": os.environ["OPEN"], "label": os.environ["LABELS"]}[sys.argv[1]], end="")\n'
    )
    gh.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "LABEL": step["env"]["LABEL"],
        "LABELS": labels,
        "OPEN": open_issue,
    }
    # The shell and flags that GitHub uses where a step names none.
    subprocess.run(("bash", "-e", "-c", step["run"]), cwd=tmp_path, env=environment, check=True, timeout=30)
    calls = [json.loads(line) for line in (tmp_path / "calls").read_text().splitlines()]
    assert [" ".join(call[:2]) for call in calls] == called
    assert "--force" not in {word for call in calls for word in call}
    assert "regression.md" in calls[-1]
    assert ("7" in calls[-1]) == bool(open_issue)
