"""What is written without all that no browser needs is the same page to a browser; whole reports are in test_build."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.printable import printable
from harness.report.lean import lean
from tests.unit.report.outline import apart, outline_of


def page_with(text: str) -> str:
    shown = escape(text)
    inside = f'<p title="{shown}">{shown} <b>{shown}</b> <small>{shown}</small></p>'
    return (
        f"<!doctype html><html lang=en><title>{shown}</title><body>{inside}<pre>.{shown}</pre><ul><li>{shown}</li></ul>"
        f"<table><tr><td>{shown}</td><td><code>{shown}</code></td></tr></table>"
        f'<svg><line class="a" x1="1%"/><use href="#a" x="{shown}"><title>{shown}</title></use></svg>'
    )


@given(st.text(min_size=1, max_size=80))
def test_whatever_a_text_holds_a_browser_reads_the_same(text: str) -> None:
    page = page_with(printable(text))
    assert apart(outline_of(page), outline_of(lean(page).decode())) == ""


@pytest.mark.parametrize(
    "text",
    ["&lt;script>", "&amp;lt;b&amp;gt;", "`x`", "a=b", "'", '"', "'\"", "</pre>", "&copy", "&copy;", " a  b ", "/"],
)
def test_what_a_minifier_might_trip_over_is_kept(text: str) -> None:
    page = page_with(text)
    assert apart(outline_of(page), outline_of(lean(page).decode())) == ""


def test_closing_tags_quotes_and_white_space_are_left_out() -> None:
    inside = '\n<ul>\n  <li class="a">one</li>\n  <li>two  words</li>\n</ul>\n'
    page = f'<!doctype html><html lang="en"><body>{inside}</body></html>'
    assert lean(page) == b"<!doctype html><html lang=en><body><ul><li class=a>one<li>two words</ul>\n"
