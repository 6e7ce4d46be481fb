"""The page on the command line says what `--help` says."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from harness.cli.main import bench

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("command_line", DOCS / "command_line.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_commands_say_now(maker: ModuleType) -> None:
    assert maker.PAGE.read_text() == maker.page(), "stale: run `python docs/command_line.py`"


def test_the_page_has_every_command_as_its_help_prints_it(maker: ModuleType) -> None:
    page = maker.page()
    width = {"terminal_width": maker.WIDTH, "max_content_width": maker.WIDTH}
    for name in bench.commands:
        printed = CliRunner().invoke(bench, [name, "--help"], prog_name="bench", **width).output
        lines = [line.rstrip() for line in printed.splitlines()]
        assert f"## bench {name}\n\n```text\n" + "\n".join(lines) + "\n```" in page


def test_the_readme_names_every_command() -> None:
    readme = (DOCS.parent / "README.md").read_text()
    assert [name for name in bench.commands if f"`bench {name}" not in readme] == []
