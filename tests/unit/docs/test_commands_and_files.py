"""What pages tell to type is there: commands, their options and the values of these, make's targets, and files."""

import re
import shlex
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile
from pathlib import Path

import click
import pytest

from harness.cli.main import bench
from tests.unit.docs.pages import PAGES, ROOT, code_of

_ENDS = {"--", "|", ">>", ">", "&&", ";"}
"""Behind these stands what is no option of the command."""
_FOLDERS = ("apps", "benchmarks", "claims", "docs", "harness", "tests", ".github", ".ci")
_FILE = re.compile(rf"(?<![\w./-])(?:{'|'.join(map(re.escape, _FOLDERS))})/[\w./<>-]*\w")
_MADE_BY_READERS = re.compile(r"NAME|<\w+>|^apps/(?:falcon|aiohttp)_app|^harness\.")


def wrong_with(line: str) -> Iterator[str]:
    """What can't be typed in a line of a shell."""
    words = shlex.split(line, comments=True)
    if "make" in words[:1]:
        yield from (f"no target {each}" for each in _targets(words[1:]) - _known_targets())
    if "bench" in words:
        yield from _wrong_with_bench(words[words.index("bench") + 1 :])


def _targets(words: Sequence[str]) -> set[str]:
    return {each for each in words if re.fullmatch(r"[a-z-]+", each)}


def _known_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))


def _wrong_with_bench(words: Sequence[str]) -> Iterator[str]:
    if not words or words[0].startswith("-") or not words[0].islower():
        return
    command = bench.commands.get(words[0])
    if command is None:
        yield f"no command {words[0]}"
        return
    options = {name: each for each in command.params if isinstance(each, click.Option) for name in each.opts}
    typed = list(takewhile(lambda word: word not in _ENDS, words[1:]))
    for word, following in pairwise([*typed, ""]):
        if not word.startswith("--") or word == "--help":
            continue
        option = options.get(word)
        if option is None:
            yield f"bench {words[0]} has no {word}"
        elif isinstance(option.type, click.Choice) and following not in option.type.choices and not following.isupper():
            yield f"bench {words[0]} {word} can't be {following}"


def typed_in(page: Path) -> Iterator[str]:
    for code in code_of(page):
        if re.match(r"(?:[A-Z_]+=\S+ |uv run )*(?:bench|make) ", code):
            yield code


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_whatever_a_page_tells_to_type_can_be_typed(page: Path) -> None:
    assert {code: found for code in typed_in(page) if (found := list(wrong_with(code)))} == {}


def test_what_can_not_be_typed_is_found() -> None:
    lines = ["bench fly", "bench run --fast", "bench run --profile slow --app x", "make cofee", "bench ci -- --any"]
    found = [list(wrong_with(line)) for line in lines]
    assert found == [
        ["no command fly"],
        ["bench run has no --fast"],
        ["bench run --profile can't be slow"],
        ["no target cofee"],
        [],
    ]
    assert sum(len(list(typed_in(page))) for page in PAGES) > 200


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    named = {path for code in code_of(page) for path in _FILE.findall(code)}
    assert {path for path in named if not (ROOT / path).exists() and not _MADE_BY_READERS.search(path)} == set()
