"""The entry point: gathers the commands and turns errors into two lines and an exit code."""

import sys

import click

from harness.cli.ab import ab
from harness.cli.calibrate import calibrate
from harness.cli.ci import ci
from harness.cli.claims import claims
from harness.cli.compare import compare
from harness.cli.doctor import doctor
from harness.cli.history import history
from harness.cli.list import list_
from harness.cli.new import new
from harness.cli.plan import plan
from harness.cli.report import report
from harness.cli.run import run
from harness.cli.show import show
from harness.cli.verify import verify
from harness.model.errors import BenchError, ExitCode


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="framework-referee", message="%(version)s")
def bench() -> None:
    """Measure Python web frameworks, and say what can be told apart.

    \b
    Exit codes: 0 ok; 1 a bug; 2 usage or manifest; 3 conformance failed;
    4 run incomplete (what finished is kept and reported); 5 regression found;
    6 host unfit (--strict); 130 interrupted (prints the resume command).
    """  # noqa: D301 - click reads \b as "keep these lines"


for command in (ab, calibrate, ci, claims, compare, doctor, history, list_, new, plan, report, run, show, verify):
    bench.add_command(command)


def main() -> None:
    """Run the command line and exit with a code of `ExitCode`."""
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
    sys.exit(code if isinstance(code, int) else ExitCode.OK)


def _say(what: str, hint: str) -> None:
    click.echo(f"error: {what}", err=True)
    click.echo(f"hint: {hint}", err=True)
