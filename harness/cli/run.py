"""`bench run`: measure, then report."""

import shlex
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from harness.catalog.discover import discover, told_apart
from harness.catalog.selection import choose
from harness.claims.asked import claims_asked_of
from harness.claims.commands import Origin, advice_on, command_to_go_on, ways_named
from harness.claims.decidable import see_that_it_is_decidable
from harness.claims.read import ARTICLE
from harness.cli import options
from harness.cli.asked_claims import apps_asked_for, by_profile_of, claims_to_measure, keep_with
from harness.cli.given.anew import typed_anew
from harness.cli.given.own_choices import own_claim, run_to_go_on_with
from harness.cli.other_harnesses import alone, note_others, tell_what_is_left
from harness.cli.output import print_path, tell
from harness.cli.plan import (
    invites_guests,
    on_each_python,
    on_each_python_again,
    planned,
    read_choices,
    tell_what_is_not_available,
)
from harness.cli.progress import announce_interrupts, taken, watched
from harness.cli.pursue import Chosen, pursue
from harness.host.allowances import refusal
from harness.host.measuring import Mark
from harness.measure.begin import begin, resume
from harness.measure.loop import Look, carry_out
from harness.measure.prepare import prepare_what_can_be
from harness.measure.room import see_to_room
from harness.measure.timekeeper import Timekeeper
from harness.model.app import App
from harness.model.base import REVISION_SIGN
from harness.model.conformance import contract_words
from harness.model.course import Part
from harness.model.errors import ExitCode, RuntimeFault, UsageError
from harness.model.findings import Findings
from harness.model.naming import called
from harness.model.plan import NotAvailable, Plan
from harness.model.run import GeneratorTeam, Run
from harness.model.runtime_choice import RuntimeChoice
from harness.plan.build import Choices, of_profile
from harness.plan.demand import demand_of
from harness.plan.few_requests import few_requests
from harness.report.file_names import APP_LOGS_FILE
from harness.results.folder import RunWriter, read_header, read_run
from harness.results.records import RecordedRun
from harness.results.resume_command import command_anew, resume_command
from harness.runtime.choose import (
    choose_app_host,
    choose_database,
    choose_runtime,
    lay_out_for,
    open_runtime,
)
from harness.runtime.each_interpreter import Spread
from harness.runtime.roles import Runtime
from harness.writing import WriteError


def run(  # noqa: PLR0913 - one for each option
    apps_dirs: tuple[Path, ...],
    app_names: tuple[str, ...],
    *,
    pythons: tuple[str, ...],
    runtime_name: str,
    app_host: str | None,
    beside_other_tables: bool,
    workers: int,
    listen: str | None,
    claim_id: str | None,
    claims_file: Path | None,
    minutes: float | None,
    resumed: str | None,
    **chosen: object,
) -> ExitCode:
    """Measure the chosen apps, write a report, and print the run folder."""
    announce_interrupts()
    cut_off = None if resumed is None else run_to_go_on_with(resumed)
    claim_id, claims_of, chosen = _own_or_chosen(cut_off, claim_id, claims_file, chosen)
    apps = discover(
        apps_dirs,
        _measured(cut_off[1]) if cut_off else apps_asked_for(claims_file, claim_id, app_names, apps_dirs),
        tell,
        guests=resumed is not None or invites_guests(chosen, claims_file),
    )
    database = choose_database(tell, beside_other_tables=beside_other_tables)
    asked = claims_to_measure(claims_file, apps, apps_dirs)
    choices, pursuit, origin = None, None, _origin(claims_of, apps_dirs)
    if claim_id:
        pursuit, app_names, chosen = pursue(claim_id, claims_of, minutes, app_names, chosen)
    if cut_off:
        folder, begun = cut_off
        there_are = _to_go_on_with(folder, begun, apps, asked)
        plan, place, team = begun.plan, begun.runtime, begun.generator
        address = same_app_host(folder, begun, app_host)
    else:
        team = _team(workers, listen)
        chosen_apps = choose(apps, app_names, apps_dirs)
        choices = read_choices({**chosen, "workers": workers, "minutes": minutes}, app_names)
        place = choose_runtime(RuntimeChoice(runtime_name), tell, database)
        address = choose_app_host(place, app_host, tell)
        there_are = on_each_python(of_profile(chosen_apps, choices), pythons, place)
        layout = lay_out_for(address, max(1, workers))
        plan = planned(there_are.apps, choices, layout, pursuit.claim if pursuit else None, origin)
        plan = plan.model_copy(update={"pythons": there_are.pythons})
    if pursuit:
        advice = advice_on(pursuit.claim, origin, options.narrowing())
        if short_of := see_that_it_is_decidable(pursuit.claim, plan, apps, advice):
            tell(short_of)
    with alone("bench run") as mark:
        see_to_room(place, demand_of(plan), tell)
        with open_runtime(place, options.STATE, plan.cpus, team, address, database) as runtime, watched() as progress:
            tell_what_is_left(runtime.leftovers)
            progress.stage("preparing environments")
            plan, lacking = _prepared(runtime, there_are, plan, progress.stage, all_of_it=resumed is not None)
            used = told_apart([app for app in there_are.apps if app.name in {each.app for each in plan.subjects}])
            writer, keeper = (
                resume(folder, used, runtime, progress)
                if resumed is not None
                else begin(plan, used, runtime, options.REPORTS, typed_anew(), progress, team, lacking)
            )
            keep_with(writer.folder, claims_file, asked, options.at(apps_dirs))
            tell_of_few(writer.folder, there_are.apps, choices, advises_profile=not (pursuit or claims_file))
            look = pursuit.look(writer.folder, tell) if pursuit else None
            done = measure(writer, used, runtime, keeper, mark, look)
    if stopped := read_run(writer.folder).run.stopped:
        tell(stopped)
    print_path(writer.folder)
    if (done.interrupted or done.fault) and read_run(writer.folder).run.finished_at is None:
        where, pursues = options.at(apps_dirs), pursuit is not None
        tell(f"interrupted; to go on: {command_to_go_on(writer.folder.name, where, typed_anew(), pursues=pursues)}")
    if done.fault:
        raise done.fault
    if done.interrupted:
        return ExitCode.INTERRUPTED
    return exit_code(read_run(writer.folder), apps_dirs, done.findings, writer.folder)


