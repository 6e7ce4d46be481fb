"""Options that would do nothing, beside another or without it: each is refused, so that none is ignored in silence."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import click
from click.core import ParameterSource

from harness.cli.output import tell
from harness.model.errors import UsageError, meant

type Given = Mapping[str, object]
"""What the user has given a command, by the names of its parameters; a flag that is off is not given."""

VARIABLES: Final = frozenset({"BENCH_APP_HOST", "BENCH_BESIDE_OTHER_TABLES", "BENCH_DATABASE_URL", "BENCH_RUNTIME"})
"""All variables that a user sets for `bench`."""
OF_OTHERS: Final = frozenset(
    {
        "BENCH_APP_IMAGE",
        "BENCH_CI_OPTIONS",
        "BENCH_DATABASE_CPUS",
        "BENCH_DATABASE_PASSWORD",
        "BENCH_DATABASE_PRELOAD",
        "BENCH_DATABASE_SHARES",
        "BENCH_DATASET",
        "BENCH_GENERATOR_CPUS",
        "BENCH_HEALTH_INTERVAL",
        "BENCH_LEDGER",
        "BENCH_PR_OPTIONS",
        "BENCH_RUN_OPTIONS",
        "BENCH_SERVER_CPUS",
        "BENCH_SERVER_NETWORK",
    }
)
"""What the Makefile, the Compose files and the ledger call theirs."""
_PREFIX: Final = "BENCH_"
_BY_USER: Final = frozenset({ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT})


@dataclass(frozen=True, slots=True)
class Unused:
    """Options of a command that would do nothing, and when."""

    options: tuple[str, ...]
    """The names of their parameters."""
    when: Callable[[Given], bool]
    beside: str
    """What has them do nothing, such as `beside --app` or `without --claim`."""
    why: str
    instead: str = ""
    """What may be done other than leaving them out."""


def given_to(context: click.Context) -> Given:
    """What the user has given the command, on its command line or in variables."""
    return {
        name: value
        for name, value in context.params.items()
        if context.get_parameter_source(name) in _BY_USER and value is not None and value is not False and value != ()
    }


def typed(context: click.Context, names: Sequence[str]) -> list[str]:
    """Those of the parameters with these names that stand on the command line, and in no variable."""
    return [name for name in names if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]


def labels(command: click.Command, names: Sequence[str]) -> list[str]:
    """Parameters as a user knows them: `--app`, `RUN_OPTIONS`."""
    by_name = {each.name: each for each in command.params}
    return [by_name[name].opts[0] if isinstance(by_name[name], click.Option) else name.upper() for name in names]


def number_of(given: Given, name: str) -> int:
    """How often a repeatable parameter is given."""
    values = given.get(name)
    return len(values) if isinstance(values, tuple) else 0


def listed(words: Sequence[str]) -> str:
    """`one`, `one and two`, `one, two and three`."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def refuse_unused(context: click.Context, rules: Sequence[Unused]) -> None:
    """Refuse options of the command line that would do nothing; of one that a variable sets, that is told.

    Raises:
        UsageError: It names them, what has them do nothing, and why.
    """
    given = given_to(context)
    for rule in rules:
        there = [name for name in rule.options if name in given]
        if not there or not rule.when(given):
            continue
        on_command_line = typed(context, there)
        for name in there:
            if name not in on_command_line:
                tell(f"{variable_of(context.command, name)} is set and does nothing {rule.beside}: {rule.why}")
        if on_command_line:
            them = "them" if on_command_line[1:] else "it"
            raise UsageError(
                f"{listed(labels(context.command, on_command_line))} would do nothing {rule.beside}: {rule.why}",
                hint=f"leave {them} out{', or ' if rule.instead else ''}{rule.instead}",
            )


def variable_of(command: click.Command, name: str) -> str:
    """The variable that gives a parameter."""
    (found,) = (each.envvar for each in command.params if each.name == name)
    return str(found)


def misspelt_variables(environment: Mapping[str, str]) -> Iterator[str]:
    """A sentence on each variable that is none of `bench`'s, and looks as if it were meant to be one."""
    for name in sorted(environment):
        if name.startswith(_PREFIX) and name not in VARIABLES | OF_OTHERS and (like := meant(name, VARIABLES)):
            yield f"{name} is set and does nothing, since bench knows no such variable: {like.strip()}"
