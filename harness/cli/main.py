"""The entry point: gathers the commands and turns errors into two lines and an exit code."""

import gc
import os
import re
import shlex
import sys
import traceback
from collections.abc import Sequence
from typing import Any, Final, override

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
from harness.cli.output import tell, tell_error
from harness.cli.streams import lost_output, open_outlets
from harness.host.allowances import refusal
from harness.mask import hide_variables
from harness.model.errors import BenchError, ExitCode, meant


class _Bench(click.Group):
    @override
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (BrokenPipeError, EOFError) as error:
            # click takes these for a reader or a user who has left, and ends without a word.
            raise RuntimeError(f"{type(error).__name__}: {error}") from error


_COMMANDS: Final = (ab, calibrate, ci, claims, compare, doctor, history, list_, new, plan, report, run, show, verify)
_APP: Final = "--app"
_EXTRA: Final = re.compile(r"Got unexpected extra arguments? \((.+)\)")
"""As click tells words that no argument takes."""
_SETTINGS: Final[dict[str, Any]] = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
for _each in _COMMANDS:
    # A command is also read without the group around it, and keeps the help option that it had first.
    _each.context_settings = {**_SETTINGS, **_each.context_settings}


@click.group(cls=_Bench, commands=_COMMANDS, context_settings=_SETTINGS)
@click.version_option(package_name="framework-referee", message="%(version)s")
def bench() -> None:
    """Measure Python web frameworks, and say what can be told apart.

    \b
    Exit codes: 0 ok; 1 a bug; 2 usage or manifest; 3 conformance failed;
    4 run incomplete, or without a valid cell (what finished is kept and reported), an app could not be
    checked, no room to write, or another command measures in this folder; 5 regression found;
    6 host unfit (--strict); 130 interrupted (prints the resume command).
    """  # noqa: D301 - click reads \b as "keep these lines"


def main() -> None:
    """Run the command line and exit with a code of `ExitCode`."""
    # numpy's threads are of no use here, and where it gets none it ends the process as Ctrl-C does.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    outlet = open_outlets()
    code = carry_out(sys.argv[1:])
    if lost := lost_output(outlet):
        tell_error(f"cannot write to standard output: {lost.strerror}", "give it room, or another place, and try again")
        code = code or ExitCode.INCOMPLETE
    # Else Python looks through all that was imported for garbage, which takes a quarter of the time of importing it.
    gc.freeze()
    sys.exit(code)


def carry_out(arguments: Sequence[str]) -> int:
    """Carry out what the arguments say, tell what went wrong, and return a code of `ExitCode`."""
    hide_variables(os.environ)
    try:
        code = bench.main(arguments, "bench", standalone_mode=False)
    except Exception as error:  # noqa: BLE001 - a bug too is told here, without its secrets
        return _tell(error)
    except KeyboardInterrupt:
        tell("interrupted")
        return ExitCode.INTERRUPTED
    return code if isinstance(code, int) else ExitCode.OK


def _value_meant(error: click.UsageError) -> str:
    """What is meant by a value that an option can't take: several in one word, or a choice like it; else empty."""
    given = re.match(r"'(.*)' is not ", error.message)
    if given is None or not isinstance(error, click.BadParameter) or error.param is None:
        return ""
    option, parts = error.param, given[1].split(",")
    if option.multiple and parts[1:] and all(_takes(option.type, part) for part in parts):
        return f"each is given by itself: {' '.join(f'{option.opts[0]} {part}' for part in parts)}; "
    return meant(given[1], map(str, option.type.choices)) if isinstance(option.type, click.Choice) else ""


def _options_meant(error: click.UsageError) -> str:
    """By which options words are given that stand by themselves, as `bench verify` takes apps; empty where by none."""
    extra = _EXTRA.fullmatch(error.message)
    if extra is None or error.ctx is None:
        return ""
    there_are = [each for each in error.ctx.command.params if isinstance(each, click.Option)]
    words: list[str] = []
    for word in extra[1].split():
        options = [each for each in there_are if isinstance(each.type, click.Choice) and word in each.type.choices]
        options += [each for each in there_are if _APP in each.opts]
        words += [*(each.opts[0] for each in options[:1]), word]
        if not options:
            return ""
    return f"is `{shlex.join(words)}` meant? "


def _takes(kind: click.ParamType[Any, Any], value: str) -> bool:
    try:
        kind.convert(value, None, None)
    except click.BadParameter:
        return False
    return True


def _tell(error: Exception) -> ExitCode:
    error = refusal(error) or error
    match error:
        case BenchError():
            tell_error(error.what, error.hint)
            return error.exit_code
        case click.exceptions.NoArgsIsHelpError():
            tell(error.format_message())
            return ExitCode.USAGE
        case click.UsageError():
            command = error.ctx.command_path if error.ctx else "bench"
            tell_error(
                error.format_message(),
                f"{_value_meant(error)}{_options_meant(error)}`{command} --help` tells what it takes",
            )
            return ExitCode.USAGE
        case click.Abort():
            tell("interrupted")
            return ExitCode.INTERRUPTED
        case _:
            tell("".join(traceback.format_exception(error)).removesuffix("\n"))
            return ExitCode.BUG
