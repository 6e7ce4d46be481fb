"""`bench ab` for real: two revisions of a tiny app in one run."""

import json
import subprocess
from pathlib import Path

import pytest

from harness.model.run import WindowKind
from harness.results.folder import read_run, resolve_run
from tests.integration.cli.conftest import Bench, MakeApp, Read

SMALL = ("--profile", "smoke", "--rounds", "5", "--endpoint", "json", "--workload", "capacity", "--json")


def git(folder: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    done = subprocess.run(("git", "-C", folder, *settings, *arguments), capture_output=True, text=True, check=True)
    return done.stdout


def served(folder: Path, start: str) -> int:
    """Right answers in the measured windows of the newest run, of the cells that begin so, second copies left out."""
    recorded = read_run(resolve_run(folder / "reports", "latest"))
    return sum(
        window.report.responses
        for window in recorded.windows
        if window.report
        and window.kind is WindowKind.MEASURED
        and window.cell.startswith(start)
        and "twin" not in window.cell
    )


@pytest.fixture
def committed(make_app: MakeApp, tmp_path: Path) -> Path:
    """The folder of an app that is committed in a repository of the test's."""
    folder = make_app("one")
    make_app("other")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "apps")
    git(tmp_path, "commit", "--quiet", "--message", "one")
    return folder


def test_a_slower_tree_is_compared_with_its_last_commit(
    bench: Bench, read: Read, committed: Path, tmp_path: Path
) -> None:
    app = committed / "app.py"
    app.write_text(app.read_text().replace("sum(range(10_000))", "sum(range(200_000))"))
    done = bench("ab", "HEAD", *SMALL, "--fail-on-regression")
    found = json.loads(done.stdout)
    unknown = found["apps"][0]["outcome"] == "invalid"
    assert done.returncode == (5 if found["is_worse"] else 4 if unknown else 0), done.stderr
    assert (found["a"]["name"], found["b"]["name"]) == ("one (as of HEAD)", "one")
    assert found["paired"] is True
    assert found["app_changes"] == ["one: other code"]
    changes = {change["metric"]: change for change in found["changes"]}
    assert set(changes) == {"throughput_rps", "server_cpu_us_per_request"}
    assert all(change["ratio"] or change["reason"] for change in changes.values())
    # Looked at after four rounds, before the fifth: whether it ended there is what was found then.
    folder = resolve_run(tmp_path / "reports", "latest")
    run = read_run(folder).run
    (look,) = run.looks
    assert (look.rounds, [each.app for each in look.apps]) == (4, ["one"])
    assert (run.stopped is not None) is look.apps[0].outcome.decided
    assert found["verdict"].startswith(
        ("one is slower than one (as of HEAD): ", "Not decided", "one can't be compared")
    )
    assert f"after round 4: {found['verdict']}" in done.stderr or run.stopped is None
    title = (folder / "summary.md").read_text().splitlines()[0].replace("\\", "")
    assert title == f"# {found['verdict'].rstrip('.')}"
    assert "one (as of HEAD)" in (folder / "comparison.html").read_text()
    # It does some ten times the work, whatever the gates say of a busy host.
    assert served(tmp_path, "one/") < 0.7 * served(tmp_path, "one@HEAD/")
    assert list((tmp_path / ".bench" / "revisions").iterdir()) == []
    assert git(tmp_path, "worktree", "list").count("\n") == 1
    again = read("compare", "latest", "--json")
    assert json.loads(again.out)["changes"] == found["changes"]
    resumed = bench("ab", "--resume", "latest")
    assert resumed.returncode == 2
    assert "nothing is left to measure" in resumed.stderr


def test_what_cannot_be_measured_is_said_before_anything_starts(bench: Bench, committed: Path) -> None:
    assert committed.is_dir()
    for arguments, words in (
        (("nosuch",), "no commit is named 'nosuch'"),
        (("HEAD",), "no app differs from HEAD"),
        (("one", "--with", "no such requirement!"), "can't have no such requirement!"),
    ):
        done = bench("ab", *arguments)
        assert done.returncode == 2, done.stderr
        assert words in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.fault(
    where="git",
    what="An app whose revisions are to be compared is in no repository",
    happens="It is told before anything is measured.",
    lost="Nothing has begun",
    exit_code=2,
)
def test_an_app_outside_of_a_repository_has_no_other_revision(bench: Bench, make_app: MakeApp) -> None:
    make_app("one")
    done = bench("ab", "HEAD", GIT_CEILING_DIRECTORIES="/")
    assert done.returncode == 2
    assert "is in no git repository" in done.stderr
