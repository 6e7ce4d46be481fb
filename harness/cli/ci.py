"""`bench ci`: what a scheduled job does, from measuring to the data branch."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from click.core import ParameterSource

from harness.catalog.app_folders import APPS_FOLDER, SUFFIX
from harness.catalog.discover import discover, guests_in, names_in
from harness.catalog.selection import choose
from harness.ci.branch import DataBranch
from harness.ci.github import GitHub
from harness.ci.kept import read_kept
from harness.ci.measure import measure, measure_beside
from harness.ci.outcome import JobOutcome, clear
from harness.ci.predecessor import BESIDE_FILE, COMPARISON_FILE, Beside, changed_since, clear_beside, last_commit
from harness.cli import options
from harness.cli.commands.ab import ab
from harness.cli.commands.run import run
from harness.cli.given.unused import labels, listed, refuse_unused, typed
from harness.cli.output import print_path, tell
from harness.model.errors import ExitCode, UsageError
from harness.model.plan import ProfileName
from harness.results.folder import read_run, resolve_run
from harness.writing import replace_files

_ALPHA_PERCENT: Final = 1.0
"""Nobody watches a scheduled job, so a false alarm costs more than one that somebody has asked for."""
_NOT_HANDED_ON: Final = frozenset({"profile", "resumed", "pythons"})
_DIFFERENCES: Final = ("requirements", "pythons", "variables", "resumed")
"""Options of `bench ab` that say what it compares."""


def ci(  # noqa: PLR0913, PLR0917 - one for each option
    remote: str,
    branch: str,
    out: Path,
    measured_run: str | None,
    beside_file: Path | None,
    run_options: tuple[str, ...],
    *,
    only_measure: bool,
    against: str | None,
    alpha: float,
    comment: bool,
) -> ExitCode:
    """Measure, compare with the last run under the same conditions, and keep the result on a branch of its own."""
    if comment:
        return _comment()
    if against:
        return _against(against, out, alpha, run_options)
    beside = Beside.model_validate_json(beside_file.read_bytes()) if beside_file else None
    handed_on = _for_ab(run_options)
    data = DataBranch(Path.cwd(), remote, branch)
    with data.checked_out(options.STATE) as checkout:  # what is wrong with it is better known before the run than after
        kept = read_kept(checkout.folder)
    clear(out)
    if measured_run:
        folder = resolve_run(options.REPORTS, measured_run)
    else:
        clear_beside(out)
        if handed_on and (base := last_commit(kept, handed_on.apps)):
            beside = measure_beside(base, handed_on.words, out, _ALPHA_PERCENT)
        folder = measure(run_options)
    if only_measure:
        print_path(folder)
        return ExitCode.OK
    from harness.ci.job import keep  # noqa: PLC0415 - what judges takes seconds to import

    outcome = keep(folder, data, out=out, state=options.STATE, say=tell, beside=beside)
    tell(f"told in {out}")
    print_path(folder)
    return _exit_code(outcome)


def _exit_code(outcome: JobOutcome) -> ExitCode:
    """As that of the run."""
    if not outcome.complete:
        return ExitCode.INCOMPLETE
    if outcome.broken:
        return ExitCode.CONFORMANCE
    return ExitCode.OK if outcome.usable and not outcome.unchecked else ExitCode.INCOMPLETE


@dataclass(frozen=True, slots=True)
class _HandedOn:
    """What of a run's options its predecessor is measured by."""

    words: tuple[str, ...]
    """Those that `bench ab` has too."""
    apps: tuple[str, ...]
    """The names of the apps that the run will measure."""


