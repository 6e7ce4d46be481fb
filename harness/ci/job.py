"""From a finished run to the data branch: compare, add, push, tell."""

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from harness.ci import messages
from harness.ci.branch import DataBranch
from harness.ci.kept import KeptRun, add, read_kept
from harness.ci.outcome import SITE_FOLDER, JobOutcome, tell
from harness.ci.predecessor import Beside, apps_of, commit_of, last_commit
from harness.ci.site import write_site
from harness.ci.tree import HISTORY_FILE, REPORTS_FOLDER, RUNS_FILE
from harness.comparison.across import compare, newest_comparable
from harness.comparison.sentences import markdown
from harness.history.digest import read_digest
from harness.history.file import append, read
from harness.model.comparison import RunComparison, RunSummary
from harness.model.errors import DataBranchError, UsageError
from harness.results.folder import read_run
from harness.results.records import RecordedRun

_ATTEMPTS: Final = 5
"""So many other runs may be pushed while this one is."""


def keep(  # noqa: PLR0913 - each is another thing
    folder: Path,
    branch: DataBranch,
    *,
    out: Path,
    state: Path,
    say: Callable[[str], None],
    beside: Beside | None = None,
) -> JobOutcome:
    """Compare a run with the last one under the same conditions, keep it on the data branch, and tell.

    Where the branch has moved before the push arrives, all is done again upon its new files: the run to compare with
    may be another by then.

    Args:
        folder: The run's.
        branch: Where it is kept.
        out: A folder for the files of `harness.ci.outcome`.
        state: A folder for what is needed meanwhile.
        say: Takes sentences for whoever watches.
        beside: What was measured beside the last kept run, if anything was.

    Raises:
        DataBranchError: The branch can't be used, or does not hold the run after the push.
        GitError: The remote does not answer, or refuses the push.
        UsageError: The branch has the run already, or the run's folder has a name that it can't have there.
        WriteError: There is no room for what is needed meanwhile, or for what is to be told.
    """
    if not folder.name.isprintable():
        raise UsageError(
            f"the run's folder has a name that is no text in one line: {folder.name!r}", hint="give it another name"
        )
    recorded = read_run(folder)
    digest = read_digest(folder)
    run = digest.summary
    measured = commit_of(recorded.run, branch.code, state)
    for _ in range(_ATTEMPTS):
        with branch.checked_out(state) as checkout:
            kept = read_kept(checkout.folder)
            _see_that_it_is_new(run, kept, branch)
            history = checkout.folder / HISTORY_FILE
            before = read(history) if history.exists() else []
            found = _compared(run, before) if recorded.complete else None
            base = last_commit(kept, apps_of(recorded.run))
            settled = base in {None, measured} or (beside is not None and beside.settled)
            add(checkout.folder, _line(recorded, run.name, found, measured, settled=settled), digest, folder)
            if recorded.complete:
                append(history, run)
            commit = branch.push(checkout, f"Keep run {run.name}")
        if commit is not None:
            break
        say(f"{branch} has moved meanwhile: once more, upon its newest commit")
    else:
        raise DataBranchError(
            f"{branch} moved each time that this run was to be pushed, {_ATTEMPTS} times",
            hint=f"try again with {shlex.join(('--run', str(folder)))}",
        )
    with branch.checked_out(state) as pushed:
        _see_that_it_holds(pushed.folder, run, branch, in_history=recorded.complete and bool(run.cells))
        say(f"kept on {branch}: {commit[:9]}")
        again = f"look at {branch}: the run is kept there"
        write_site(pushed.folder, out / SITE_FOLDER, again=again)
    outcome = JobOutcome(
        run=str(folder),
        complete=recorded.complete,
        usable=digest.cells_valid > 0,
        broken=tuple(each.subject.key for each in recorded.contracts if each.breaks),
        unchecked=tuple(each.subject.key for each in recorded.contracts if each.failed and not each.breaks),
        compared_with=found.a.name if found else None,
        regressions=tuple(dict.fromkeys(change.cell.key for change in found.regressions)) if found else (),
        beside=beside.found.b.name if beside and beside.found else None,
        slower=beside.slower if beside else (),
        commit=commit,
    )
    if not recorded.complete:
        comparison = messages.incomplete(run.name)
    else:
        comparison = markdown(found) if found else messages.alone(run, before)
    tell(
        out,
        outcome,
        summary=messages.summary((messages.beside(beside) if beside else "") + comparison, folder),
        regression=messages.regressions(found, beside),
        again=again,
    )
    return outcome


def _see_that_it_is_new(run: RunSummary, kept: Sequence[KeptRun], branch: DataBranch) -> None:
    if any(each.run_id == run.run_id for each in kept):
        raise UsageError(f"{branch} has {run.name} already", hint="leave --run out to measure anew")
    if any(each.name == run.name for each in kept):
        raise UsageError(
            f"{branch} has another run whose folder has the name {run.name}", hint="give the folder a name of its own"
        )


def _see_that_it_holds(folder: Path, run: RunSummary, branch: DataBranch, *, in_history: bool) -> None:
    """Read back what was pushed: a remote may accept what it does not keep."""
    file = folder / HISTORY_FILE
    known = {each.run_id for each in read(file)} if file.exists() else set()
    missing = [
        name
        for name, held in (
            (RUNS_FILE, any(each.run_id == run.run_id for each in read_kept(folder))),
            (HISTORY_FILE, not in_history or run.run_id in known),
            (f"{REPORTS_FOLDER}/{run.name}", (folder / REPORTS_FOLDER / run.name).is_dir()),
        )
        if not held
    ]
    if missing:
        raise DataBranchError(
            f"{branch} was pushed, and {', '.join(missing)} of it does not hold run {run.name} now",
            hint="see what the remote does with what it receives",
        )


def _compared(run: RunSummary, history: Sequence[RunSummary]) -> RunComparison | None:
    """The run beside the newest one in the history that had the same conditions; None where there is none."""
    before = newest_comparable(history, run)
    return compare(before, run) if before else None


def _line(
    recorded: RecordedRun, name: str, found: RunComparison | None, commit: str | None, *, settled: bool
) -> KeptRun:
    run = recorded.run
    return KeptRun(
        run_id=run.run_id,
        name=name,
        started_at=run.started_at,
        profile=run.plan.profile,
        runtime=run.runtime,
        host_fingerprint=run.host.fingerprint,
        revision=run.harness_revision,
        complete=recorded.complete,
        compared_with=found.a.name if found else None,
        regressions=len(found.regressions) if found else None,
        commit=commit,
        apps=apps_of(run),
        settled=settled,
    )
