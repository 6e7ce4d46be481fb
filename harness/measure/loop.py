"""The story of a run: calibration, database, rounds; each step is recorded as soon as it is over."""

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from harness.host.cpus import keep_to
from harness.load.calibration.calibrate import measure_ceiling
from harness.measure.begin import deployments
from harness.measure.capacities import Capacities
from harness.measure.earlier_rates import earlier_rates
from harness.measure.framework_probes import probes_planned
from harness.measure.instruments import Instruments
from harness.measure.limit_trials import trials_of_cells
from harness.measure.rates import Rates, offered_in
from harness.measure.room import most_connections
from harness.measure.round import Round
from harness.measure.run_context import RunContext
from harness.measure.timekeeper import Timekeeper
from harness.model.app import DATABASE_ENDPOINTS, App
from harness.model.app_change import LookTaken
from harness.model.cell import Workload
from harness.model.errors import UsageError
from harness.model.run import Database, Run
from harness.plan import budget
from harness.plan.pace import limit_words
from harness.results.folder import RunWriter, read_run
from harness.results.records import RecordedRun
from harness.results.resume_command import command_anew
from harness.runtime.database.given import VARIABLE
from harness.runtime.roles import RunningDatabase, Runtime

type Look = Callable[[int], LookTaken | None]
"""Looks whether a run may end, given how many rounds are complete; None where it was not to be looked."""


def _never(rounds: int) -> None:
    """All planned rounds are measured."""


def carry_out(
    writer: RunWriter,
    apps: Sequence[App],
    runtime: Runtime,
    keeper: Timekeeper,
    look: Look = _never,
) -> None:
    """Measure the rounds that the run folder does not hold yet.

    What finished is in the folder whatever happens here: an interrupt, a fault, a kill. `look` is asked after each
    round but the last; what it found is recorded before the next one begins. A run that goes on may have been cut off
    before that, so it is asked first; and after it had been decided that the run ends, which holds.
    """
    recorded = read_run(writer.folder)
    header, complete = _Header(writer, recorded.run), recorded.rounds_complete
    if complete and not header.run.stopped:
        header.take(look, complete)
    if not header.run.stopped:
        complete = _measure(recorded, header, apps, runtime, keeper, look)
    took = keeper.end()
    stopped = header.run.stopped or limit_words(header.run.plan, complete) or None
    header.update(finished_at=datetime.now(UTC), took=took, stopped=stopped)


class _Header:
    """What stands of a run in its folder beside the records: each change is there before anything else happens."""

    def __init__(self, writer: RunWriter, run: Run) -> None:
        self.run = run
        self.writer = writer

    def update(self, **fields: object) -> None:
        """Have these fields be so."""
        self.run = self.run.model_copy(update=fields)
        self.writer.update(self.run)

    def take(self, look: Look, rounds: int) -> None:
        """Look whether the run may end after so many rounds; the last look, after all of them, is the report.

        What the same rounds were found to show before, as a run was cut off, is what they show now.
        """
        if rounds < self.run.plan.timing.rounds and (found := look(rounds)):
            others = (each for each in self.run.looks if each.rounds != rounds)
            self.update(looks=(*others, found), stopped=found.ended)


def _measure(  # noqa: PLR0913, PLR0917 - each is another part of a run
    recorded: RecordedRun,
    header: _Header,
    apps: Sequence[App],
    runtime: Runtime,
    keeper: Timekeeper,
    look: Look,
) -> int:
    """Measure the rounds that are not recorded; returns how many are complete by then."""
    run, writer, complete = recorded.run, header.writer, recorded.rounds_complete
    plan = run.plan
    sequence = itertools.count(max((window.sequence for window in recorded.windows), default=-1) + 1)
    offered = offered_in(recorded.windows, plan.cells)
    rates = Rates(plan.cells, run.rates, earlier_rates(writer.folder.parent, run), offered)

    def keep_rates() -> None:
        header.update(rates=rates.decided)

    database: RunningDatabase | None = None
    if not plan.cpus.load_host_apart:
        # What the harness itself does during a window must not take the server's CPU.
        keep_to(plan.cpus.generator)
    anywhere = run.generator.listen is not None
    with Instruments(plan.cpus, runtime, load_from_anywhere=anywhere) as instruments:
        by_name = {app.name: app for app in apps}
        most = most_connections(runtime, plan.cpus)
        checked = {each.subject for each in recorded.conformance}
        seen, trials = Capacities(plan.cells, recorded.windows), trials_of_cells(recorded.windows, plan.cells)
        context = RunContext(
            plan, by_name, runtime, instruments, writer, keeper, sequence, checked, seen, most, trials=trials
        )
        if run.ceiling is None:
            keeper.stage("calibrating the load generator")
            driver, timing = instruments.driver, plan.timing
            ceiling = measure_ceiling(driver, runtime.responder, timing.ceiling_windows, timing.ceiling_window_s)
            keeper.by_clock(budget.calibration_s(timing))
            header.update(ceiling=ceiling, generator_scheduling=driver.scheduling)
        at_a_rate = any(cell.workload is Workload.LATENCY for cell in plan.cells)
        if at_a_rate and (unwatched := instruments.stalls_unwatched()):
            keeper.trouble(f"latencies as met only, and none of the server: {unwatched}")
            header.update(stalls_unwatched=unwatched)
        elif at_a_rate and (unseen := instruments.holders_unseen()):
            keeper.trouble(f"what other processes take of the server's CPU stays in its latencies: {unseen}")
            header.update(holders_unseen=unseen)
        for index in keeper.that_fit(complete):
            before, database = database, _living(database, run, apps, runtime)
            if database is not None and database is not before:
                header.update(database=_same_database(header.run, database.describe()))
            Round(context, index, database).run(rates, keep_rates)
            complete = index + 1
            header.update(deployments=deployments(plan, apps, runtime), took=keeper.took)
            header.take(look, complete)
            if header.run.stopped:
                break
    return complete


def _same_database(run: Run, found: Database) -> Database:
    """Raises UsageError where a resumed run was begun with another one."""
    if run.database is not None and found != run.database:
        raise UsageError(
            "the run was begun with another database, so its rounds can't be put together",
            hint=f"set {VARIABLE} as it was then, or start a new `{command_anew(run)}`",
        )
    return found


def _living(
    database: RunningDatabase | None, run: Run, apps: Sequence[App], runtime: Runtime
) -> RunningDatabase | None:
    """A database that answers, where the plan or its security probes need one: the one given, or a new one."""
    asked = {cell.endpoint for cell in run.plan.cells}
    if probes_planned(run.plan):
        asked |= {endpoint for app in apps for endpoint in app.manifest.endpoints}
    if not asked & DATABASE_ENDPOINTS:
        return None
    if database is not None and database.alive():
        return database
    return runtime.start_database()
