from harness.model.findings import Findings
from harness.model.host import Grade
from harness.model.run import Run
from harness.report.numbers import NBSP
from harness.report.page import compose
from harness.report.view.quality import QualityRow, quality_view
from tests.unit.report.sample import Sample

RUN, FINDINGS, _, _ = Sample().build()


def property_of(name: str, run: Run = RUN, findings: Findings = FINDINGS) -> QualityRow:
    return next(row for row in quality_view(run, findings).rows if row.name == name)


def test_a_wrong_answer_and_an_invalid_cell_are_counted_and_not_good() -> None:
    assert property_of("Answers checked").value.endswith("right, 12 wrong or failed")
    assert property_of("Answers checked").grade is Grade.POOR
    assert property_of("Cells").value == "51 of 52 valid"
    assert property_of("Cells").grade is Grade.POOR


def test_what_is_as_it_should_be_is_good() -> None:
    for name in ("Sanity checks", "Rounds of fresh starts", "Comparisons that told copies of one app apart"):
        assert property_of(name).grade is Grade.GOOD, name


def test_intervals_wider_than_the_smallest_difference_that_counts_are_poor() -> None:
    assert property_of("Capacity ratios known to within").grade is Grade.POOR
    narrow = FINDINGS.model_copy(update={"median_ratio_half_width": 0.021})
    assert property_of("Capacity ratios known to within", findings=narrow).grade is Grade.GOOD


def test_the_width_of_one_ratio_is_no_median() -> None:
    assert "(median)" in property_of("Capacity ratios known to within").value
    (first, *_) = (each for each in FINDINGS.rankings if each.figure is None)
    one = FINDINGS.model_copy(update={"rankings": (first.model_copy(update={"rows": first.rows[:2]}),)})
    assert property_of("Capacity ratios known to within", findings=one).value.replace(NBSP, " ") == "±4.7 %"


def test_few_or_missing_rounds_are_poor() -> None:
    for done, planned in ((2, 2), (3, 4)):
        few = FINDINGS.model_copy(update={"rounds_complete": done, "rounds_planned": planned})
        assert property_of("Rounds of fresh starts", findings=few).grade is Grade.POOR


def test_a_changed_harness_is_told_by_its_short_commit() -> None:
    assert property_of("Harness").value == "3f2c1ab+dirty"
    assert property_of("Harness").grade is Grade.POOR
    clean = RUN.model_copy(update={"harness_revision": "0123456789abcdef0123"})
    assert property_of("Harness", clean).value == "0123456789ab"
    assert property_of("Harness", clean).grade is Grade.GOOD


def test_what_is_not_known_is_unknown_and_never_good() -> None:
    nothing = FINDINGS.model_copy(
        update={
            "cells": (),
            "sanity": (),
            "median_ratio_half_width": None,
            "copies": FINDINGS.copies.model_copy(update={"pairs": ()}),
            "rounds_complete": 0,
        }
    )
    run = RUN.model_copy(update={"ceiling": None, "checks": (), "harness_revision": None})
    view = quality_view(run, nothing)
    assert all(row.grade in {Grade.UNKNOWN, Grade.POOR} for row in view.rows)
    assert view.poor == len(view.rows)


def test_every_property_leads_to_a_section_by_its_heading() -> None:
    page = compose(*Sample().build(), ())
    headings = {section.anchor: section.heading for section in page.sections}
    assert all(headings[row.anchor] == row.where for row in quality_view(RUN, FINDINGS).rows)
