"""What becomes of a finished run: the stored sample, kept on the data branch of a real remote."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from harness.ci import job
from harness.ci.branch import DataBranch
from harness.ci.job import keep
from harness.ci.kept import KEPT_REPORTS, KeptRun, add, read_kept
from harness.ci.outcome import JobOutcome, clear
from harness.ci.predecessor import Beside, last_commit
from harness.comparison import across
from harness.comparison.summarise import summarise
from harness.history.digest import make_digest
from harness.history.file import append
from harness.model.comparison import RunSummary
from harness.model.errors import DataBranchError, GitError, UsageError
from harness.model.history import RunDigest
from harness.results.folder import read_run

SAMPLE = Path(__file__).parents[3] / "reports" / "sample"
SLOWED = "flask/controlled:json:capacity:32"


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(("git", *arguments), cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@dataclass(frozen=True)
class Place:
    """A checkout with a bare remote, and a run to be kept."""

    folder: Path

    @property
    def branch(self) -> DataBranch:
        return DataBranch(self.folder / "code", "origin", "bench-data")

    @property
    def run(self) -> Path:
        return self.folder / "20261123T015642Z-smoke-87650886"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def remote(self) -> Path:
        return self.folder / "remote.git"

    def keep(self, beside: Beside | None = None) -> JobOutcome:
        clear(self.out)
        return keep(self.run, self.branch, out=self.out, state=self.folder, say=self.said.append, beside=beside)

    @property
    def said(self) -> list[str]:
        return SAID

    def show(self, file: str) -> str:
        return git(self.remote, "show", f"bench-data:{file}")

    def summary(self) -> str:
        return (self.out / "summary.md").read_text()


SAID: list[str] = []


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for variable in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.delenv(variable, raising=False)
    # The sample has one round, which tells nothing apart; what becomes of what is told apart is looked at here.
    monkeypatch.setattr(across, "MIN_ROUNDS", 1)
    SAID.clear()
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    git(tmp_path, "clone", "--quiet", "remote.git", "code")
    place = Place(tmp_path)
    place.run.mkdir()
    for name in ("run.json", "windows.jsonl", "index.html", "summary.md"):
        shutil.copy(SAMPLE / name, place.run)
    return place


def earlier(place: Place, *, times_as_fast: float, **changes: object) -> RunSummary:
    """The sample as it might have been an hour before, when one cell was faster."""
    run = summarise(read_run(place.run), "20261123T005642Z-smoke-00000000")

    def faster(cell: object) -> object:
        assert isinstance(cell, dict)
        for estimate in (figure["estimate"] for figure in cell["figures"].values()):
            for name in ("value", "low", "high"):
                estimate[name] *= times_as_fast
        return cell

    document = run.model_dump(mode="json")
    document["cells"] = [faster(cell) if key(cell) == SLOWED else cell for cell in document["cells"]]
    changed = RunSummary.model_validate({**document, "run_id": "0" * 32})
    return changed.model_copy(update={"started_at": run.started_at - timedelta(hours=1), **changes})


def key(cell: dict[str, object]) -> str:
    of = cell["cell"]
    assert isinstance(of, dict)
    return f"{of['subject']['app']}/{of['subject']['variant']}:{of['endpoint']}:{of['workload']}:{of['connections']}"


def keep_earlier(place: Place, run: RunSummary, commit: str | None = None) -> None:
    """Put a run on the data branch as if an earlier job had."""
    with place.branch.checked_out(place.folder) as checkout:
        append(checkout.folder / "history.jsonl", run)
        add(checkout.folder, line(run.name).model_copy(update={"commit": commit}), digest(run.name), place.run)
        assert place.branch.push(checkout, "Keep an earlier run")


def line(name: str) -> KeptRun:
    run = read_run(SAMPLE).run
    return KeptRun(
        run_id=name,
        name=name,
        started_at=run.started_at,
        profile=run.plan.profile,
        runtime=run.runtime,
        host_fingerprint=run.host.fingerprint,
        revision=None,
        complete=True,
        compared_with=None,
        regressions=None,
    )


@cache
def sample_digest() -> RunDigest:
    return make_digest(read_run(SAMPLE), SAMPLE.name)


def digest(name: str) -> RunDigest:
    made = sample_digest()
    return made.model_copy(update={"summary": made.summary.model_copy(update={"name": name})})


def test_a_first_run_is_kept_and_said_to_have_nothing_to_be_compared_with(place: Place) -> None:
    outcome = place.keep()
    assert outcome.complete
    assert outcome.compared_with is None
    assert "Nothing to compare with" in place.summary()
    assert "## Two Python web frameworks, measured" in place.summary()
    assert git(place.remote, "rev-parse", "bench-data") == outcome.commit
    assert place.show(f"reports/{place.run.name}/index.html") == (SAMPLE / "index.html").read_text().strip()


def test_a_cell_that_became_slower_is_a_regression_with_a_text_for_an_issue(place: Place) -> None:
    keep_earlier(place, earlier(place, times_as_fast=40))
    outcome = place.keep()
    assert outcome.compared_with == "20261123T005642Z-smoke-00000000"
    assert outcome.regressions == (SLOWED,)
    text = (place.out / "regression.md").read_text()
    assert "Flask (controlled): json, capacity, 32 connections" in text
    assert "nothing of the apps themselves" in text
    assert json.loads((place.out / "outcome.json").read_text())["regressions"] == [SLOWED]
    assert json.loads(place.show("runs.jsonl").splitlines()[-1])["regressions"] == 1
    index = (place.out / "site" / "index.html").read_text()
    assert f"href={place.run.name}/index.html>" in index
    assert "2\N{NO-BREAK SPACE}runs, newest first" in index


def test_the_same_again_is_no_regression_and_removes_the_flag_of_an_earlier_job(place: Place) -> None:
    keep_earlier(place, earlier(place, times_as_fast=1))
    place.out.mkdir()
    (place.out / "regression.md").write_text("from an earlier job")
    assert place.keep().regressions == ()
    assert not (place.out / "regression.md").exists()
    assert "No difference found" in place.summary()


def test_a_run_of_another_host_is_not_compared_and_what_differs_is_named(place: Place) -> None:
    other = earlier(place, times_as_fast=40)
    keep_earlier(place, other.model_copy(update={"conditions": {**other.conditions, "host": "a far faster one"}}))
    outcome = place.keep()
    assert outcome.compared_with is None
    assert outcome.regressions == ()
    assert "| host | `a far faster one` |" in place.summary()


def test_an_incomplete_run_is_kept_and_said_but_neither_compared_nor_in_the_history(place: Place) -> None:
    keep_earlier(place, earlier(place, times_as_fast=40))
    before = place.show("history.jsonl")
    records = (place.run / "windows.jsonl").read_text().splitlines(keepends=True)
    (place.run / "windows.jsonl").write_text("".join(each for each in records if '"record":"round"' not in each))
    outcome = place.keep()
    assert not outcome.complete
    assert outcome.compared_with is None
    assert "is incomplete" in place.summary()
    assert place.show("history.jsonl") == before
    assert json.loads(place.show("runs.jsonl").splitlines()[-1])["complete"] is False
    assert "0 of 1" in (place.out / "site" / "index.html").read_text(), "rounds"


@pytest.mark.fault(
    where="git",
    what="The data branch moves before the push",
    happens="The new state is fetched, compared with and added to.",
    lost="Nothing",
    exit_code=0,
)
def test_a_branch_that_moves_before_the_push_is_taken_up_again_and_loses_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    rivals = [earlier(place, times_as_fast=1, name=f"rival-{number}", run_id=str(number)) for number in range(2)]

    def append_late(file: Path, run: RunSummary) -> bool:
        done = append(file, run)
        if rivals:
            keep_earlier(place, rivals.pop(0))
        return done

    monkeypatch.setattr(job, "append", append_late)
    outcome = place.keep()
    assert [json.loads(each)["name"] for each in place.show("runs.jsonl").splitlines()] == [
        "rival-0",
        "rival-1",
        place.run.name,
    ]
    assert outcome.compared_with in {"rival-0", "rival-1"}, "a run that was not there when this one began"
    assert git(place.remote, "rev-parse", "bench-data") == outcome.commit
    assert [said.endswith("once more, upon its newest commit") for said in place.said] == [True, True, False]


@pytest.mark.fault(
    where="git",
    what="The data branch moves before every push",
    happens="It is given up after some attempts; the run's folder stays, and `bench ci --run` keeps it later.",
    lost="Nothing",
    exit_code=2,
)
def test_a_branch_that_never_rests_is_an_error_that_names_the_remedy(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = iter(range(100))

    def append_late(file: Path, run: RunSummary) -> bool:
        number = next(names)
        keep_earlier(place, earlier(place, times_as_fast=1, name=f"rival-{number}", run_id=str(number)))
        return append(file, run)

    monkeypatch.setattr(job, "append", append_late)
    with pytest.raises(DataBranchError, match="5 times") as caught:
        place.keep()
    assert f"--run {place.run}" in caught.value.hint


def test_a_shallow_clone_as_ci_makes_it_adds_to_a_long_history(place: Place) -> None:
    code = place.folder / "code"
    git(code, "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "--quiet", "--allow-empty", "-m", "Code")
    git(code, "push", "--quiet", "origin", "HEAD:main")
    for number in range(2):
        keep_earlier(place, earlier(place, times_as_fast=1, name=f"earlier-{number}", run_id=str(number)))
    long = int(git(place.remote, "rev-list", "--count", "bench-data"))
    shutil.rmtree(code)
    git(place.folder, "clone", "--quiet", "--depth=1", "--branch=main", f"file://{place.remote}", "code")
    place.keep()
    assert int(git(place.remote, "rev-list", "--count", "bench-data")) == long + 1


@pytest.mark.fault(
    where="git",
    what="The push is refused",
    happens="Git's own words are shown; the run's folder stays, and `bench ci --run` keeps it later.",
    lost="Nothing",
    exit_code=2,
)
def test_a_refused_push_is_an_error_in_gits_own_words(place: Place) -> None:
    hook = place.remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho this branch is protected >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(GitError, match="this branch is protected"):
        place.keep()
    assert git(place.folder / "code", "worktree", "list").count("\n") == 0


BEFORE = "1" * 40


@pytest.mark.parametrize(
    ("beside", "told", "settled"),
    [
        (Beside(base=BEFORE, failed=True, why_not="it ended with exit code 4"), "once more", False),
        (Beside(base=BEFORE, why_not="no app differs from it"), "no app differs from it", True),
        (None, "Nothing to compare with", False),
    ],
    ids=["failed", "no change", "not measured"],
)
def test_what_could_not_be_measured_beside_the_last_run_is_left_to_the_next_job(
    place: Place, beside: Beside | None, told: str, *, settled: bool
) -> None:
    """Or what changed up to this run would never be measured beside what it was."""
    keep_earlier(place, earlier(place, times_as_fast=1.0, conditions={"host": "another"}), commit=BEFORE)
    place.keep(beside)
    assert told in place.summary()
    runs = [KeptRun.model_validate_json(each) for each in place.show("runs.jsonl").splitlines()]
    assert [run.settled for run in runs] == [True, settled]
    known = [run.model_copy(update={"commit": run.commit or "2" * 40}) for run in runs]
    assert last_commit(known, runs[-1].apps) == ("2" * 40 if settled else BEFORE)
    assert runs[-1].apps == ("fastapi", "flask", "wsgi")


def test_a_run_is_kept_once(place: Place) -> None:
    place.keep()
    with pytest.raises(UsageError, match="already"):
        place.keep()


def test_only_the_newest_reports_stay_and_every_run_keeps_its_line(tmp_path: Path) -> None:
    for number in range(KEPT_REPORTS + 3):
        add(tmp_path, line(f"run-{number}"), digest(f"run-{number}"), SAMPLE)
    names = {folder.name for folder in (tmp_path / "reports").iterdir()}
    assert names == {f"run-{number}" for number in range(3, KEPT_REPORTS + 3)}
    assert len(read_kept(tmp_path)) == KEPT_REPORTS + 3


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    add(tmp_path, line("sound"), digest("sound"), SAMPLE)
    with (tmp_path / "runs.jsonl").open("a") as stream:
        stream.write('{"run_id": 3}\n')
    with pytest.raises(DataBranchError, match=r"line 2: run_id"):
        read_kept(tmp_path)


def test_github_is_told_through_its_files(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_earlier(place, earlier(place, times_as_fast=40))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "step.md"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "outputs"))
    place.keep()
    assert (tmp_path / "step.md").read_text() == place.summary()
    assert (tmp_path / "outputs").read_text() == "kept=true\nregression=true\n"
