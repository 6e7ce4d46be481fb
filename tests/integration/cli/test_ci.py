"""A scheduled job against a remote of its own: real runs, a real data branch, real pushes."""

import json
import signal
import subprocess
from pathlib import Path

import pytest

from harness.ci.measure import measure_beside
from harness.ci.predecessor import Beside
from tests import warm
from tests.ending import ended_well
from tests.integration.cli.conftest import Bench, MakeApp, left_behind
from tests.odd_hosts import standing, with_own_network
from tests.started import started_run

SHORT = ("--profile", "smoke", "--endpoint", "hello", "--workload", "capacity", "--rounds", "2")


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@localhost")
    done = subprocess.run(("git", *identity, *arguments), cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def refs(remote: Path) -> dict[str, str]:
    listed = git(remote, "for-each-ref", "--format=%(refname) %(objectname)")
    return dict(line.split() for line in listed.splitlines())


def kept(remote: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in git(remote, "show", "bench-data:runs.jsonl").splitlines()]


@pytest.fixture
def remote(tmp_path: Path, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bare remote that has `main`; the test's folder is a checkout that would push more than it should."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))  # git knows nobody, as on a CI machine
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    make_app("tiny")
    remote = tmp_path / "remote.git"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    (tmp_path / ".gitignore").write_text("/reports/\n/.bench/\n/remote.git/\n/home/\n")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "Code")
    git(tmp_path, "remote", "add", "origin", str(remote))
    git(tmp_path, "push", "--quiet", "origin", "main")
    git(tmp_path, "tag", "--annotate", "v1", "--message", "not to be pushed")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "not to be pushed either")
    git(tmp_path, "config", "push.followTags", "true")
    hook = tmp_path / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    return remote


def test_a_second_job_compares_with_the_first_and_pushes_nothing_but_the_data_branch(
    remote: Path, tmp_path: Path
) -> None:
    before = refs(remote)
    code, status = git(tmp_path, "rev-parse", "HEAD"), git(tmp_path, "status", "--porcelain")
    summaries = tmp_path / "reports" / "step.md"
    outputs = tmp_path / "reports" / "outputs"

    def job() -> subprocess.CompletedProcess[str]:
        """Both under the same conditions, whatever starts or stops an engine meanwhile."""
        with standing(with_own_network()) as host:
            return warm.bench(tmp_path, "ci", "--", *SHORT, environment=github, host=host)

    github = {"GITHUB_STEP_SUMMARY": str(summaries), "GITHUB_OUTPUT": str(outputs)}
    first = job()
    assert ended_well(first.returncode, first.stderr), first.stderr
    assert "Nothing to compare with" in summaries.read_text()
    assert refs(remote).keys() == {*before, "refs/heads/bench-data"}
    begun = git(remote, "show", "bench-data:history.jsonl")

    second = job()
    assert ended_well(second.returncode, second.stderr), second.stderr

    names = [Path(done.stdout.strip()).name for done in (first, second)]
    assert [(run["name"], run["compared_with"]) for run in kept(remote)] == [(names[0], None), (names[1], names[0])]
    history = git(remote, "show", "bench-data:history.jsonl")
    assert history.startswith(begun)
    assert [json.loads(line)["name"] for line in history.splitlines()] == names

    out = tmp_path / "reports" / "ci"
    outcome = json.loads((out / "outcome.json").read_text())
    assert outcome["compared_with"] == names[0]
    assert (out / "regression.md").exists() == bool(outcome["regressions"])
    assert f"A: {names[0]}" in summaries.read_text()
    assert summaries.read_text().endswith((out / "summary.md").read_text())
    assert outputs.read_text().startswith("kept=true\nregression=false\nkept=true\nregression=")
    assert {path.name for path in (out / "site").iterdir()} == {"index.html", *names}

    after = refs(remote)
    assert after.pop("refs/heads/bench-data") == outcome["commit"]
    assert after == before
    assert (git(tmp_path, "rev-parse", "HEAD"), git(tmp_path, "status", "--porcelain")) == (code, status)
    assert git(tmp_path, "branch", "--list", "--format=%(refname:short)") == "main"
    assert len(git(tmp_path, "worktree", "list").splitlines()) == 1
    assert not list((tmp_path / ".bench" / "data-branch").iterdir())
    assert left_behind(tmp_path) == []


