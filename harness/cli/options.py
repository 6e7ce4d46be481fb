"""Options that several commands share."""

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from harness.catalog.app_folders import APPS_FOLDER
from harness.cli.given.unused import Unused
from harness.model.app import Endpoint
from harness.model.cell import Workload
from harness.model.plan import ProfileName
from harness.model.runtime_choice import RuntimeChoice

MOST_ROUNDS = 10_000
"""More would take a year by the shortest profile."""

REPORTS = Path("reports")
"""Where run folders are written."""

STATE = Path(".bench")
"""What a run needs while it is under way: ledger, logs, sockets, data directory."""

_NARROWING = {
    "app_names": "--app",
    "variants": "--variant",
    "endpoints": "--endpoint",
    "workloads": "--workload",
    "connections": "--connections",
    "pythons": "--python",
}

WHERE_AND_HOW = frozenset({"runtime_name", "app_host", "beside_other_tables", "workers", "listen", "pythons"})
"""Of a measurement: where servers and load generator run, and on which interpreters."""


class WholeNumber(click.IntRange):
    """A whole number within bounds, which are told of any other text."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ANN401 - so click
        """The number; what is none, or lies outside, is refused."""
        try:
            return int(super().convert(value, param, ctx))
        except click.BadParameter:
            up_to = f" to {self.max:,}" if self.max is not None else ""
            self.fail(f"'{value}' is not a whole number from {self.min:,}{up_to}", param, ctx)


class Minutes(click.FloatRange):
    """A time that a clock can show: neither an endless one nor none at all."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - so click
        """The number; what is none, or lies outside, is refused."""
        found = float(super().convert(value, param, ctx))
        if not isfinite(found):
            self.fail(f"'{value}' is no number of minutes", param, ctx)
        return found


type Decorator = Callable[[Callable[..., object]], Callable[..., object]]


def at(apps_dirs: Sequence[Path]) -> tuple[str, ...]:
    """The options by which a command finds the same apps again; none where they lie in the usual folder."""
    if tuple(apps_dirs) == (Path(APPS_FOLDER),):
        return ()
    return tuple(word for folder in apps_dirs for word in ("--apps-dir", str(folder)))


def is_given(name: str) -> bool:
    """Whether the user has given this option of the command under way."""
    context = click.get_current_context(silent=True)
    return context is not None and context.get_parameter_source(name) not in {None, ParameterSource.DEFAULT}


def made_with() -> tuple[str, ...]:
    """The options, as the user has typed them, by which another command measures where and how this one does.

    What narrows down what is measured, or for how long, is not among them: it may be why another is advised. A variable
    will be there for the other command, too.
    """
    context = click.get_current_context(silent=True)
    return () if context is None else tuple(_typed(context, WHERE_AND_HOW))


def _typed(context: click.Context, names: Collection[str]) -> Iterator[str]:
    for option in context.command.params:
        on_command_line = context.get_parameter_source(str(option.name)) is ParameterSource.COMMANDLINE
        if option.name not in names or not on_command_line:
            continue
        value = context.params[str(option.name)]
        for each in value if isinstance(value, tuple) else (value,):
            yield option.opts[0]
            if each is not True:
                yield str(each)


def narrowing() -> tuple[str, ...]:
    """The options that the user has given by which less is measured."""
    return tuple(option for name, option in _NARROWING.items() if is_given(name))


apps_dir = click.option(
    "--apps-dir",
    "apps_dirs",
    type=click.Path(path_type=Path, file_okay=False),
    multiple=True,
    default=(Path(APPS_FOLDER),),
    show_default=True,
    help="A folder of apps, or one app's folder, in place of the usual folder: name that as well to have both. "
    "Repeatable.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print data for programs on stdout.")
