"""A hostile pull request from end to end: its job on a clone of a bare remote, and the job that tells what it found."""

import io
import json
import shlex
import subprocess
import zipfile
from pathlib import Path

import pytest
import yaml

from tests.ending import ended_well
from tests.github import FORK, REPOSITORY, TOKEN, carry_out, obeyed, stand_in
from tests.integration.cli.conftest import MakeApp, left_behind
from tests.saying import say
from tests.started import bench_command

ROOT = Path(__file__).parents[3]
SHORT = ("--profile", "smoke", "--endpoint", "hello", "--workload", "capacity", "--rounds", "1")
WORDS = "forged` | **fast** | <!-- --> </details>"
HOSTILE = f"""
words = {WORDS!r}
said = "\\x1b[2J\\x1b]0;mine\\x07\\n::stop-commands::mine\\n::mine::\\n::set-output name=kept::" + words
place, seen = os.getpid(), repr(dict(os.environ))
while place > 1:
    status = Path(f"/proc/{{place}}/status").read_text()
    seen += Path(f"/proc/{{place}}/environ").read_bytes().decode(errors="replace")
    place = int(status.partition("PPid:")[2].split()[0])
with Path({{seen!r}}).open("a") as file:
    file.write(seen)
print(said, flush=True)
print(said, file=sys.stderr, flush=True)
"""


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@localhost")
    done = subprocess.run(("git", *identity, *arguments), cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def step_of(workflow: str, job: str, holds: str) -> str:
    steps = yaml.safe_load((ROOT / ".github" / "workflows" / workflow).read_text())["jobs"][job]["steps"]
    (script,) = [step["run"] for step in steps if holds in step.get("run", "")]
    return str(script)


@pytest.fixture
def job(tmp_path: Path, make_app: MakeApp) -> Path:
    """A clone as the pull request's job has it: its head merged into the base, and that base."""
    app = make_app("tiny")
    remote = tmp_path / "remote.git"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", "apps")
    git(tmp_path, "commit", "--quiet", "--message", "Base")
    git(tmp_path, "push", "--quiet", str(remote), "main")
    git(tmp_path, "checkout", "--quiet", "-b", "patch")
    code = (app / "app.py").read_text().replace("sum(range(10_000))", "sum(range(200_000))")
    hostile = HOSTILE.replace("{seen!r}", repr(str(tmp_path / "seen")))
    (app / "app.py").write_text(code.replace("served = 0\n", f"served = 0\n{hostile}", 1))
    manifest = (app / "pyproject.toml").read_text()
    (app / "pyproject.toml").write_text(manifest.replace('title = "tiny"', f'title = "{WORDS}"'))
    git(tmp_path, "commit", "--quiet", "--all", "--message", "Head")
    git(tmp_path, "checkout", "--quiet", "main")
    git(tmp_path, "merge", "--quiet", "--no-ff", "--message", "Merge", "patch")
    git(tmp_path, "push", "--quiet", str(remote), "main:refs/pull/7/merge", "patch:refs/pull/7/head")
    clone = tmp_path / "job"
    git(tmp_path, "init", "--quiet", str(clone))
    git(clone, "fetch", "--quiet", "--depth=2", f"file://{remote}", "refs/pull/7/merge")
    git(clone, "checkout", "--quiet", "--detach", "FETCH_HEAD")
    return clone


def test_a_hostile_pull_request_gets_its_numbers_told_and_neither_forges_the_comment_nor_reads_a_secret(
    job: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = job / "programs" / "make"
    make.parent.mkdir()
    # As `make bench-pr` does in this repository, and for less long.
    command = shlex.join(bench_command("ci", "--out", "reports/pr", "--against", "BASE", "--", *SHORT))
    make.write_text(f'#!/bin/sh\n[ "$1" = bench-pr ] && exec {command.replace("BASE", '"${2#BASE=}"')}\n')
    make.chmod(0o755)
    done = carry_out(step_of("pull-request.yml", "measure", "bench-pr"), job)
    assert ended_well(done.returncode, done.stdout), done.stdout
    assert left_behind(job) == []
    assert obeyed(done.stdout) == []
    assert "\x1b" not in done.stdout
    seen = (tmp_path / "seen").read_text()
    assert "PORT" in seen
    assert TOKEN not in seen

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(job / "reports" / "pr" / "beside.json", "beside.json")
    assert WORDS in json.loads((job / "reports" / "pr" / "beside.json").read_text())["found"]["b"]["name"]

    sha = git(tmp_path, "rev-parse", "patch")
    git(tmp_path, "clone", "--quiet", "--branch", "main", str(tmp_path / "remote.git"), "trusted")
    run = {"id": 11, "event": "pull_request", "head_branch": "patch", "head_sha": sha, "head_repository": FORK}
    (tmp_path / "event.json").write_text(json.dumps({"workflow_run": run}))
    monkeypatch.chdir(tmp_path / "trusted")
    with stand_in() as github:
        github.pull(7, sha)
        github.leave(packed.getvalue())
        for name, value in {
            "GITHUB_API_URL": github.address,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GH_TOKEN": TOKEN,
            "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
            "no_proxy": "127.0.0.1",
        }.items():
            monkeypatch.setenv(name, value)
        (_, *words) = shlex.split(step_of("comment.yml", "comment", "bench ci"))
        told = say(*words)
        assert told.code == 0, told.err
        (comment,) = github.comments
    assert "| `tiny` | " in comment["body"]
    assert len([line for line in comment["body"].splitlines() if line.startswith("|")]) == 2 + 1
    assert "forged" not in comment["body"]
    assert obeyed(told.out + told.err) == []
