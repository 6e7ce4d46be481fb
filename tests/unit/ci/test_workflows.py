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
    assert [file.name for file in WORKFLOWS] == ["bench.yml", "ci.yml"]


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


def test_one_step_alone_can_push_and_one_job_alone_can_open_issues() -> None:
    jobs = {f"{file.stem}.{name}": job for file in WORKFLOWS for name, job in parsed(file)["jobs"].items()}
    rights = {name: job["permissions"] for name, job in jobs.items()}
    assert rights == {
        "bench.measure": {"contents": "read"},
        "bench.keep": {"contents": "write"},
        "bench.pages": {"pages": "write", "id-token": "write"},
        "bench.regression": {"issues": "write"},
        "ci.check": {"contents": "read"},
        "ci.test": {"contents": "read"},
    }
    checkouts = [
        (name, step["with"]["persist-credentials"])
        for name, job in jobs.items()
        for step in job["steps"]
        if step.get("uses", "").startswith("actions/checkout@")
    ]
    assert {name for name, _ in checkouts} == {"bench.measure", "bench.keep", "ci.check", "ci.test"}
    assert not any(persisted for _, persisted in checkouts)
    with_a_token = [
        (name, step["run"])
        for name, job in jobs.items()
        for step in job["steps"]
        if "github.token" in str(step.get("env", {}))
    ]
    assert [name for name, _ in with_a_token] == ["bench.keep", "bench.regression"]
    assert not any(word in run for _, run in with_a_token for word in ("make ", "uv ", "pip "))


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
