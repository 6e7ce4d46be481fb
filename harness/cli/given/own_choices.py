"""A run that goes on: its choices are its own, and one that is given and another than its own is refused."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from harness.claims.read import ARTICLE
from harness.cli import options
from harness.cli.given.unused import given_to, labels, listed, typed, variable_of
from harness.cli.output import tell
from harness.measure.begin import refuse_finished
from harness.model.errors import RunFolderError, UsageError
from harness.model.run import Run
from harness.model.runtime_choice import RuntimeChoice
from harness.results.folder import read_run, resolve_run
from harness.results.resume_command import options_named, resume_command
from harness.results.run_folders import CLAIMS_FILE
from harness.results.run_state import state_now

_TOLD_ANEW: Final = frozenset(
    {
        *("resumed", "apps_dirs", "app_host", "beside_other_tables"),
        *("claims_file", "minutes"),
        *("fail_on_regression", "as_markdown", "as_json"),
    }
)
"""What a command is told each time: where things are, by what the run is judged, how long it is waited, what is shown.
All else was decided as the run began."""
_RUNTIME: Final = "runtime_name"

type Own = Mapping[str, object]
"""Choices by the names of their options' parameters."""


def run_to_go_on_with(run: str) -> tuple[Path, Run]:
    """The folder and the header of the run that the command under way is to go on with.

    Raises:
        UsageError: It means no run, or one that another command goes on with, or other choices are given than its own.
        RunFolderError: It is damaged, of a newer version, finished, or still being measured.
    """
    folder = resolve_run(options.REPORTS, run)
    recorded = read_run(folder)
    begun = recorded.run
    refuse_finished(folder, begun)
    if (state := state_now(folder, recorded)).under_way:
        ended = "" if state.process is None else f", or end it first: kill {state.process}"
        raise RunFolderError(
            f"{folder.name} is still being measured ({state.at}), so there is nothing to resume",
            hint=f"wait until it is done{ended}",
        )
    context = click.get_current_context()
    if begun.plan.measured_by != f"bench {context.command.name}":
        does = "compares" if begun.plan.has_revisions else "does not compare"
        raise UsageError(
            f"{folder.name} {does} two revisions", hint=f"go on with it by: {resume_command(begun, folder.name)}"
        )
    _see_that_choices_are_its_own(context, begun, folder.name)
    if "minutes" in given_to(context) and own_claim(folder, begun)[0] is None:
        raise UsageError(
            f"--minutes would do nothing with --resume: {folder.name} was not begun with --claim and has a limit",
            hint="leave it out",
        )
    return folder, begun


def own_claim(folder: Path, begun: Run) -> tuple[str | None, Path]:
    """The claim that a run was begun to decide, if it was, and the file that has it."""
    claim_id = next(iter(options_named(begun.command, ("--claim",))[1::2]), None)
    own_file = folder / CLAIMS_FILE
    has_own = options_named(begun.command, ("--claims",)) and own_file.is_file()
    return claim_id, own_file if has_own else ARTICLE


def _see_that_choices_are_its_own(context: click.Context, begun: Run, name: str) -> None:
    command, decided, asked = context.command, _decided(begun), _asked(context.command, begun)
    others = {
        parameter: value
        for parameter, value in given_to(context).items()
        if parameter not in _TOLD_ANEW and value not in (decided.get(parameter), asked.get(parameter))
    }
    on_command_line = typed(context, list(others))
    if _RUNTIME in others and _RUNTIME not in on_command_line and others[_RUNTIME] != RuntimeChoice.AUTO.value:
        variable = variable_of(command, _RUNTIME)
        tell(f"{variable} is set to {others[_RUNTIME]} and does nothing: {name} goes on with {begun.runtime.value}")
    if on_command_line:
        them = "them" if on_command_line[1:] else "it"
        raise UsageError(
            f"{listed(labels(command, on_command_line))} can't be combined with --resume: {name} goes on with its own "
            "choices, by which its other rounds were measured",
            hint=f"leave {them} out, or start a new `{begun.plan.measured_by}` with {them}",
        )


def _decided(begun: Run) -> Own:
    """What the run itself says of how it is measured."""
    plan = begun.plan
    sides = plan.sides
    return {
        "profile": plan.profile.value,
        "seed": plan.seed,
        "rounds": plan.timing.rounds,
        "workers": begun.generator.workers,
        "listen": begun.generator.listen,
        _RUNTIME: begun.runtime.value,
        "pythons": sides.pythons if sides else plan.pythons,
        "requirements": sides.requirements if sides else (),
        "variables": sides.variables if sides else (),
        "detect": round(100 * plan.sequential.detect, 6) if plan.sequential else None,
    }


def _asked(command: click.Command, begun: Run) -> Own:
    """What it was asked for by the command that began it, where that is this command, and is still understood."""
    if begun.command[1:2] != (command.name,):
        return {}
    try:
        context = command.make_context(command.name, list(begun.command[2:]))
    except (click.ClickException, click.exceptions.Exit):
        return {}
    return {name: context.params[name] for name in typed(context, list(context.params))}
