"""What was kept last beside what is there now, measured in one sitting: so a run has its predecessor on any host."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.catalog.app_folders import APPS_FOLDER
from harness.catalog.discover import discover
from harness.ci.kept import KeptRun
from harness.claims.commands import folders_named
from harness.host.git import Git
from harness.model.app import App
from harness.model.app_change import AppOutcome
from harness.model.base import Contract
from harness.model.comparison import RunComparison
from harness.model.errors import BenchError, UsageError
from harness.model.run import Run
from harness.runtime.app_source import code_sha256
from harness.runtime.environment import lock_sha256
from harness.runtime.passing_folder import passing_folder
from harness.runtime.revisions import NoOtherRevision, at_commit, is_same
from harness.writing import told

BESIDE_FILE: Final = "beside.json"
COMPARISON_FILE: Final = "comparison.md"


class Beside(Contract):
    """`beside.json`: the apps as they are against those of another commit, interleaved in one run."""

    base: str
    """The commit, branch or tag."""
    left_out: tuple[str, ...] = ()
    """Apps that could not be measured as of it, and why."""
    why_not: str | None = None
    """Why nothing was measured, where nothing was."""
    failed: bool = False
    """Whether there was something to be measured, or nobody knows."""
    found: RunComparison | None = None

    @property
    def slower(self) -> tuple[str, ...]:
        """The apps that surely became slower."""
        return tuple(app.app for app in self.found.slower) if self.found else ()

    @property
    def settled(self) -> bool:
        """Whether anything is known of what changed, whatever that is: else the next job has to measure it."""
        apps = self.found.apps if self.found else ()
        return not self.failed and (not apps or any(app.outcome is not AppOutcome.INVALID for app in apps))


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of some apps since a commit."""

    names: tuple[str, ...]
    """Those whose code or lock is another."""
    left_out: tuple[str, ...]


def clear_beside(out: Path) -> None:
    """Remove what was measured beside another commit earlier, so that nothing of it is taken for what is measured now.

    Raises:
        WriteError: It can't be removed, or the folder can't be made.
    """
    with told(out):
        out.mkdir(parents=True, exist_ok=True)
        for name in (BESIDE_FILE, COMPARISON_FILE):
            (out / name).unlink(missing_ok=True)


def changed_since(commit: str, apps: Sequence[App], state: Path) -> Changed:
    """Which apps differ from how they were in a commit; one that was not there yet has nothing to be beside.

    Raises:
        NoOtherRevision: There is no such commit here.
    """
    names, left_out = [], []
    with passing_folder(state, "revisions") as place:
        for app in apps:
            try:
                then = at_commit(app, commit, place)
            except NoOtherRevision:
                raise
            except UsageError as error:
                left_out.append(error.what)
                continue
            if not is_same(then, app):
                names.append(app.name)
    return Changed(tuple(names), tuple(left_out))


def last_commit(kept: Sequence[KeptRun], apps: Sequence[str]) -> str | None:
    """The commit that the newest complete run of these apps measured, as far as any is known.

    A run that was not measured beside the one before it counts for none, nor does a run of fewer apps for the others:
    what changed up to it would never be. Where each was measured last in another run, it is the oldest of these.
    """
    counting = [run for run in kept if run.complete and run.settled and run.commit]
    newest = {app: place for place, run in enumerate(counting) for app in run.apps or apps}
    known = [newest[app] for app in apps if app in newest]
    return counting[min(known)].commit if known else None


def apps_of(run: Run) -> tuple[str, ...]:
    """The apps that a run measured, by name."""
    return tuple(dict.fromkeys(each.subject.kin[0] for each in run.deployments))


def commit_of(run: Run, code: Path, state: Path) -> str | None:
    """The commit that is checked out in the folder `code`, if the run measured its apps as they are in that commit."""
    folders = [code / name for name in folders_named(run.command)[1::2]] or [code / APPS_FOLDER]
    measured: dict[str, set[str]] = {}
    for each in run.deployments:  # an app may be on several servers, with a lock for each
        measured.setdefault(each.subject.kin[0], set()).update((each.code_sha256, each.lock_sha256))
    try:
        commit = Git(code)("rev-parse", "--verify", "HEAD")
        apps = {app.name: app for app in discover(folders, measured.keys(), lambda _: None)}
        with passing_folder(state, "revisions") as place:
            for name, hashes in measured.items():
                then = at_commit(apps[name], commit, place)
                if not hashes >= {code_sha256(then), lock_sha256(then.folder)}:
                    return None
    except (BenchError, KeyError):
        return None
    return commit
