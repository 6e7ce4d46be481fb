"""Writes docs/command-line.md from the commands themselves: `python docs/command_line.py`."""

from pathlib import Path

import click

from harness.cli.main import bench

PAGE = Path(__file__).with_name("command-line.md")
WIDTH = 100

HEAD = """# Command line

Made by `python docs/command_line.py` from the commands' own help; a test fails when it is stale. Data goes to stdout,
everything else to stderr. Errors are two lines, `error:` and `hint:`.
"""


def page() -> str:
    """The whole page."""
    settings = {**bench.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
    root = click.Context(bench, info_name="bench", **settings)
    sections = [section("bench", root)]
    for name, command in sorted(bench.commands.items()):
        # A command's context takes its settings from that of the group.
        sections.append(section(f"bench {name}", click.Context(command, info_name=name, parent=root)))
    return "\n".join((HEAD, *sections))


def section(name: str, context: click.Context) -> str:
    """One command: its name and what --help prints."""
    lines = (line.rstrip() for line in context.command.get_help(context).splitlines())
    return f"## {name}\n\n```text\n" + "\n".join(lines) + "\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
