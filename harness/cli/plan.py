"""`bench plan`: what a run would do, and how long it takes."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from harness.catalog.discover import discover
from harness.catalog.selection import choose, variants_named
from harness.claims.commands import Origin, advice_on
from harness.claims.could_decide import could_decide, lines_of, refuse_undecidable, undecidable
from harness.claims.decidable import see_that_it_is_decidable
from harness.claims.read import ARTICLE, read_claims
from harness.cli import options
from harness.cli.asked_claims import apps_asked_for, by_profile_of, claims_to_measure
from harness.cli.output import counted, print_json, say, tell
from harness.cli.progress import announced
from harness.cli.pursue import pursue
from harness.cli.tables import print_rows
from harness.host.cpus import layout_here
from harness.host.description import describe_host
from harness.measure.pace_here import pace_here
from harness.model.app import App, Endpoint
from harness.model.cell import Cell, Workload, many
from harness.model.claim import Claim
from harness.model.errors import UsageError
from harness.model.host import CpuLayout
from harness.model.plan import NotAvailable, Plan, ProfileName, python_words
from harness.model.run import Run, RuntimeName
from harness.model.runtime_choice import RuntimeChoice
from harness.plan.build import Choices, build_plan, of_profile
from harness.plan.dropped import dropped
from harness.plan.few_requests import few_requests
from harness.plan.pace import at_pace, rounds_announced, rounds_expected
from harness.plan.profiles import PROFILES
from harness.results.resume_command import command_anew
from harness.runtime.choose import choose_database, choose_runtime
from harness.runtime.each_interpreter import Spread, choose_pythons, spread
from harness.runtime.environment import see_that_it_can_be_made


def plan(  # noqa: PLR0913 - one for each option
    apps_dirs: tuple[Path, ...],
    app_names: tuple[str, ...],
    *,
    pythons: tuple[str, ...],
    runtime_name: str,
    claim_id: str | None,
    claims_file: Path | None,
    minutes: float | None,
    as_json: bool,
    **chosen: object,
) -> None:
    """Tell what `bench run` with the same options would do, how long it takes, and which claims it could decide."""
    chosen = chosen if claim_id else by_profile_of(claims_file, chosen)
    asked_for = apps_asked_for(claims_file, claim_id, app_names, apps_dirs)
    apps = discover(apps_dirs, asked_for, tell, guests=invites_guests(chosen, claims_file))
    database = choose_database(tell, beside_other_tables=False)
    claims_to_measure(claims_file, apps, apps_dirs)
    claim = None
    if claim_id:
        pursuit, app_names, chosen = pursue(claim_id, claims_file or ARTICLE, minutes, app_names, chosen)
        claim = pursuit.claim
    choices = read_choices({**chosen, "minutes": minutes}, app_names)
    chosen_apps = choose(apps, app_names, apps_dirs)
    # What a plan needs no image for, it pulls none for.
    place = choose_runtime(RuntimeChoice(runtime_name), tell, database, pull=bool(pythons))
    there_are = on_each_python(of_profile(chosen_apps, choices), pythons, place)
    origin = Origin(claims_file, options.at(apps_dirs), options.made_with()).knowing(apps)
    built = planned(there_are.apps, choices, layout_here(), claim, origin)
    built = built.model_copy(update={"pythons": there_are.pythons})
    file = read_claims(claims_file) if claims_file and not claim else None
    claims = (claim,) if claim else file.claim if file else ()
    if claim:  # or else refuse, as the run would
        see_that_it_is_decidable(claim, built, apps, advice_on(claim, origin, options.narrowing()))
    for app in there_are.apps:
        if app.name in {subject.app for subject in built.subjects}:
            see_that_it_can_be_made(app)
    built = at_pace(built, pace_here(options.REPORTS, built, (describe_host(), None), place))
    could = could_decide(claims, built, apps, origin)
    verdicts = tuple(lines_of(could, built, apps, origin, file.profile if file else None))
    few = tuple(few_requests(built, there_are.apps, choices, advises_profile=not claims))
    if as_json:
        for told in (*few, *verdicts):
            tell(told)
        few_rounds, many_rounds = rounds_expected(built)
        print_json({**built.model_dump(mode="json"), "rounds_expected": {"least": few_rounds, "most": many_rounds}})
        refuse_undecidable(could, claims_file)
        return
    words = {app.name: app.revision for app in there_are.apps if app.revision}
    print_rows(_rows(built, words), empty="nothing")
    timing = built.timing
    rounds = rounds_announced(built) or counted(timing.rounds, "round")
    say(
        f"\n{rounds}; {counted(len(built.subjects), 'server')} started afresh in each; "
        f"{counted(len(built.cells), 'cell')}; {announced(built.estimated_s, built.pace.told)}"
    )
    for told in (*few, *verdicts):
        say(told)
    refuse_undecidable(could, claims_file)


def planned(
    apps: Sequence[App], choices: Choices, cpus: CpuLayout, claim: Claim | None = None, origin: Origin | None = None
) -> Plan:
    """The plan; what was asked for and is not in it is told. `claim` is what the choices come from, of `origin`.

    Raises:
        UsageError: The choices leave nothing to measure.
    """
    apps = of_profile(apps, choices)
    try:
        built = build_plan(apps, choices, cpus)
    except UsageError as error:
        if claim is None:
            raise
        raise undecidable(claim, apps, origin or Origin(), options.narrowing(), error) from None
    for sentence in dropped(apps, choices, built):
        tell(sentence)
    return built


def on_each_python(apps: Sequence[App], given: Sequence[str], place: RuntimeName, *, compared: bool = True) -> Spread:
    """The apps on each interpreter that they can run on; as they are where none is asked for. What lacks is told.

    So is which is the first, where several are asked for to be `compared`.

    Raises:
        UsageError: An interpreter is asked for twice, or nothing is left to measure.
        RuntimeFault: No image can be had.
    """
    if not given:
        return Spread(tuple(apps))
    found = spread(apps, *choose_pythons(given, place))
    tell_what_is_not_available(found.not_available)
    if compared and given[1:]:
        _tell_which_is_first(found.pythons[0], given[0])
    return found


def on_each_python_again(apps: Sequence[App], run: str, begun: Run) -> Spread:
    """The same of a run that goes on, on the interpreters that it was begun with; `run` is the name of its folder.

    Raises:
        UsageError: One of them is not there any more.
    """
    if not begun.plan.pythons:
        return Spread(tuple(apps))
    chosen, lacking = choose_pythons(begun.plan.pythons, begun.runtime)
    if lacking:
        raise UsageError(
            f"{run} measures on {lacking[0].what}, which is not available any more: {lacking[0].why}",
            hint=f"have it there again, or start a new `{command_anew(begun)}`",
        )
    return spread(apps, chosen)


def tell_what_is_not_available(lacking: Iterable[NotAvailable]) -> None:
    """A line for each, and what would have them be available."""
    lacking = tuple(lacking)
    for each in lacking:
        tell(f"not available: {each.what}: {each.why}")
    for remedy in dict.fromkeys(each.remedy for each in lacking if each.remedy):
        tell(f"hint: {remedy}")


def _tell_which_is_first(first: str, asked_for: str) -> None:
    """On which interpreter the apps are that the others are held against, and that it is another than was asked for."""
    for_want = "" if first == asked_for else f", since {python_words(asked_for)} is not available"
    tell(
        f"{python_words(first)} is the first{for_want}: ratios between interpreters are to it, and claims are held "
        "against the apps on it"
    )


def invites_guests(chosen: dict[str, object], claims_file: Path | None = None) -> bool:
    """Whether guests may be measured that are not named: the options ask for them, or claims may be about them."""
    profile = PROFILES[ProfileName(str(chosen["profile"]))]
    return bool(chosen["guests"]) or profile.guests or claims_file is not None


def read_choices(chosen: dict[str, object], app_names: Sequence[str]) -> Choices:
    """The shared options as one value; `app_names` may name variants."""
    return Choices.model_validate(
        {
            **chosen,
            "named": variants_named(app_names),
            "apps_named": bool(app_names),
            "profile": ProfileName(str(chosen["profile"])),
            "endpoints": tuple(map(Endpoint, _texts(chosen["endpoints"]))),
            "workloads": tuple(map(Workload, _texts(chosen["workloads"]))),
        }
    )


def _texts(values: object) -> tuple[str, ...]:
    return tuple(map(str, values)) if isinstance(values, tuple) else ()


def _rows(built: Plan, pythons: Mapping[str, str]) -> list[dict[str, object]]:
    """One a subject; `pythons` tell by app on which it is, where a run has several."""
    workloads = [each for each in Workload if any(cell.workload is each for cell in built.cells)]

    def named(subject: str, workload: Workload) -> str:
        cells = [cell for cell in built.cells if cell.subject.key == subject and cell.workload is workload]
        return ", ".join(_named(cell) for cell in cells)

    return [
        {
            "subject": f"{subject.key} (second copy, to test the run)" if subject.twin else subject.key,
            **({"Python": pythons[subject.app].removeprefix("on ")} if pythons else {}),
            **{each.value: named(subject.key, each) for each in workloads},
        }
        for subject in built.subjects
    ]


def _named(cell: Cell) -> str:
    """What tells a cell from others of the same subject and workload."""
    match cell.workload:
        case Workload.CAPACITY | Workload.IDLE:
            return cell.endpoint.value
        case Workload.LIMIT:
            return f"{cell.endpoint.value}, {cell.limit_ms} ms"
        case Workload.LATENCY:
            return f"{cell.endpoint.value} at {cell.rate.value if cell.rate else '?'}"
        case Workload.CONCURRENCY | Workload.WAITING | Workload.FEED | Workload.CHAT:
            return many(cell)
        case _:
            return "yes"
