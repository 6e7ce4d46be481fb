"""The entry point: gathers the commands and turns errors into two lines and an exit code."""

import os
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from pkgutil import resolve_name
from typing import Final, cast

import click

from harness.mask import hide_variables, masked
from harness.model.errors import BenchError, ExitCode

PLACES: Final = {
    "ab": "harness.cli.ab:ab",
    "calibrate": "harness.cli.calibrate:calibrate",
    "ci": "harness.cli.ci:ci",
    "claims": "harness.cli.claims:claims",
    "compare": "harness.cli.compare:compare",
    "doctor": "harness.cli.doctor:doctor",
    "history": "harness.cli.history:history",
    "list": "harness.cli.list:list_",
    "new": "harness.cli.new:new",
    "plan": "harness.cli.plan:plan",
    "report": "harness.cli.report:report",
    "run": "harness.cli.run:run",
    "show": "harness.cli.show:show",
    "verify": "harness.cli.verify:verify",
}
"""Where each command is to be found, by its name."""


class Commands(Mapping[str, click.Command]):
    """The commands, each imported once it is asked for: what draws and what judges takes seconds to import."""

    def __getitem__(self, name: str) -> click.Command:
        command: click.Command = resolve_name(PLACES[name])
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)


@click.group(
    commands=cast("MutableMapping[str, click.Command]", Commands()),  # Nothing is added to it.
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(package_name="framework-referee", message="%(version)s")
def bench() -> None:
    """Measure Python web frameworks, and say what can be told apart.

    \b
    Exit codes: 0 ok; 1 a bug; 2 usage or manifest; 3 conformance failed;
    4 run incomplete (what finished is kept and reported); 5 regression found;
    6 host unfit (--strict); 130 interrupted (prints the resume command).
    """  # noqa: D301 - click reads \b as "keep these lines"


def main() -> None:
    """Run the command line and exit with a code of `ExitCode`."""
    hide_variables(os.environ)
    try:
        code = bench.main(standalone_mode=False)
    except BenchError as error:
        _say(error.what, error.hint)
        sys.exit(error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(ExitCode.USAGE)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "bench"
        _say(error.format_message(), f"`{command} --help` tells what it takes")
        sys.exit(ExitCode.USAGE)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        sys.exit(ExitCode.INTERRUPTED)
    except Exception:  # noqa: BLE001 - a bug, whose traceback is told, but none of its secrets
        click.echo(masked(traceback.format_exc()), err=True, nl=False)
        sys.exit(ExitCode.BUG)
    sys.exit(code if isinstance(code, int) else ExitCode.OK)


def _say(what: str, hint: str) -> None:
    click.echo(masked(f"error: {what}"), err=True)
    click.echo(masked(f"hint: {hint}"), err=True)
