"""The workflows of GitHub Actions are checked as far as that can be done without GitHub, and each check can fail."""

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


def obeyed(log: str) -> list[str]:
    """The commands to GitHub's runner in what a step prints, as the runner takes them."""
    found: list[str] = []
    until = None
    for line in re.split(r"[\r\n]+", log):
        if command := re.match(r"\s*::([^:]+?)(?: [^:]*)?::(.*)", line):
            if until is None and command[1] == "stop-commands":
                until = command[2]
            elif until is None:
                found.append(line.strip())
            elif command[1] == until:
                until = None
    return found


@pytest.mark.parametrize("ends_with", [0, 3])
def test_what_a_pull_request_prints_is_no_command_and_files_of_commands_are_not_named_to_it(
    ends_with: int, tmp_path: Path
) -> None:
    (step, summary) = [
        step for step in parsed(FOLDER / "pull-request.yml")["jobs"]["measure"]["steps"] if "run" in step
    ]
    files = ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")
    commands = (
        "::set-output name=kept::true\n::add-mask::a\r::error::forged\n ::stop-commands::mine\n::mine::\n::warning::b"
    )
    make = tmp_path / "make"
    make.write_text(
        "#!/usr/bin/env python3\nimport os, sys\n"
        'open("told", "w").write("\\n".join([*os.environ, *sys.argv[1:], *os.environ.values()]))\n'
        f"print({commands!r}, end='', flush=True)\nsys.exit({ends_with})\n"
    )
    make.chmod(0o755)
    for command in (("init", "--quiet"), *[("commit", "--quiet", "--allow-empty", "-m", name) for name in "ab"]):
        identity = ("-c", "user.name=t", "-c", "user.email=t@localhost")
        subprocess.run(("git", *identity, *command), cwd=tmp_path, check=True)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        **{name: str(tmp_path / f"runner-{name}") for name in files},
    }
    done = subprocess.run(
        ("bash", "-e", "-c", step["run"]), cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == ends_with, done.stderr
    assert obeyed(commands), "the runner would take them otherwise"
    assert obeyed(done.stdout) == []
    assert obeyed(f"{done.stdout}::notice::ours") == ["::notice::ours"], "later steps speak to the runner again"
    told = (tmp_path / "told").read_text()
    assert "bench-pr" in told
    assert not any(name in told for name in files)
    (token,) = re.findall("^::stop-commands::(.{64})$", done.stdout, flags=re.MULTILINE)[:1]
    assert token not in told

    (tmp_path / "reports" / "pr").mkdir(parents=True)
    (tmp_path / "reports" / "pr" / "comparison.md").write_text("slower" * 1_000_000)
    subprocess.run(("bash", "-e", "-c", summary["run"]), cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "runner-GITHUB_STEP_SUMMARY").stat().st_size < 1_048_576


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
