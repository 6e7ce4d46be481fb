"""The apps import nothing from where their framework keeps it for old code only."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.catalog.discover import discover

MOVED = ("litestar.contrib",)
"""Litestar warns of it and removes it in 3.0; what was there is under `litestar.plugins`."""
APPS = discover((Path(__file__).parents[3] / "apps",), guests=True)


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case ast.ImportFrom(module=str(name)):
                yield name


@pytest.mark.parametrize("folder", [app.folder for app in APPS], ids=lambda folder: folder.name)
def test_an_app_imports_from_where_things_are_now(folder: Path) -> None:
    modules = [each for each in folder.rglob("*.py") if ".venv" not in each.parts]
    assert modules
    assert [name for each in modules for name in imported(each) if name.startswith(MOVED)] == []
