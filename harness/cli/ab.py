"""`bench ab`: two revisions of apps, measured side by side in one run."""

import shlex
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from harness.catalog.app_folders import SUFFIX
from harness.catalog.discover import discover, names_in
from harness.catalog.misnamed import is_python, without_revision
from harness.catalog.selection import SIGN, choose
from harness.claims.commands import command_to_go_on
from harness.cli import options
from harness.cli.given.anew import typed_anew
from harness.cli.given.own_choices import run_to_go_on_with
from harness.cli.other_harnesses import alone
from harness.cli.output import tell
from harness.cli.plan import invites_guests, planned, read_choices
from harness.cli.progress import announce_interrupts, watched
from harness.cli.run import exit_code, measure, same_app_host
from harness.comparison.ending import looking, with_look
from harness.measure.begin import begin, resume
from harness.measure.room import see_to_room
from harness.model.app import App
from harness.model.base import APP_NAME
from harness.model.comparison import RunComparison
from harness.model.errors import ExitCode, UsageError, meant
from harness.model.plan import Sides
from harness.model.run import Run
from harness.model.runtime_choice import RuntimeChoice
from harness.plan.demand import demand_of
from harness.results.folder import RunWriter, read_run
from harness.results.records import RecordedRun
from harness.runtime.choose import choose_app_host, choose_database, choose_runtime, lay_out_for, open_runtime
from harness.runtime.passing_folder import passing_folder
from harness.runtime.revisions import NoOtherRevision
from harness.runtime.sides import as_recorded, besides, pairs_of
from harness.writing import WriteError

_SIDES: Final = 2


def ab(  # noqa: PLR0913, PLR0917 - one for each option
    what: str | None,
    requirements: tuple[str, ...],
    pythons: tuple[str, ...],
    variables: tuple[str, ...],
    apps_dirs: tuple[Path, ...],
    app_names: tuple[str, ...],
    variants: tuple[str, ...],
    *,
    resumed: str | None,
    runtime_name: str,
    app_host: str | None,
    beside_other_tables: bool,
    fail_on_regression: bool,
    as_markdown: bool,
    as_json: bool,
    detect: float,
    **chosen: object,
) -> ExitCode:
    """Measure two revisions of apps in one run, window by window, and compare them."""
    announce_interrupts()
    asked = Sides(requirements=requirements, pythons=pythons, variables=variables)
    begun = None if resumed is None else _to_go_on_with(resumed, what)
    sides = begun.sides if begun else _sides(what, asked, variants, app_names, apps_dirs)
    names = begun.names if begun else app_names if sides.commit is not None else (what or "",)
    database = choose_database(tell, beside_other_tables=beside_other_tables)
    if begun:
        place, address = begun.run.runtime, same_app_host(begun.folder, begun.run, app_host)
    else:
        place = choose_runtime(RuntimeChoice(runtime_name), tell, database)
        address = choose_app_host(place, app_host, tell)
    apps = choose(discover(apps_dirs, names, tell, guests=invites_guests(chosen)), names, apps_dirs)
    with passing_folder(options.STATE, "revisions") as folder:
        try:
            pairs = pairs_of(apps, sides, folder, place=place, all_of_them=bool(names))
        except NoOtherRevision as error:
            raise _as_an_app(error, what or "", apps_dirs, len(variants)) from None
        for each in (line for app in apps for line in besides(app, sides.requirements)):
            tell(each)
        used = [app for pair in pairs for app in pair]
        if begun:
            plan = begun.run.plan
            _see_that_all_are_there(begun, used)
        else:
            choices = read_choices({**chosen, "variants": variants, "detect": detect / 100}, names)
            plan = planned(used, choices, lay_out_for(address))
            plan = plan.model_copy(update={"sides": as_recorded(sides)})
            if plan.sequential is None and options.is_given("detect"):
                raise UsageError(
                    "--detect would do nothing where no capacity is measured: CPU time per request is tested of that",
                    hint="leave it out, or add --workload capacity",
                )
        if plan.sequential:
            looks = plan.sequential.looks
            rounds = f"round{'s' if looks[1:] else ''} {', '.join(map(str, looks))}"
            tell(f"it ends as soon as it is decided, which is looked at after {rounds}")
        with alone("bench ab") as mark:
            see_to_room(place, demand_of(plan), tell)
            with (
                open_runtime(place, options.STATE, plan.cpus, app_host=address, database=database) as runtime,
                watched() as progress,
            ):
                progress.stage("preparing environments")
                runtime.prepare(used, progress.stage, plan.subjects)
                writer, keeper = (
                    resume(begun.folder, used, runtime, progress)
                    if begun
                    else begin(plan, used, runtime, options.REPORTS, typed_anew(), progress)
                )
                look = looking(writer.folder, plan.sequential, tell) if plan.sequential else None
                done = measure(writer, used, runtime, keeper, mark, look)
    tell(f"run: {writer.folder}")
    recorded = read_run(writer.folder)
    found = _show(recorded, writer.folder, as_markdown=as_markdown, as_json=as_json)
    if (done.interrupted or done.fault) and recorded.run.finished_at is None:
        _to_be_gone_on_with(writer, recorded, found, apps_dirs)
    if done.fault:
        raise done.fault
    if done.interrupted:
        return ExitCode.INTERRUPTED
    code = exit_code(recorded, apps_dirs, done.findings, writer.folder)
    return _found_worse(found) if code is ExitCode.OK and fail_on_regression else code


