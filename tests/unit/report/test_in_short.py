"""A section that is folded says in a sentence what is in it."""

import re

from harness.model.findings import Estimate
from harness.model.plan import ProfileName
from harness.report.markup import html
from harness.report.numbers import NBSP, TIMES
from harness.report.page import compose
from harness.report.view.parts import PartsView
from tests.unit.report.part_of_a_page import sections_of
from tests.unit.report.sample import Sample
from tests.unit.report.standard_run import standard_run

PAGE = compose(*standard_run(), ())
PARTS = next(section.view for section in PAGE.sections if section.anchor == "parts")
TOLD = {section.anchor: section.told.replace(NBSP, " ") for section in PAGE.sections}


def test_a_view_opens_its_first_section_and_folds_all_others() -> None:
    text = html(compose(*Sample().build(), ()))
    for view in PAGE.views:
        part = text.partition(f'<div class="view" id="{view.anchor}"')[2].partition('<div class="view"')[0]
        folded = re.findall(r'<details class="numbers part">\s*<summary><h2 id="(.*?)-heading"', part)
        assert folded == [section.anchor for section in view.sections[1:]]


def test_what_is_folded_says_who_comes_first_or_that_it_was_not_measured() -> None:
    assert TOLD["feeds"].startswith("Subscribers held: Highest: ")
    assert TOLD["footprint"].startswith("Idle memory: Lowest: ")
    assert TOLD["growth"].startswith("Throughput kept with 1,000 other routes: Highest: ")
    assert TOLD["waiting"].startswith("Requests in flight of 512 that wait: Highest: ")
    assert TOLD["overhead"].startswith("On db, ")
    assert TOLD["servers"] == "Bottle, Django, FastAPI, Flask, Pyramid and bare WSGI."
    assert TOLD["interpreters"] == TOLD["idle"] == TOLD["limit"] == "Not measured in this run."


def test_what_a_part_costs_is_told_on_the_endpoint_that_the_report_opens_on() -> None:
    assert isinstance(PARTS, PartsView)
    (row,) = (each for each in PARTS.rows if each.endpoint == PAGE.screen.opens)
    assert row.cpu is not None
    shown = row.cpu.reading
    cost = f"Django, its ORM, {shown.value}{TIMES} ({shown.low} to {shown.high})"
    assert TOLD["parts"] == f"Server CPU per request on db: {cost}."


def test_an_overhead_that_may_be_none_is_told_so() -> None:
    run, findings, claims, starts = Sample(ProfileName.STANDARD).build()
    around = Estimate(value=3, low=-5, high=11)
    small = findings.model_copy(
        update={"overheads": tuple(each.model_copy(update={"added_us": around}) for each in findings.overheads)}
    )
    for made, said in ((small, True), (findings, False)):
        page = sections_of(compose(run, made, claims, starts, ()), "overhead")
        assert ("adds least" in page, "which may be nothing" in page) == (True, said)
