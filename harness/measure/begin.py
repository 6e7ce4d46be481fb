"""Open the folder of a new run, or of one to go on with."""

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final
from uuid import uuid4

from harness.host.doctor.sample import SAMPLE_S
from harness.host.git import Git
from harness.host.interpreter import own_interpreter, own_packages
from harness.mask import masked
from harness.measure.pace_here import pace_here
from harness.measure.progress import Progress
from harness.measure.timekeeper import Timekeeper
from harness.model.app import App
from harness.model.errors import GitError, RunFolderError
from harness.model.host import Host
from harness.model.plan import NotAvailable, Plan
from harness.model.run import Deployment, GeneratorTeam, Run
from harness.plan.pace import at_pace
from harness.results.folder import RunWriter, read_header, read_run
from harness.results.resume_command import command_anew
from harness.runtime.app_source import source
from harness.runtime.roles import Runtime

METHOD_VERSION: Final = 9
"""Raised with every change of engine, windows, order, gates or estimates by which the same app may get other figures:
runs of different versions are not compared.

1 - first.
2 - with 100 connections or more, a server has 150 ms to accept them, and the first 100 ms are not counted;
    the contract is checked in the first round.
3 - no window is left out for steal: what was stolen is taken out of all of them, as the host's speed is; margins are
    fixed, and two copies of one app test the run in place of setting them; windows are as long as their subjects need,
    those of latency among those of capacity; rates are decided once, from a short list, before anything is measured;
    percentiles are formed in rounds, and follow the host as capacities do; latencies of the server stand beside those
    as met, without the host's stalls; interim responses are read over; a feed of events that are none of the
    contract's is invalid, and one that held nobody in some rounds has the mean of all.
4 - latencies of the server are clear of what other processes took of its CPU, as they are of the host's stalls.
5 - service time and schedule lag are formed as the latency that they are parts of; who has one deployment for two is
    compared once; feeds and chats are compared within rounds.
6 - what lacks rounds is stated over all of the run; of few apps, each has its own scatter; requests that were given up
    are among the slowest, and those that failed after their window's end count; feeds and chats as all other cells.
7 - windows of capacity are half as long, and twice as many; CPU times are read while the server is still under load.
8 - the common rate is half of what the slowest app answers in the faster of its deployments.
9 - a queue that grew in slow moments of the host alone, at a low load, is no missed rate.
"""

DISTRIBUTION: Final = "framework-referee"

_WITHOUT_APPS: Final = (":(top,exclude)apps/*_app/*",)
"""Of `apps`, what builds and starts all of them remains."""

_GIT_PATIENCE_S: Final = 10.0
"""A run is worth more than the name of its commit."""


def begin(  # noqa: PLR0913, PLR0917 - each is another part of what shapes the numbers
    plan: Plan,
    apps: Sequence[App],
    runtime: Runtime,
    reports: Path,
    command: tuple[str, ...],
    progress: Progress,
    team: GeneratorTeam = GeneratorTeam(),  # noqa: B008 - frozen
    not_available: tuple[NotAvailable, ...] = (),
) -> tuple[RunWriter, Timekeeper]:
    """Announce how long the run takes, describe everything that shapes the numbers, and open a run folder with it."""
    now = datetime.now(UTC)
    host, load_host = runtime.describe_hosts()
    plan = at_pace(plan, pace_here(reports, plan, (host, load_host), runtime.name))
    keeper = Timekeeper(plan, progress)
    run = Run(
        run_id=uuid4().hex,
        started_at=now,
        command=command,
        method_version=METHOD_VERSION,
        runtime=runtime.name,
        engine=runtime.engine,
        driver_image=runtime.driver_image,
        plan=plan,
        host=host,
        load_host=load_host,
        checks=runtime.examine(plan.cpus),
        database=None,
        deployments=deployments(plan, apps, runtime),
        not_available=not_available,
        sources=tuple(source(app) for app in apps),
        harness_version=version(DISTRIBUTION),
        harness_revision=_revision(),
        harness_packages=own_packages(),
        generator_interpreter=own_interpreter(),
        generator=team,
    )
    keeper.by_clock(SAMPLE_S)
    return RunWriter.create(reports, run, masked), keeper


def resume(folder: Path, apps: Sequence[App], runtime: Runtime, progress: Progress) -> tuple[RunWriter, Timekeeper]:
    """Open the folder of a run that was cut off, to go on with its next round.

    Raises:
        RunFolderError: the run is finished, or what it measured is no longer what would be measured now.
    """
    run = read_header(folder)
    refuse_finished(folder, run)
    if run.method_version != METHOD_VERSION:
        raise RunFolderError(
            f"{folder.name} was begun with version {run.method_version} of the method, and this is version "
            f"{METHOD_VERSION}, so its rounds can't be put together",
            hint=f"go on with the harness that began it, or {_anew(run)}",
        )
    before = {deployment.subject: deployment for deployment in run.deployments}
    for now in deployments(run.plan, apps, runtime):
        then = before[now.subject]
        for field in ("code_sha256", "lock_sha256", "command", "environment", "keep_alive", "interpreter"):
            if getattr(then, field) != getattr(now, field):
                raise RunFolderError(
                    f"{now.subject.key} has changed since the run began ({field}), so its rounds can't be put together",
                    hint=f"undo the change, or {_anew(run)}",
                )
    if _fingerprints(*runtime.describe_hosts()) != _fingerprints(run.host, run.load_host):
        raise RunFolderError("the run was begun on another host", hint=f"resume it there, or {_anew(run)}")
    writer = RunWriter.reopen(folder, masked)
    return writer, Timekeeper(run.plan, progress, run.took, complete=read_run(folder).rounds_complete)


def refuse_finished(folder: Path, run: Run) -> None:
    """Raises RunFolderError where a run has nothing left to measure."""
    if run.finished_at is not None:
        raise RunFolderError(
            f"{folder.name} is finished: nothing is left to measure",
            hint=f"`{shlex.join(('bench', 'report', folder.name))}` makes its report anew; for more rounds, "
            f"{_anew(run)}",
        )


def _anew(run: Run) -> str:
    return f"start a new `{command_anew(run)}`"


def _fingerprints(host: Host, load_host: Host | None) -> tuple[str | None, ...]:
    return host.fingerprint, None if load_host is None else load_host.fingerprint


def deployments(plan: Plan, apps: Sequence[App], runtime: Runtime) -> tuple[Deployment, ...]:
    """How each subject is deployed; once its server has run, with the accelerators that it really loaded."""
    by_name = {app.name: app for app in apps}
    return tuple(runtime.deployment(by_name[subject.app], subject) for subject in plan.subjects)


def _revision() -> str | None:
    """The git commit of the harness's own checkout; None for an installed copy.

    An app under work does not change it: its own code stands in the run, and whether that is committed.
    """
    here = Path(__file__)
    git = Git(here.parent, patience_s=_GIT_PATIENCE_S)
    try:
        git("ls-files", "--error-unmatch", "--", here.name)  # an installed copy may lie in somebody's repository
        changes = git("status", "--porcelain", "--untracked-files=all", "--", "..", ":/apps", *_WITHOUT_APPS)
        return git("rev-parse", "HEAD") + ("+dirty" if changes else "")
    except GitError:
        return None