def _found_worse(found: RunComparison | None) -> ExitCode:
    """Whoever asks for a failure is not told that all is well where nobody knows."""
    from harness.cli.compare import exit_code_of  # noqa: PLC0415 - what judges takes seconds to import

    return exit_code_of(found) if found else ExitCode.INCOMPLETE


def _to_be_gone_on_with(
    writer: RunWriter, recorded: RecordedRun, found: RunComparison | None, apps_dirs: Sequence[Path]
) -> None:
    """Keep in mind what was shown of a run that was cut off, and tell how it goes on."""
    if found is not None:
        with suppress(WriteError):  # What went wrong first is told by others.
            writer.update(with_look(recorded.run, found, recorded.rounds_complete))
    again = command_to_go_on(writer.folder.name, options.at(apps_dirs), typed_anew(), by="ab")
    tell(f"interrupted; to go on: {again}")


def _show(recorded: RecordedRun, folder: Path, *, as_markdown: bool, as_json: bool) -> RunComparison | None:
    """Print the comparison of what was measured, and return it. Without a whole round, there is none."""
    if not recorded.rounds_complete:
        tell("no round is complete, so there is nothing to compare yet")
        return None
    from harness.cli.compare import show  # noqa: PLC0415 - what judges takes seconds to import
    from harness.comparison.within import compare_within  # noqa: PLC0415 - as above

    if (page := folder / "comparison.html").is_file():
        tell(f"comparison: {page}")
    found = compare_within(recorded, folder.name)
    show(found, as_markdown=as_markdown, as_json=as_json)
    return found


def _sides(
    what: str | None, asked: Sides, variants: tuple[str, ...], app_names: Sequence[str], apps_dirs: Sequence[Path]
) -> Sides:
    """What is compared, of what was asked for."""
    if what is None:
        raise UsageError("neither a commit nor an app is named", hint=_ways("APP", options.at(apps_dirs)))
    given = {"--with": asked.requirements, "--python": asked.pythons, "--env": asked.variables}
    options_given = [option for option, values in given.items() if values]
    if options_given[1:]:
        raise click.UsageError(f"{' and '.join(options_given)} are two differences; compare one at a time")
    if len(asked.pythons) > _SIDES:
        raise click.UsageError("--python is given more than twice; A and B are two sides")
    if options_given and options.is_given("app_names"):
        app = app_names[0] if len(app_names) == 1 else "APP"
        command = shlex.join(("bench", "ab", app, *options.at(apps_dirs)))
        raise UsageError(
            f"with {options_given[0]}, name the app itself and no commit", hint=f"add {options_given[0]} to `{command}`"
        )
    if options_given:
        return asked
    if (
        len(variants) == _SIDES
        and not options.is_given("app_names")
        and what.removesuffix(SUFFIX) in names_in(apps_dirs)
    ):
        if options.is_given("guests"):
            raise UsageError(f"--guests would do nothing beside APP: {what} is what is measured", hint="leave it out")
        return Sides(variants=variants)
    return Sides(commit=what)


