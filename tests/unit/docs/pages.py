"""The project's pages, as tests read them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt

ROOT: Final = Path(__file__).parents[3]
PAGES: Final = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))


def words_of(name: str) -> str:
    """All of a page on one line, so that a sentence is found however its lines are broken."""
    return " ".join((ROOT / name).read_text(encoding="utf-8").split())


def rows_of(name: str, head: str) -> list[list[str]]:
    """The cells of the table whose first line begins with this."""
    _, found, rest = (ROOT / name).read_text(encoding="utf-8").partition(f"\n{head}")
    assert found, f"{name} has no table that begins with {head}"
    lines = rest.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]


def percent(share: float) -> str:
    """As pages write it: `0.1 %`."""
    return f"{100 * share:.4g} %"


def code_of(page: Path) -> Iterator[str]:
    """What stands as code in a page: each span in a line, and each line of a block that is typed into a shell."""
    for block in MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8")):
        if block.type == "fence" and block.info.startswith("console"):
            yield from (line.removeprefix("$ ") for line in block.content.splitlines() if line.startswith("$ "))
        for token in block.children or ():
            if token.type == "code_inline":
                yield token.content
