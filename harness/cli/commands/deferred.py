"""Commands that tell their help without importing what they do: what judges and draws takes seconds to import."""

from collections.abc import Callable
from pkgutil import resolve_name
from typing import Any, override

import click


class Deferred(click.Command):
    """A command whose body is imported once it is called."""

    def __init__(self, *arguments: Any, body: str, **settings: Any) -> None:  # noqa: ANN401 - click's own
        """`body` says where the function is that takes the options: MODULE:NAME."""
        super().__init__(*arguments, **settings)
        self.body = body

    @override
    def invoke(self, ctx: click.Context) -> Any:
        self.callback = resolve_name(self.body)
        return super().invoke(ctx)


def deferred(body: str, *, short_help: str, name: str | None = None) -> Callable[[Callable[..., object]], Deferred]:
    """Make a command of a function that stands for its body: it has the name and the help, and is never called.

    Args:
        body: Where the function is that is called with the options: MODULE:NAME.
        short_help: The line in the list of commands, which has 63 columns on a terminal of 80.
        name: The command's, where Python keeps it for itself.
    """
    return click.command(name, cls=Deferred, body=body, short_help=short_help)
