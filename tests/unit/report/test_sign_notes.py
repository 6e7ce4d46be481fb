"""A sign in place of a figure or behind a rank is explained in each view that has it, and in no other."""

import re

import pytest
from markupsafe import escape

from harness.report.markup import html
from harness.report.page import compose
from harness.report.view.sign_notes import SIGN_NOTES
from tests.unit.report.standard_run import standard_run


@pytest.fixture(scope="module")
def views() -> dict[str, str]:
    parts = re.split(r'<div class="view" id="', html(compose(*standard_run(), ())))[1:]
    return {part.partition('"')[0]: part for part in parts}


@pytest.mark.parametrize(
    ("place", "some"), [(0, {"summary", "capacity", "apps"}), (1, {"capacity", "apps"})], ids=["shared rank", "dash"]
)
def test_what_a_sign_means_stands_once_in_each_view_that_has_it(
    views: dict[str, str], place: int, some: set[str]
) -> None:
    signs, note = SIGN_NOTES[place]
    having = {name for name, view in views.items() if any(sign in view for sign in signs)}
    assert some <= having
    assert {name: view.count(escape(note)) for name, view in views.items()} == {name: name in having for name in views}


def test_why_a_second_copy_has_no_dot_is_said_where_it_stands(views: dict[str, str]) -> None:
    assert "no rank, and no dot of its own" in views["capacity"]