def tell_of_few(folder: Path, apps: Sequence[App], choices: Choices | None, *, advises_profile: bool) -> None:
    """What a run that begins will hardly tell; of one that goes on, that was said as it began."""
    if choices:
        for sentence in few_requests(read_header(folder).plan, apps, choices, advises_profile=advises_profile):
            tell(sentence)


def _own_or_chosen(
    cut_off: tuple[Path, Run] | None, claim_id: str | None, claims_file: Path | None, chosen: Chosen
) -> tuple[str | None, Path, Chosen]:
    """The claim that is pursued, the file that has it, and the choices: of a run that goes on, its own."""
    if cut_off:
        claim_id, own_file = own_claim(*cut_off)
        return claim_id, claims_file or own_file, {**chosen, "rounds": cut_off[1].plan.timing.rounds}
    return claim_id, claims_file or ARTICLE, chosen if claim_id else by_profile_of(claims_file, chosen)


def _origin(claims_of: Path, apps_dirs: Sequence[Path]) -> Origin:
    """Of the claims that are pursued, those of a run that goes on among them, for the commands that measure them."""
    return Origin(None if claims_of == ARTICLE else claims_of, options.at(apps_dirs), options.made_with())


def same_app_host(folder: Path, begun: Run, given: str | None) -> str | None:
    """The app host of a run that goes on, if it is another than this; raises UsageError where it was not then."""
    address = choose_app_host(begun.runtime, given, tell)
    if begun.plan.cpus.load_host_apart is (address is None):
        where = "on another host" if address is None else "on this host"
        raise UsageError(
            f"the containers of {folder.name} ran {where}",
            hint="set DOCKER_HOST or the Docker context as it was then",
        )
    return address


def exit_code(recorded: RecordedRun, apps_dirs: Sequence[Path], findings: Findings | None, folder: Path) -> ExitCode:
    """Of a run that was not broken off; told are who breaks the contract, invalid cells, and what it lacks."""
    shows = f"`{shlex.join(('bench', 'show', folder.name))}`"  # one that was resumed is not the newest
    broken = [each for each in recorded.contracts if each.failed]
    deployments = {each.subject: each for each in recorded.run.deployments}
    for each in broken:
        name = called(each.subject, deployments)
        told = f"{name} {contract_words(each.failed)}, so it takes no rank: {each.failed[0]}"
        if REVISION_SIGN in each.subject.app:  # It went with the run, or has that name only in it.
            tell(told)
        else:
            python = (word for given in recorded.run.plan.pythons[:1] for word in ("--python", given))
            here = (*options.at(apps_dirs), *ways_named(recorded.run.command), *python)
            tell(f"{told}; `{shlex.join(('bench', 'verify', each.subject.app, *here))}` tells all of it")
    nothing_usable = False
    if findings is not None:
        from harness.report.view.cast import Cast  # noqa: PLC0415 - what draws takes seconds to import
        from harness.report.view.caveats import invalid_sentence  # noqa: PLC0415 - as above

        if invalid := invalid_sentence(findings, Cast(recorded.run, findings.contracts)):
            tell(f"{invalid}; {shows} gives the reason of each")
            if (logs := folder / APP_LOGS_FILE).is_file():
                tell(f"what the apps at fault wrote last: {logs}")
        nothing_usable = not any(each.valid for each in findings.all_cells)
    if recorded.lacks:
        tell(f"the run is incomplete: {recorded.lacks}; {shows} tells which cells are invalid by it")
        return ExitCode.INCOMPLETE
    if any(each.breaks for each in broken):
        return ExitCode.CONFORMANCE
    return ExitCode.INCOMPLETE if nothing_usable or broken else ExitCode.OK


