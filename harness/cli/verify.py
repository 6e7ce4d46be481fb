"""`bench verify`: the conformance checks."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from harness.catalog.discover import discover, guests_in
from harness.catalog.remaining import undeclared
from harness.catalog.selection import choose, variants_named
from harness.cli import options
from harness.cli.other_harnesses import alone, tell_what_is_left
from harness.cli.output import counted, print_json, say, tell
from harness.cli.plan import on_each_python, tell_what_is_not_available
from harness.cli.progress import watched
from harness.mask import masked
from harness.measure.prepare import UNAVAILABLE, not_available
from harness.measure.room import see_to_room
from harness.measure.verify import Verdict, subjects_of
from harness.measure.verify import verify as verify_apps
from harness.model.app import App
from harness.model.cell import Subject
from harness.model.conformance import ConformanceReport, Outcome
from harness.model.errors import BenchError, ExitCode, ManifestError, RuntimeFault
from harness.model.plan import NotAvailable
from harness.model.runtime_choice import RuntimeChoice
from harness.plan.demand import demand_of_checks
from harness.plan.dropped import without_variants
from harness.runtime.choose import (
    choose_app_host,
    choose_database,
    choose_runtime,
    lay_out_for,
    open_runtime,
)
from harness.runtime.each_interpreter import Spread
from harness.runtime.roles import Runtime


def verify(  # noqa: PLR0913 - one for each option
    app_names: tuple[str, ...],
    variants: tuple[str, ...],
    apps_dirs: tuple[Path, ...],
    *,
    pythons: tuple[str, ...],
    runtime_name: str,
    app_host: str | None,
    beside_other_tables: bool,
    guests: bool,
    as_json: bool,
) -> ExitCode:
    """Check that apps keep the HTTP contract: right answers, also to hostile and concurrent requests."""
    apps = choose(discover(apps_dirs, app_names, tell, guests=guests), app_names, apps_dirs)
    if not app_names and not guests and (left_out := guests_in(apps_dirs)):
        tell(f"guests are checked if they are asked for, by name or with --guests: {', '.join(left_out)}")
    verdicts: list[Verdict] = []
    database = choose_database(tell, beside_other_tables=beside_other_tables)
    place = choose_runtime(RuntimeChoice(runtime_name), tell, database)
    address = choose_app_host(place, app_host, tell)
    there_are = on_each_python(apps, pythons, place, compared=False)
    apps, named = there_are.apps, variants_named(app_names)
    subjects = [subject for _, subject in subjects_of(apps, variants, named)]
    for sentence in without_variants(apps, named, variants):
        tell(sentence)
    layout = lay_out_for(address)
    faults: Faults = []
    with alone("bench verify", lambda: bool(faults) or not all(each.conforms for each in verdicts)):
        see_to_room(place, demand_of_checks(), tell)
        with (
            open_runtime(place, options.STATE, layout, app_host=address, database=database) as runtime,
            watched() as progress,
        ):
            tell_what_is_left(runtime.leftovers)
            progress.stage("preparing environments")
            prepared, faults = _prepare(apps, subjects, runtime, progress.stage)
            for verdict in verify_apps(prepared, variants, runtime, progress, named):
                verdicts.append(verdict)
                if not as_json:
                    _show(verdict, apps)
    for sentence in () if pythons else _outdated(apps, verdicts):  # Another interpreter may deviate in less.
        tell(sentence)
    if as_json:
        print_json([verdict.model_dump(mode="json", context=masked) for verdict in verdicts])
    lacking, faults = _not_available(faults, there_are)
    tell_what_is_not_available(lacking)
    for app, fault in faults:
        tell(f"NOT CHECKED {app.name}: {fault.what}\n    hint: {fault.hint}")
    unchecked = bool(there_are.not_available or lacking)
    return faults[0][1].exit_code if faults else _exit_code(verdicts, unchecked=unchecked)


type Faults = list[tuple[App, BenchError]]


def _prepare(
    apps: Sequence[App], subjects: Sequence[Subject], runtime: Runtime, on_progress: Callable[[str], None]
) -> tuple[list[App], Faults]:
    """Make the environments of apps, each by itself where not all can be made; those that are made, and what failed.

    Raises the first fault where none can be made.
    """
    try:
        runtime.prepare(apps, on_progress, subjects)
    except (ManifestError, RuntimeFault):
        if len(apps) == 1:
            raise
    else:
        return list(apps), []
    made: list[App] = []
    faults: Faults = []
    for app in apps:
        try:
            runtime.prepare([app], on_progress, subjects)
        except (ManifestError, RuntimeFault) as error:
            faults.append((app, error))
        else:
            made.append(app)
    if not made:
        raise faults[0][1]
    return made, faults


def _not_available(faults: Faults, there_are: Spread) -> tuple[list[NotAvailable], Faults]:
    """What can't be had on an interpreter that was asked for, as a run tells it, and the faults that are left."""
    if not there_are.pythons:
        return [], faults
    lacking = [not_available(there_are, app, fault) for app, fault in faults if isinstance(fault, UNAVAILABLE)]
    return lacking, [(app, fault) for app, fault in faults if not isinstance(fault, UNAVAILABLE)]