profile = click.option(
    "--profile",
    type=click.Choice([name.value for name in ProfileName]),
    default=ProfileName.QUICK.value,
    show_default=True,
    help="How much is measured, and for how long.",
)
app_names = click.option(
    "--app",
    "app_names",
    multiple=True,
    metavar="APP[/VARIANT]",
    help="Only this app, or only this variant of it. Repeatable.",
)
guests = click.option(
    "--guests", is_flag=True, help="The guests too: frameworks beside the article's, left out where no app is named."
)
variants = click.option(
    "--variant", "variants", multiple=True, metavar="V", help="Only this variant of each app. Repeatable."
)
endpoints = click.option(
    "--endpoint",
    "endpoints",
    type=click.Choice([e.value for e in Endpoint]),
    multiple=True,
    help="Only this endpoint. Repeatable.",
)
workloads = click.option(
    "--workload",
    "workloads",
    type=click.Choice([w.value for w in Workload]),
    multiple=True,
    help="Only this workload. Repeatable.",
)
connections = click.option(
    "--connections",
    "connections",
    type=WholeNumber(min=1),
    multiple=True,
    help="Only this number of connections, subscribers or members (concurrency, waiting, feed, chat). Repeatable.",
)
rounds = click.option(
    "--rounds", type=WholeNumber(min=1, max=MOST_ROUNDS), help="Rounds instead of the profile's number."
)
seed = click.option(
    "--seed", type=WholeNumber(min=0), default=0, show_default=True, help="Seeds the order and the requests."
)


minutes = click.option(
    "--minutes",
    type=Minutes(min=0.1),
    help="Begin no round, but for the first 3, that would have the run last longer; the profile's own limit stands "
    "where neither this nor --rounds is given. With --claim: end after the round that this is over in.",
)


pythons = click.option(
    "--python",
    "pythons",
    multiple=True,
    metavar="PYTHON",
    help="Have apps on this interpreter in place of the harness's own: a version, a path, or in containers an image. "
    "Repeatable: each app on each, side by side.",
)


runtime = click.option(
    "--runtime",
    "runtime_name",
    type=click.Choice([choice.value for choice in RuntimeChoice]),
    default=RuntimeChoice.AUTO.value,
    show_default=True,
    envvar="BENCH_RUNTIME",
    show_envvar=True,
    help="Where the servers run: in containers or as local processes. auto: in containers where an engine answers.",
)


app_host = click.option(
    "--app-host",
    metavar="ADDRESS",
    envvar="BENCH_APP_HOST",
    show_envvar=True,
    help="Where this host reaches the host of the containers, if that is another and Docker's settings don't tell.",
)


beside_other_tables = click.option(
    "--beside-other-tables",
    is_flag=True,
    envvar="BENCH_BESIDE_OTHER_TABLES",
    show_envvar=True,
    help="Use the database that BENCH_DATABASE_URL names although it has tables of others.",
)


def choices(command: Callable[..., object]) -> Callable[..., object]:
    """The options that decide what a run measures."""
    for option in (seed, rounds, connections, workloads, endpoints, variants, guests, app_names, apps_dir, profile):
        command = option(command)
    return command


GUESTS_BESIDE_NAMES = Unused(
    ("guests",),
    lambda given: "app_names" in given,
    "where apps are named",
    "the guests come along where none is",
    "name those that you want as well",
)
GUESTS_BESIDE_CLAIM = Unused(
    ("guests",),
    lambda given: "claim_id" in given,
    "beside --claim",
    "the apps are those of the claim, or those that are named",
    "name by --app those that you want",
)
VARIANTS_BESIDE_NAMES = Unused(
    ("variants",),
    lambda given: _all_with_variant(given.get("app_names")),
    "where each app is named with its variant",
    "it chooses those of apps that are named without one",
    "name an app without",
)
TABLES_WITHOUT_DATABASE = Unused(
    ("beside_other_tables",),
    lambda _: not os.environ.get("BENCH_DATABASE_URL"),
    "without BENCH_DATABASE_URL",
    "it is about the database that this names",
    "have it name one",
)
MARKDOWN_BESIDE_JSON = Unused(
    ("as_markdown",), lambda given: "as_json" in given, "beside --json", "one of the two is printed", "leave out --json"
)


def _all_with_variant(names: object) -> bool:
    return isinstance(names, tuple) and all("/" in str(name) for name in names)
