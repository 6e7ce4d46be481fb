"""Writes docs/reliability.md from the tests that show each fault: `python docs/reliability.py`.

A test says by `@pytest.mark.fault(where=, what=, happens=, lost=, exit_code=)` which fault it shows; one that shows
several has several marks. The tests are read and not run, so every value stands in the mark as it is.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from harness.model.errors import ExitCode

ROOT = Path(__file__).parents[1]
PAGE = Path(__file__).with_name("reliability.md")

PLACES = {
    "app": "The app",
    "server": "Its server",
    "generator": "The load generator",
    "database": "The database",
    "engine": "The container engine and its host",
    "host": "The host",
    "disk": "The disk",
    "terminal": "The terminal, and whoever ends the run",
    "git": "Git and the data branch",
}

HEAD = """# Reliability

What goes wrong, what happens then, and what is lost. Made by `python docs/reliability.py` from the tests that show it,
each of which stands behind its fault; a test fails when this page is stale.

Four rules hold for all of it:

- What has been measured stays. Each window is on the disk before the next begins, and `bench run --resume` goes on with
  the first round that is not whole.
- What could not be measured is named with its reason. It is never a zero, and never left out.
- Nothing is left running: neither processes nor containers, however the run ended.
- Whatever somebody can mend is told in two lines, `error:` and `hint:`, and not in a traceback.

The last column is the exit code of the command ([what each means](command-line.md#bench)). Where it is 0, the command
has done what it was asked to in spite of the fault.
"""

TABLE = ("| fault | what happens | what is lost | exit |", "|---|---|---|---|")


class Fault(NamedTuple):
    """One row: a fault, and the test that shows it."""

    where: str
    what: str
    happens: str
    lost: str
    exit_code: int | None
    """Of the command; None where it was itself killed."""
    test: str
    """Its file, from the project's folder, and its name."""


def faults() -> list[Fault]:
    """All that are marked, by place, and in the order of the tests."""
    found = [fault for file in sorted((ROOT / "tests").rglob("test_*.py")) for fault in marked(file)]
    return sorted(found, key=lambda fault: list(PLACES).index(fault.where))


def marked(file: Path) -> Iterator[Fault]:
    """The marks in one file. Raises ValueError where one lacks something, or has an unknown place or exit code."""
    text = file.read_bytes()
    for node in ast.walk(ast.parse(text if b"mark.fault" in text else b"")):
        if isinstance(node, ast.FunctionDef):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fault":
                    yield _fault(mark, f"{file.relative_to(ROOT)}::{node.name}")


def _fault(mark: ast.Call, test: str) -> Fault:
    given = {keyword.arg: ast.literal_eval(keyword.value) for keyword in mark.keywords}
    if set(given) != set(Fault._fields) - {"test"}:
        raise ValueError(f"{test}: its mark has {', '.join(map(str, given))}")
    fault = Fault(**given, test=test)
    if fault.where not in PLACES or fault.exit_code not in {None, *ExitCode}:
        raise ValueError(f"{test}: no such place or exit code: {fault.where}, {fault.exit_code}")
    return fault


def page() -> str:
    """The whole page."""
    every = faults()
    parts = [HEAD]
    for place, title in PLACES.items():
        rows = [_row(fault) for fault in every if fault.where == place]
        parts.append(
            "\n".join(
                (f"## {title}\n", "| fault | what happens | what is lost | exit |", "|---|---|---|---|", *rows, "")
            )
        )
    return "\n".join(parts)


def _row(fault: Fault) -> str:
    file, _, name = fault.test.partition("::")
    code = "killed" if fault.exit_code is None else str(fault.exit_code)
    return f'| [{fault.what}](../{file} "{name}") | {fault.happens} | {fault.lost} | {code} |'


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