def _exit_code(verdicts: Sequence[Verdict], *, unchecked: bool = False) -> ExitCode:
    """`unchecked`: whether anything that was asked for was not available."""
    lacking = [verdict for verdict in verdicts if not verdict.conforms]
    if not lacking:
        return ExitCode.INCOMPLETE if unchecked else ExitCode.OK
    return ExitCode.INCOMPLETE if all(verdict.unchecked for verdict in lacking) else ExitCode.CONFORMANCE


def _show(verdict: Verdict, apps: Sequence[App]) -> None:
    report = verdict.report
    if report is None:
        say(f"{'NOT CHECKED' if verdict.by_host else 'FAILED'} {verdict.subject.named(verdict.fault or '')}")
    else:
        counts = {outcome: sum(result.outcome is outcome for result in report.results) for outcome in Outcome}
        word = "ok    " if report.conforms else "NOT CHECKED" if report.only_broke_off else "FAILED"
        told = ", ".join(f"{number} {outcome.value}" for outcome, number in counts.items() if number)
        on = f" {revision}" if (revision := _app_of(verdict, apps).revision) else ""
        say(f"{word} {verdict.subject.key}{on}: {told}{_left_out(verdict, apps)}")
        _show_failures(report)
        for each in report.results:
            if each.outcome is Outcome.SKIPPED:
                say(f"  skipped {each.endpoint.value if each.endpoint else 'server'}, {each.check}: {each.found}")
            if each.outcome is Outcome.DEVIATES:
                say(f"  deviates in {each.check}: found {each.found}\n    as is declared: {each.declared}")
        for endpoint, absent in _app_of(verdict, apps).manifest.not_offered.items():
            see = f" See {absent.extension}." if absent.extension else ""
            say(f"  not offered, {endpoint.value}: {absent.why}{see}")
    if not verdict.conforms and verdict.log_excerpt:
        tell(
            f"what {verdict.subject.key} logged as a check failed:\n{verdict.log_excerpt}"
            if report
            else f"hint: {verdict.log_excerpt}"
        )


def _show_failures(report: ConformanceReport) -> None:
    if len(report.failures) > 1:
        say("  one mistake often fails several checks: begin with the first")
    hints: set[str | None] = {None}
    for failure in report.failures:
        place = failure.endpoint.value if failure.endpoint else "server"
        say(f"  {place}, {failure.check}: found {failure.found}\n    expected: {failure.expected}")
        if failure.hint not in hints:
            say(f"    hint: {failure.hint}")
        hints.add(failure.hint)
    for cause, number in Counter(each.found for each in report.results if each.outcome is Outcome.NOT_MADE).items():
        say(f"  {counted(number, 'further check')} not made: {cause}")


def _outdated(apps: Sequence[App], verdicts: Sequence[Verdict]) -> Iterator[str]:
    """What manifests say of their frameworks and no variant does any more."""
    for app in apps:
        reports = [
            each.report
            for each in verdicts
            if each.subject.app == app.name and each.subject.variant in app.manifest.variants
        ]
        if len(reports) < len(app.manifest.variants):
            continue
        results = [result for report in reports if report for result in report.results]
        found = {result.declared for result in results if result.outcome is Outcome.DEVIATES}
        for key in app.manifest.deviates if all(reports) else ():
            if app.manifest.deviates[key] not in found:
                yield f"{app.name} does not deviate in '{key}': take that out of its manifest"


def _left_out(verdict: Verdict, apps: Sequence[App]) -> str:
    """What the app does not declare, and so was not asked."""
    manifest = _app_of(verdict, apps).manifest
    left_out = [each for each in undeclared(manifest.endpoints) if each not in manifest.not_offered]
    return f"; not declared: {', '.join(left_out)}" if left_out else ""


def _app_of(verdict: Verdict, apps: Sequence[App]) -> App:
    (app,) = (app for app in apps if app.name == verdict.subject.app)
    return app
