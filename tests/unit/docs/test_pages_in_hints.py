"""The pages that the program names in what it says are there, with their headings."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.unit.docs.test_links import ROOT, anchors

PAGE = re.compile(r"\bdocs/[\w-]+\.md(?:#[\w-]+)?")


def texts(code: str) -> Iterator[str]:
    """The literal parts of all texts in a module."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def lost(code: str) -> list[str]:
    """The pages and headings that a module names, and that are nowhere."""
    named = dict.fromkeys(page for text in texts(code) for page in PAGE.findall(text))
    return [each for each in named if not there_is(each)]


def there_is(page: str) -> bool:
    name, _, fragment = page.partition("#")
    file = ROOT / name
    return file.is_file() and (not fragment or fragment in anchors(file.read_text()))


def test_every_page_that_is_named_in_the_code_is_there() -> None:
    modules = {file: file.read_text() for file in sorted(Path(ROOT, "harness").rglob("*.py"))}
    assert {str(file): found for file, code in modules.items() if (found := lost(code))} == {}
    named = {page for code in modules.values() for text in texts(code) for page in PAGE.findall(text)}
    assert {"docs/add-a-framework.md#the-manifest", "docs/claims.md#a-file-of-your-own"} <= named


def test_a_page_or_a_heading_that_is_not_there_is_found() -> None:
    code = 'f"see docs/claims.md#a-file-of-your-own{1}, docs/claims.md#none"\n"docs/gone.md, docs/claims.md"'
    assert sorted(lost(code)) == ["docs/claims.md#none", "docs/gone.md"]
