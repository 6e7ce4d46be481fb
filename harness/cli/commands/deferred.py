"""Commands that tell their help without importing what they do: what judges and draws takes seconds to import."""

import os
from collections.abc import Callable
from pkgutil import resolve_name
from typing import Any, override

import click

from harness.cli.given.unused import Unused, misspelt_variables, refuse_unused
from harness.cli.output import tell


class Deferred(click.Command):
    """A command whose body is imported once it is called."""

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401 - click's own
        body: str,
        unused: tuple[Unused, ...],
        **settings: Any,  # noqa: ANN401 - click's own
    ) -> None:
        """`body` says where the function is that takes the options: MODULE:NAME; `unused` as below."""
        super().__init__(*arguments, **settings)
        self.body = body
        self.unused = unused

    @override
    def invoke(self, ctx: click.Context) -> Any:
        for sentence in misspelt_variables(os.environ):
            tell(sentence)
        refuse_unused(ctx, self.unused)
        self.callback = resolve_name(self.body)
        return super().invoke(ctx)


def deferred(
    body: str, *, short_help: str, name: str | None = None, unused: tuple[Unused, ...] = ()
) -> Callable[[Callable[..., object]], Deferred]:
    """Make a command of a function that stands for its body: it has the name and the help, and is never called.

    Args:
        body: Where the function is that is called with the options: MODULE:NAME.
        short_help: The line in the list of commands, which has 63 columns on a terminal of 80.
        name: The command's, where Python keeps it for itself.
        unused: Which options would do nothing, and when; the first that applies is refused.
    """
    return click.command(name, cls=Deferred, body=body, short_help=short_help, unused=unused)