def test_a_slower_app_is_found_beside_the_last_kept_run_although_the_host_is_another(
    bench: Bench, remote: Path, tmp_path: Path
) -> None:
    begun = bench("ci", "--", *SHORT, "--rounds", "1")
    assert ended_well(begun.returncode, begun.stderr), begun.stderr
    assert kept(remote)[0]["commit"] == git(tmp_path, "rev-parse", "HEAD")
    clone = tmp_path / "data"
    git(tmp_path, "clone", "--quiet", "--branch", "bench-data", str(remote), str(clone))
    lines = [json.loads(line) for line in (clone / "history.jsonl").read_text().splitlines()]
    for line in lines:
        line["conditions"]["host"] = "a CPU of another model"
    (clone / "history.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    git(clone, "commit", "--quiet", "--all", "--message", "Another host")
    git(clone, "push", "--quiet", "origin", "bench-data")
    app = tmp_path / "apps" / "tiny_app" / "app.py"
    app.write_text(app.read_text().replace("sum(range(10_000))", "sum(range(200_000))"))
    git(tmp_path, "commit", "--quiet", "--all", "--message", "Slower")

    # It ends as soon as it is decided: after more rounds where a stalled host reads no meter in most of them. The job's
    # own run has three.
    done = bench("ci", "--", *SHORT, "--rounds", "32", "--minutes", "0.1")

    assert ended_well(done.returncode, done.stderr), done.stderr
    out = tmp_path / "reports" / "ci"
    outcome = json.loads((out / "outcome.json").read_text())
    told = f"{done.stdout}\n{(out / 'summary.md').read_text()}"
    assert (outcome["compared_with"], outcome["slower"]) == (None, ["tiny"]), told
    assert "is slower than" in (out / "regression.md").read_text()
    assert "99 % interval" in (out / "regression.md").read_text()
    assert f"## Beside {str(kept(remote)[0]['commit'])[:12]}" in (out / "summary.md").read_text()
    assert [run["commit"] for run in kept(remote)][1] == git(tmp_path, "rev-parse", "HEAD")
    assert len(git(remote, "show", "bench-data:history.jsonl").splitlines()) == 2


@pytest.mark.fault(
    where="git",
    what="A scheduled job is cut off",
    happens="Nothing is pushed; the run's folder stays and can be resumed.",
    lost="The round under way",
    exit_code=130,
)
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_job_that_is_interrupted_keeps_what_the_run_has_and_pushes_nothing(
    remote: Path, tmp_path: Path, sent: signal.Signals
) -> None:
    job = started_run(tmp_path, "ci", "--", *SHORT, "--rounds", "3", until='"record":"round"')
    job.send_signal(sent)
    _, said = job.communicate()
    assert job.returncode == 130, said
    assert "bench run --resume" in said
    assert refs(remote).keys() == {"refs/heads/main"}
    assert left_behind(tmp_path) == []


@pytest.mark.fault(
    where="git",
    what="No such remote, or a branch of that name that holds something else",
    happens="It is told before anything is measured; the branch is left as it is.",
    lost="Nothing",
    exit_code=2,
)
def test_what_is_wrong_with_the_remote_is_told_before_anything_is_measured(
    bench: Bench, remote: Path, tmp_path: Path
) -> None:
    for arguments, named in (
        (("--remote", "nowhere"), "nowhere"),
        (("--branch", "main"), "it is no history of runs"),
    ):
        done = bench("ci", *arguments, "--", *SHORT)
        assert done.returncode == 2, done.stderr
        assert named in done.stderr
        assert done.stderr.count("error: ") == done.stderr.count("hint: ") == 1
        assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("reports/2*"))
    assert refs(remote).keys() == {"refs/heads/main"}


@pytest.mark.fault(
    where="git",
    what="The run of a scheduled job can't begin",
    happens="Its error is shown, with its own exit code; nothing is pushed.",
    lost="Nothing",
    exit_code=2,
)
def test_a_run_that_can_not_begin_is_an_error_of_its_own_and_nothing_is_pushed(bench: Bench, remote: Path) -> None:
    done = bench("ci", "--", *SHORT, "--app", "flusk")
    assert done.returncode == 2
    assert "flusk" in done.stderr
    assert "left nothing to keep" in done.stderr
    assert refs(remote).keys() == {"refs/heads/main"}


def test_a_job_with_an_app_that_breaks_the_contract_keeps_the_run_and_says_so(
    bench: Bench, remote: Path, tmp_path: Path
) -> None:
    manifest = tmp_path / "apps" / "tiny_app" / "pyproject.toml"
    manifest.write_text(manifest.read_text().replace('FAULT = ""', 'FAULT = "finds_everything"'))
    done = bench("ci", "--", *SHORT, "--rounds", "1")
    assert done.returncode == 3, done.stderr
    outcome = json.loads((tmp_path / "reports" / "ci" / "outcome.json").read_text())
    assert (outcome["complete"], outcome["broken"]) == (True, ["tiny/default"])
    assert "breaks the contract, so it takes no rank" in (tmp_path / "reports" / "ci" / "summary.md").read_text()
    assert len(kept(remote)) == 1


def test_a_run_without_a_valid_cell_is_kept_and_the_job_ends_as_it_did(
    bench: Bench, remote: Path, tmp_path: Path
) -> None:
    manifest = tmp_path / "apps" / "tiny_app" / "pyproject.toml"
    manifest.write_text(manifest.read_text().replace('FAULT = ""', 'FAULT = "closes_midway"'))
    done = bench("ci", "--", *SHORT, "--rounds", "1")
    assert done.returncode == 4, done.stderr
    assert "so the run measured nothing usable" in done.stderr
    outcome = json.loads((tmp_path / "reports" / "ci" / "outcome.json").read_text())
    assert (outcome["complete"], outcome["usable"]) == (True, False)
    assert len(kept(remote)) == 1


@pytest.mark.usefixtures("remote")
def test_where_the_last_kept_commit_is_not_there_that_is_said_and_left_to_the_next_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "reports" / "ci"
    found = measure_beside("1" * 40, SHORT, out, 1.0)
    assert found == Beside.model_validate_json((out / "beside.json").read_bytes())
    assert (found.failed, found.settled, found.slower) == (True, False, ())
    assert found.why_not == "`bench ci --against` ended with exit code 2; the log has its error"