@dataclass(frozen=True, slots=True)
class _Begun:
    """A run that was cut off."""

    folder: Path
    run: Run
    sides: Sides

    @property
    def names(self) -> tuple[str, ...]:
        """Of its apps, without their revisions."""
        return tuple(dict.fromkeys(subject.kin[0] for subject in self.run.plan.subjects))


def _to_go_on_with(run: str, what: str | None) -> _Begun:
    if what is not None:
        raise click.UsageError(f"--resume goes on with what the run compares; leave '{what}' out")
    folder, begun = run_to_go_on_with(run)
    if begun.plan.sides is None:
        raise UsageError(
            f"{folder.name} was begun by a harness that did not record what it compares, so it can't be resumed",
            hint="start `bench ab` anew",
        )
    return _Begun(folder, begun, begun.plan.sides)


def _see_that_all_are_there(begun: _Begun, used: Sequence[App]) -> None:
    here = {(app.name, variant) for app in used for variant in app.deployments}
    gone = [each for each in begun.run.plan.subjects if (each.app, each.variant) not in here]
    if gone:
        no_longer = (app.not_served.get(gone[0].variant) for app in used if app.name == gone[0].app)
        why = next((f": {each}" for each in no_longer if each), "")
        raise UsageError(
            f"{begun.folder.name} measures {gone[0].original.key}, and there is no such variant any more{why}",
            hint="undo the change to the app, or start `bench ab` anew",
        )


def _as_an_app(error: NoOtherRevision, what: str, apps_dirs: Sequence[Path], variants: int) -> UsageError:
    """The error as one on an app, where it is an app that was named in place of a commit, with so many variants."""
    plain, revision = without_revision(what)
    name, sign, variant = plain.partition(SIGN)
    there_are, app, where = names_in(apps_dirs), name.removesuffix(SUFFIX), options.at(apps_dirs)
    if app not in there_are:
        like = meant(name, there_are)
        elsewhere = "; an app that lies elsewhere is found by --apps-dir FOLDER" if APP_NAME.fullmatch(name) else ""
        return UsageError(error.what, hint=f"{like}{error.hint}{elsewhere}")
    named, no_commit = f"{app}{sign}{variant}", f"no commit is named '{what}'"
    if revision:
        of_it = (named, "--python", revision) if is_python(revision) else (revision, "--app", named)
        command = shlex.join(("bench", "ab", *of_it, *where))
        return UsageError(no_commit, hint=f"is {named} meant, and {revision}? `{command}` compares it with itself")
    lone = f", and --variant is given {'once' if variants == 1 else f'{variants} times'}: A and B take two"
    only = "" if sign or variants in {0, _SIDES} else lone
    return UsageError(f"{no_commit}; '{what}' is an app{only}", hint=_ways(named, where))


def _ways(app: str, where: Sequence[str]) -> str:
    """The ways to say what is compared with what, with the options that say where apps are."""
    by_itself, by_commit = (shlex.join(("bench", "ab", *words, *where)) for words in ((app,), ("REF", "--app", app)))
    variants = "" if SIGN in app else "--variant V --variant V, "
    return (
        f"add {variants}--python PYTHON, --env NAME=VALUE or --with REQUIREMENT to `{by_itself}`, "
        f"or compare it with a commit's: `{by_commit}`"
    )
