"""The entry point: gathers the commands and turns errors into two lines and an exit code."""

import os
import sys
import traceback

import click

from harness.cli.commands.ab import ab
from harness.cli.commands.calibrate import calibrate
from harness.cli.commands.ci import ci
from harness.cli.commands.claims import claims
from harness.cli.commands.compare import compare
from harness.cli.commands.doctor import doctor
from harness.cli.commands.history import history
from harness.cli.commands.list import list_
from harness.cli.commands.new import new
from harness.cli.commands.plan import plan
from harness.cli.commands.report import report
from harness.cli.commands.run import run
from harness.cli.commands.show import show
from harness.cli.commands.verify import verify
from harness.mask import hide_variables, masked
from harness.model.errors import BenchError, ExitCode


@click.group(
    commands=[ab, calibrate, ci, claims, compare, doctor, history, list_, new, plan, report, run, show, verify],
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
