"""The command line that does the same on another shell: what variables gave a command stands in it as options."""

import sys
from collections.abc import Iterator

import click
from click.core import ParameterSource

from harness.cli.commands.deferred import Deferred
from harness.cli.given.unused import given_to


def typed_anew() -> tuple[str, ...]:
    """The words of the command under way, and the options that it was given in variables."""
    context = click.get_current_context()
    command, *words = sys.argv[1:] or [str(context.info_name)]
    return ("bench", command, *_by_variables(context), *words)


def _by_variables(context: click.Context) -> Iterator[str]:
    """What changes nothing is left out, and what would be refused on a command line since it does nothing."""
    given = given_to(context)
    rules = context.command.unused if isinstance(context.command, Deferred) else ()
    unused = {name for rule in rules if rule.when(given) for name in rule.options}
    for option in context.command.params:
        value = given.get(str(option.name))
        by_variable = context.get_parameter_source(str(option.name)) is ParameterSource.ENVIRONMENT
        if by_variable and option.name not in unused and value not in {None, option.default}:
            yield option.opts[0]
            if value is not True:
                yield str(value)
