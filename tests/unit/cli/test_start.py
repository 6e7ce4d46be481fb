"""What a command has to import before it can do anything."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from harness.cli.main import bench

SLOW_TO_IMPORT = {"matplotlib", "pandas", "scipy"}


@pytest.mark.parametrize("name", ["calibrate", "doctor", "list", "new", "plan", "verify"])
def test_a_command_that_neither_judges_nor_draws_starts_without_what_does(name: str) -> None:
    script = f"import sys; from harness.cli.main import bench; bench(['{name}', '--help'], standalone_mode=False); "
    script += "print('modules', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert f"harness.cli.{name}" in loaded
    assert loaded & SLOW_TO_IMPORT == set()


def test_each_command_goes_by_the_name_it_is_found_by() -> None:
    assert [command.name for command in bench.commands.values()] == list(bench.commands)


def test_a_mistyped_command_is_named_with_its_like() -> None:
    result = CliRunner().invoke(bench, ["verfy"])
    assert result.exit_code == 2
    assert "No such command 'verfy'" in result.output
    assert "Did you mean 'verify'?" in result.output
