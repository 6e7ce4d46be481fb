"""The page on the architecture names every room, and its picture every room of the first storey."""

import re
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

ROOT: Final = Path(__file__).parents[3]
HARNESS: Final = ROOT / "harness"
PAGE: Final = ROOT / "docs" / "architecture.md"
PICTURE: Final = ROOT / "docs" / "architecture.svg"

WITHIN: Final = {"cli/commands", "cli/given", "report/view", "report/figure", "report/screen", "report/card"}
"""Told in the row of the room that they are a part of."""


def rooms() -> set[str]:
    return {file.parent.relative_to(HARNESS).as_posix() for file in HARNESS.rglob("*/__init__.py")} - WITHIN


def test_the_page_has_a_row_for_every_room_and_for_no_other() -> None:
    table = PAGE.read_text().partition("| room | is for |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `([^`]+)` \|", table, flags=re.MULTILINE)) == rooms()


def test_the_page_names_every_file_that_stands_beside_the_rooms() -> None:
    page = PAGE.read_text()
    files = {file.name for file in HARNESS.glob("*.py")} - {"__init__.py"}
    assert {name for name in files if f"`{name}`" not in page} == set()


def test_the_picture_shows_every_room() -> None:
    labels = {(each.text or "").strip() for each in ET.parse(PICTURE).getroot().iter()}
    assert {room for room in rooms() if "/" not in room} - labels == set()
