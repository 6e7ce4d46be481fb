"""Commands that are advised can be typed as they are printed: whatever stands in one is quoted as a shell wants it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from harness.cli.main import bench

HARNESS: Final = Path(__file__).parents[2] / "harness"

BEGUN: Final = re.compile(
    rf"(?:^|[\s`(])(?:bench (?:{'|'.join(bench.commands)})|uv (?:build|lock|run|sync))(?: [A-Za-z-]+)* $"
)
"""The words of a command line up to where a value is put in: `uv lock --project `."""

JOINED: Final = {
    ("catalog/remaining.py", "name"): "what follows it in commands, put together by `shlex.join` in cli/new.py",
    ("catalog/remaining.py", "both"): "as above",
}
"""Values that are words of a shell already, by file and expression, and why."""


def put_in_by_hand(file: Path) -> Iterator[tuple[str, str]]:
    """The file and the expression of each value that stands in a command as it is."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.JoinedStr):
            continue
        text = ""
        for part in node.values:
            if isinstance(part, ast.Constant):
                text = str(part.value)
            elif isinstance(part, ast.FormattedValue):
                if BEGUN.search(text):
                    yield file.relative_to(HARNESS).as_posix(), ast.unparse(part.value)
                text = ""


def test_no_command_is_put_together_by_hand() -> None:
    found = {each for file in sorted(HARNESS.rglob("*.py")) for each in put_in_by_hand(file)}
    assert found - JOINED.keys() == set(), "put it together by shlex.join"
    assert JOINED.keys() - found == set(), "these are there no more"
