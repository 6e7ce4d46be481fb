"""What the pointer is told of a mark does not say once more whose it is: that stands in its row."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from harness.report.figure.spec import DotRow
from harness.report.page import compose
from tests.unit.report.sample import Sample


def rows(shown: object) -> Iterator[DotRow]:
    """All rows of dot plots within a view."""
    if isinstance(shown, DotRow):
        yield shown
    elif is_dataclass(shown):
        for field in fields(shown):
            yield from rows(getattr(shown, field.name))
    elif isinstance(shown, tuple):
        for each in shown:
            yield from rows(each)


def test_no_mark_names_its_row() -> None:
    page = compose(*Sample().build(), ())
    marks = [(row, mark) for section in page.sections for row in rows(section.view) for mark in row.marks]
    assert len(marks) > 100
    assert [(row.title, mark.hover) for row, mark in marks if row.title and row.title in mark.hover] == []
    assert any(mark.hover for _, mark in marks)