def _for_ab(run_options: tuple[str, ...]) -> _HandedOn | None:
    """The options of a run that `bench ab` has too; None where the run goes on with another or pursues a claim.

    Raises:
        UsageError: One of them would do nothing, which is better known before anything is measured than after.
    """
    context = run.make_context("run", list(run_options))
    refuse_unused(context, run.unused)
    if context.params["resumed"] or context.params["claim_id"]:
        return None
    if context.params["pythons"]:
        tell("--python goes to the run: apps that changed are measured beside what they were on the harness's own")
    smoke = context.params["profile"] == ProfileName.SMOKE.value
    words = ["--profile", (ProfileName.SMOKE if smoke else ProfileName.QUICK).value]
    for option in ab.params:
        name = option.name or ""
        if name in _NOT_HANDED_ON or context.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
            continue
        value = context.params[name]
        if isinstance(value, bool):
            words.append(option.opts[0])
        else:
            values = value if isinstance(value, tuple) else (value,)
            words += [word for each in values for word in (option.opts[0], str(each))]
    folders = context.params["apps_dirs"]
    left_out = () if context.params["guests"] else guests_in(folders)
    named = [name.partition("/")[0].removesuffix(SUFFIX) for name in context.params["app_names"]]
    return _HandedOn(tuple(words), tuple(named or (name for name in names_in(folders) if name not in left_out)))


def _against(base: str, out: Path, alpha: float, ab_options: tuple[str, ...]) -> ExitCode:
    """Measure the apps that differ from BASE beside it, and write what was found."""
    clear_beside(out)
    context = ab.make_context("ab", [*ab_options, "--", base])
    refuse_unused(context, ab.unused)
    if differences := typed(context, _DIFFERENCES):
        raise UsageError(
            f"{listed(labels(ab, differences))} can't be combined with --against, which says what is compared",
            hint="leave --against out, and call `bench ab`, or name no other difference",
        )
    names = context.params["app_names"]
    apps = discover(context.params["apps_dirs"], names, tell, guests=context.params["guests"])
    changed = changed_since(base, choose(apps, names, context.params["apps_dirs"]), options.STATE)
    for sentence in changed.left_out:
        tell(f"not measured: {sentence}")
    if not changed.names:
        _write(out, Beside(base=base, left_out=changed.left_out, why_not="no app differs from it"))
        return ExitCode.OK
    context.params["app_names"] = (
        tuple(name for name in names if name.partition("/")[0].removesuffix("_app") in changed.names) or changed.names
    )
    context.params["alpha"] = alpha / 100
    before = _folders()
    with context:
        code = ExitCode(ab.invoke(context) or 0)
    for folder in _folders() - before:
        recorded = read_run(folder)
        if recorded.rounds_complete:
            from harness.comparison.within import compare_within  # noqa: PLC0415 - what judges takes seconds to import

            found = compare_within(recorded, folder.name)
            _write(out, Beside(base=base, left_out=changed.left_out, found=found))
    return code


def _comment() -> ExitCode:
    """Tell a pull request what its job measured."""
    from harness.ci.pull_request import leave_comment  # noqa: PLC0415 - what judges takes seconds to import

    github = GitHub(_variable("GITHUB_API_URL"), _variable("GITHUB_REPOSITORY"), _variable("GH_TOKEN"))
    file = Path(_variable("GITHUB_EVENT_PATH"))
    try:
        event = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}", hint="GitHub's runner writes it") from None
    leave_comment(github, event, names_in([Path(APPS_FOLDER)]), tell)
    return ExitCode.OK


def _variable(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise UsageError(
            f"{name} is not set", hint="a workflow on GitHub sets it; GH_TOKEN is given to the step that comments"
        )
    return value


def _folders() -> set[Path]:
    return {file.parent for file in options.REPORTS.glob("*/run.json")}


def _write(out: Path, beside: Beside) -> None:
    from harness.ci.messages import beside as words  # noqa: PLC0415 - what judges takes seconds to import

    replace_files(
        {
            out / BESIDE_FILE: beside.model_dump_json(indent=1).encode() + b"\n",
            out / COMPARISON_FILE: words(beside).encode(),
        }
    )
    tell(f"told in {out}")
