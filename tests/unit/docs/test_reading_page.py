"""docs/reading-a-report.md tells what each view, section and word of a report means."""

import re

import pytest

from harness.analysis.bound import BUSY_SHARE
from harness.model.validity import GateName
from harness.report.page import Page, compose
from harness.report.view.terms import BOUND_WORDS
from tests.unit.docs.pages import percent, rows_of, words_of
from tests.unit.report.sample import Sample

PAGE = "docs/reading-a-report.md"


@pytest.fixture(scope="module")
def page() -> Page:
    run, findings, claims, starts = Sample().build()
    return compose(run, findings, claims, starts, ())


def test_the_table_has_every_view_with_all_of_its_sections(page: Page) -> None:
    told = {view.strip("*"): re.findall(r"\*([^*]+)\*", sections) for view, sections in rows_of(PAGE, "| view | has")}
    assert told == {view.name: [each.heading for each in view.sections] for view in (page.summary, *page.views)}


def test_every_word_on_what_limits_a_capacity_is_explained() -> None:
    told = " ".join(word for word, _ in rows_of(PAGE, "| it says | which means |"))
    assert [each for each in BOUND_WORDS.values() if each not in told] == []
    assert f"the server used {percent(BUSY_SHARE)} of its CPU or more" in words_of(PAGE)
    assert f"had {percent(1 - BUSY_SHARE)} of it or more" in words_of(PAGE)


def test_the_common_reasons_are_names_of_gates() -> None:
    reasons = {name for name, *_ in rows_of(PAGE, "| reason | what it means |")}
    assert reasons <= {each.value for each in GateName}
