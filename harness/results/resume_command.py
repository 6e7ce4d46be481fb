"""The command that goes on with a run that was cut off, and what it takes over of the one that began it."""

import shlex
from collections.abc import Collection, Iterable
from typing import Final

from harness.model.run import Run

FOLDER: Final = "--apps-dir"
RESUME: Final = "--resume"
CLAIM: Final = "--claim"
MINUTES: Final = "--minutes"
PLACES: Final = ("--app-host", "--beside-other-tables")
"""Options that say where things are, which a run has to be told again when it goes on."""
_FLAGS: Final = frozenset({"--beside-other-tables"})


def options_named(command: Iterable[str], names: Collection[str]) -> tuple[str, ...]:
    """Those of these options that a command has, with their values."""
    words = list(command)
    found: list[str] = []
    for at, word in enumerate(words):
        name, sign, value = word.partition("=")
        if name not in names:
            continue
        if name in _FLAGS:
            found.append(name)
        elif sign:
            found += [name, value]
        elif at + 1 < len(words):
            found += [name, words[at + 1]]
    return tuple(found)


def told_anew(command: Iterable[str], *, pursues: bool | None = None) -> tuple[str, ...]:
    """What of a command a run has to be told again when it goes on: where things are, and how long it may take.

    The latter where it `pursues` a claim, which is so where the command names one; others have their limit.
    """
    words = tuple(command)
    pursued = bool(options_named(words, (CLAIM,))) if pursues is None else pursues
    return (*options_named(words, PLACES), *(options_named(words, (MINUTES,)) if pursued else ()))


def resume_command(run: Run, name: str) -> str:
    """Goes on with a run, whose folder is called `name`, as it was begun: of the same apps, with the same command."""
    began = run.plan.measured_by.split()
    told_again = (*options_named(run.command, (FOLDER,)), *told_anew(run.command))
    return shlex.join((*began, RESUME, name, *told_again))


def command_anew(run: Run) -> str:
    """Begins another such run, with all options that it was begun with; of older runs the command alone."""
    began = run.plan.measured_by.split()
    as_typed = list(run.command[: len(began)]) == began
    return shlex.join(run.command if as_typed else began)