def _measured(begun: Run) -> set[str]:
    """The names of the apps that a run measures, which it asks for and no others."""
    return {subject.kin[0] for subject in begun.plan.subjects}


def _to_go_on_with(folder: Path, begun: Run, apps: Sequence[App], asked: str | None) -> Spread:
    if asked is None:
        claims_asked_of(folder)  # what can't be read is better known before the run than after it
    named = _measured(begun)
    there_are = on_each_python_again([app for app in apps if app.name in named], folder.name, begun)
    here = {(app.name, variant) for app in there_are.apps for variant in app.deployments}
    gone = [each for each in begun.plan.subjects if (each.app, each.variant) not in here]
    if gone:
        raise UsageError(
            f"{folder.name} measures {' and '.join(dict.fromkeys(each.original.key for each in gone))}, "
            "and no such app or variant is here",
            hint=f"go on with it as it was begun: {resume_command(begun, folder.name)}; or have --apps-dir name the "
            f"folder that has them by now, or start a new `{command_anew(begun)}`",
        )
    return there_are


def _prepared(
    runtime: Runtime, there_are: Spread, plan: Plan, on_progress: Callable[[str], None], *, all_of_it: bool
) -> tuple[Plan, tuple[NotAvailable, ...]]:
    """What of the plan can be measured once its environments are made, and all that is not available.

    Where apps are on an interpreter that was asked for, that may be less than `all_of_it`, which a run that goes on has
    to have.
    """
    if all_of_it or not there_are.pythons:
        used = [app for app in there_are.apps if app.name in {subject.app for subject in plan.subjects}]
        runtime.prepare(used, on_progress, plan.subjects)
        return plan, there_are.not_available
    left, lacking = prepare_what_can_be(runtime, there_are, plan, on_progress)
    tell_what_is_not_available(lacking)
    return left, (*there_are.not_available, *lacking)


@dataclass(frozen=True)
class CarriedOut:
    """What became of a run that was begun."""

    interrupted: bool
    fault: RuntimeFault | None
    """What went wrong first."""
    findings: Findings | None
    """What its report shows; None where there is none."""


def measure(  # noqa: PLR0913, PLR0917 - each is another part of a run
    writer: RunWriter,
    used: Sequence[App],
    runtime: Runtime,
    keeper: Timekeeper,
    mark: Mark,
    look: Look | None = None,
) -> CarriedOut:
    """Carry the run out and report on what there is of it."""
    found: list[Findings] = []
    interrupted = False
    fault: RuntimeFault | None = None
    try:
        note_others(writer, mark)
        if look is None:
            carry_out(writer, used, runtime, keeper)
        else:
            carry_out(writer, used, runtime, keeper, look)
    except KeyboardInterrupt:
        interrupted = True
    except RuntimeFault as error:
        fault = error
    except (OSError, RuntimeError, MemoryError) as error:
        fault = refusal(error)
        if fault is None:
            raise
    with suppress(WriteError):  # What is written next tells of it.
        note_others(writer, mark)
    if not (fault or interrupted) or read_run(writer.folder).windows:
        keeper.begin(Part.REPORT, "writing the report")
        try:
            # What draws takes seconds to import.
            from harness.report.publish import publish  # noqa: PLC0415
            from harness.report.publish_list import publish_index  # noqa: PLC0415

            page = publish(writer.folder, on_findings=found.append)
            tell(f"report: {page}; all runs: {publish_index(options.REPORTS)}")
            run = read_header(writer.folder)
            took = keeper.end()
            writer.update(run.model_copy(update={"took": took}))
            if run.finished_at is not None:
                tell(taken(took, keeper.announced_s, keeper.lasted_s if keeper.resumed else None))
        except WriteError as error:
            fault = fault or error
        except KeyboardInterrupt:
            interrupted = True
            again = shlex.join(("bench", "report", writer.folder.name))
            tell(f"interrupted while the report was written; what was measured is kept, and `{again}` makes it")
    return CarriedOut(interrupted, fault, found[0] if found else None)


def _is_own_address(host: str) -> bool:
    try:
        with socket.socket() as trial:
            trial.bind((host, 0))
        return not ip_address(host).is_unspecified
    except (OSError, ValueError):
        return False


def _team(workers: int, listen: str | None) -> GeneratorTeam:
    if listen is not None:
        host, _, port = listen.rpartition(":")
        if not port.isdigit() or not _is_own_address(host):
            raise UsageError(
                f"--listen {listen} is not one address of this host and a port",
                hint="give the address at which the workers' hosts reach this one, such as 192.168.1.10:5557",
            )
    return GeneratorTeam(workers=workers, listen=listen)
