"""The command that goes on with a run that was cut off, and what it takes over of the one that began it."""

import shlex
from collections.abc import Collection, Iterable
from typing import Final

from harness.model.run import Run

FOLDER: Final = "--apps-dir"
RESUME: Final = "--resume"
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


def resume_command(run: Run, name: str) -> str:
    """Goes on with a run, whose folder is called `name`, as it was begun: of the same apps, with the same command."""
    began = run.plan.measured_by.split()
    return shlex.join((*began, RESUME, name, *options_named(run.command, (FOLDER, *PLACES))))


def command_anew(run: Run) -> str:
    """Begins another such run, with all options that it was begun with; of older runs the command alone."""
    began = run.plan.measured_by.split()
    as_typed = list(run.command[: len(began)]) == began
    return shlex.join(run.command if as_typed else began)
