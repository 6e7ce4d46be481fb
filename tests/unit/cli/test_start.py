"""What a command has to import before it can do anything."""

import inspect
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pkgutil import resolve_name
from typing import Final

import pytest
from click.testing import CliRunner

from harness.cli.commands.deferred import Deferred
from harness.cli.commands.list import LISTS
from harness.cli.list import ROWS
from harness.cli.main import bench

DRAW: Final = {"jinja2", "matplotlib", "pandas", "pyarrow"}
JUDGE: Final = {"scipy"}
DO: Final = {"gevent", "hdrh", "httptools", "locust", "numpy", "psutil", "psycopg", "rich", "tomlkit"}
COMMANDS: Final = list(bench.commands)
JUDGE_AT_ONCE: Final = ["claims", "compare", "history", "show"]
DRAW_AT_ONCE: Final = ["report"]
DO_SOMETHING_ELSE_FIRST: Final = sorted({*COMMANDS} - {*JUDGE_AT_ONCE, *DRAW_AT_ONCE})


def body_of(name: str) -> str:
    """Where the command's body is: MODULE:NAME."""
    command = bench.commands[name]
    assert isinstance(command, Deferred)
    return command.body


def offenders(steps: Mapping[str, str], unwanted: Iterable[str]) -> dict[str, list[str]]:
    """Which of the steps, taken one after the other in a new interpreter, load something unwanted, and what."""
    script = (
        "import json, sys; from contextlib import redirect_stdout; from io import StringIO\n"
        "steps, unwanted = map(json.loads, sys.argv[1:])\n"
        "found, before = {}, set()\n"
        "for name, code in steps.items():\n"
        "    with redirect_stdout(StringIO()): exec(code)\n"
        "    if loaded := sorted({*unwanted} & {*sys.modules} - before): found[name] = loaded\n"
        "    before |= {*loaded}\n"
        "print(json.dumps(found))"
    )
    command = [sys.executable, "-c", script, json.dumps(steps), json.dumps(sorted(unwanted))]
    found: dict[str, list[str]] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def given(*arguments: str) -> str:
    """Code that gives `bench` these arguments, and wants no error."""
    return f"from harness.cli.main import bench; assert not bench({list(arguments)}, standalone_mode=False)"


def test_what_is_unwanted_is_found_where_it_is_loaded() -> None:
    steps = {"first": "import json", "second": "import harness.histogram", "third": "import numpy, hdrh"}
    assert offenders(steps, DO) == {"second": ["hdrh", "numpy"]}


def test_help_is_told_without_what_measures_judges_or_draws() -> None:
    steps = {"bench": given("--help"), **{name: given(name, "--help") for name in COMMANDS}}
    assert offenders(steps, DRAW | JUDGE | DO) == {}


def test_a_command_that_does_something_else_first_begins_without_what_judges_or_draws() -> None:
    steps = {name: f"import {body_of(name).partition(':')[0]}" for name in DO_SOMETHING_ELSE_FIRST}
    assert offenders(steps, DRAW | JUDGE) == {}


def test_a_command_that_judges_in_the_terminal_begins_without_what_draws() -> None:
    steps = {name: f"import {body_of(name).partition(':')[0]}" for name in JUDGE_AT_ONCE}
    assert offenders(steps, DRAW) == {}


def test_what_does_not_judge_leaves_what_judges_alone() -> None:
    """`scipy` itself is small, and imports each of its parts when it is asked for it: `scipy.special.stdtrit`."""
    steps = {name: f"import {body_of(name).partition(':')[0]}" for name in (*JUDGE_AT_ONCE, *DRAW_AT_ONCE)}
    assert offenders(steps, {"scipy.optimize", "scipy.special", "scipy.stats", "matplotlib"}) == {}


def test_what_draws_a_report_leaves_what_writes_its_data_files_alone() -> None:
    assert offenders({"report": "import harness.report.write"}, {"pandas", "pyarrow", "scipy.special"}) == {}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_takes_what_its_body_is_called_with(name: str) -> None:
    options = {parameter.name: None for parameter in bench.commands[name].params}
    inspect.signature(resolve_name(body_of(name))).bind(**options)


def test_each_command_goes_by_the_name_it_is_found_by() -> None:
    assert [command.name for command in bench.commands.values()] == COMMANDS


def test_there_are_rows_for_every_list() -> None:
    assert tuple(ROWS) == LISTS


def test_the_list_of_commands_fits_a_terminal_of_80_columns() -> None:
    printed = CliRunner().invoke(bench, ["--help"], terminal_width=80).output
    listed = printed.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed] == COMMANDS, "a line for each"
    assert [line for line in listed if line.endswith("...") or len(line) > 80] == []


def test_a_mistyped_command_is_named_with_its_like() -> None:
    result = CliRunner().invoke(bench, ["verfy"])
    assert result.exit_code == 2
    assert "No such command 'verfy'" in result.output
    assert "Did you mean 'verify'?" in result.output
