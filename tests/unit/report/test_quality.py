import re

from harness.model.findings import Findings
from harness.model.host import Grade
from harness.model.host_speed import HostDependence, HostQuantity
from harness.model.run import Run
from harness.report.numbers import NBSP
from harness.report.page import compose
from harness.report.view.cast import Cast
from harness.report.view.quality import QualityRow, quality_view
from tests.unit.report.part_of_a_page import sections_of
from tests.unit.report.sample import Sample

RUN, FINDINGS, CLAIMS, STARTS = Sample().build()


def property_of(name: str, run: Run = RUN, findings: Findings = FINDINGS) -> QualityRow:
    return next(row for row in quality_view(run, findings).rows if row.name == name)


def test_a_wrong_answer_and_an_invalid_cell_are_counted_and_not_good() -> None:
    hostile = Cast(RUN).label(next(each for each in FINDINGS.cells if each.failures).cell.subject).in_sentence
    assert property_of("Answers checked").value.endswith(f" right; 12 wrong, by {hostile}; 0 failed")
    assert property_of("Answers checked").grade is Grade.POOR
    assert property_of("Cells that passed every gate").value == "51 of 52, each an app on an endpoint under one load"
    assert property_of("Cells that passed every gate").grade is Grade.POOR


def with_failures(count: int) -> Findings:
    """The sample with requests that were not answered in time, of so many deployments, and none wrong."""
    subjects = list(dict.fromkeys(each.cell.subject for each in FINDINGS.cells))[:count]
    failing = {subject: {"timeout": 3} for subject in subjects}
    cells = [each.model_copy(update={"failures": failing.pop(each.cell.subject, {})}) for each in FINDINGS.cells]
    return FINDINGS.model_copy(update={"cells": tuple(cells)})


def test_requests_that_failed_are_told_from_wrong_answers_with_whose_they_are() -> None:
    first = Cast(RUN).label(FINDINGS.cells[0].cell.subject).in_sentence
    row = property_of("Answers checked", findings=with_failures(1))
    assert row.value.endswith(f" right; 0 wrong; 3 not answered in time, by {first}")
    assert row.grade is Grade.POOR
    many = property_of("Answers checked", findings=with_failures(4)).value.replace(NBSP, " ")
    assert many.endswith("; 0 wrong; 12 not answered in time, by 4 deployments")


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


BY_CLOCK = "3 of 4 rounds, by its limit of 75 minutes (and 3 at least); --rounds 4 takes all"


def test_a_run_that_ended_by_its_limit_has_all_rounds_that_it_was_to_have_and_says_so() -> None:
    ended = RUN.model_copy(update={"stopped": BY_CLOCK})
    fewer = FINDINGS.model_copy(update={"rounds_complete": 3, "rounds_planned": 4})
    row = property_of("Rounds of fresh starts", ended, fewer)
    told = "3, of 4 at most: it ended by its limit of time, and intervals are as wide as so few make them"
    assert (row.value, row.grade) == (told, Grade.GOOD)
    assert row.limit == "as many as it came to, and at least 3"
    two = FINDINGS.model_copy(update={"rounds_complete": 2, "rounds_planned": 4})
    assert property_of("Rounds of fresh starts", ended, two).grade is Grade.POOR
    view = compose(ended, fewer, CLAIMS, STARTS, ())
    assert ("Rounds", "3, of 4 at most") in view.headline.facts


def test_a_changed_harness_is_told_by_its_short_commit() -> None:
    assert property_of("Harness that measured").value == "commit 3f2c1ab, with changes on top"
    assert property_of("Harness that measured").grade is Grade.POOR
    clean = RUN.model_copy(update={"harness_revision": "0123456789abcdef0123"})
    assert property_of("Harness that measured", clean).value == "commit 0123456789ab"
    assert property_of("Harness that measured", clean).grade is Grade.GOOD


def test_whether_the_host_treated_all_alike_is_told_as_what_was_tested_and_what_came_out() -> None:
    def of(p_value: float) -> QualityRow:
        tests = tuple(
            HostDependence(
                quantity=quantity,
                p_value=p,
                windows=1_000,
                most=FINDINGS.cells[0].cell.subject,
                most_excess=0.02,
                least=FINDINGS.cells[1].cell.subject,
                least_excess=-0.01,
            )
            for quantity, p in ((HostQuantity.STEAL, 0.31), (HostQuantity.SPEED, p_value))
        )
        return property_of(
            "Whether the host treated all apps alike",
            findings=FINDINGS.model_copy(update={"host_dependence": tests}),
        )

    good, bad = of(0.5), of(0.001)
    assert (good.grade, bad.grade) == (Grade.GOOD, Grade.POOR)
    assert good.value == (
        "Stolen CPU time was as unlike as chance makes it (p = 0.31); the speed of the server's CPU was as unlike as "
        "chance makes it (p = 0.50)"
    )
    told = "the speed of the server's CPU was more unlike from app to app than chance makes it (p = 0.001)"
    assert bad.value.endswith(told)
    assert good.limit == "no more unlike than chance makes it in 1 of 100 runs (p of at least 0.01)"


def test_no_row_says_a_symbol_or_an_answer_without_what_it_is_about() -> None:
    for row in quality_view(RUN, FINDINGS).rows:
        for text in (row.name, row.value, row.limit):
            assert not re.search(r"^p |: (yes|no)0\bp at\b", text), text


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


def test_what_a_run_is_good_for_is_said_from_its_figures_beside_its_grades() -> None:
    view = quality_view(RUN, FINDINGS)
    use = view.use.replace(NBSP, " ")
    assert "known to within ±4.7 % or better: wider gaps mostly stand, narrower ones do not" in use
    assert "p99" not in use
    page = sections_of(compose(RUN, FINDINGS, CLAIMS, STARTS, ()), "quality")
    assert view.use in page
    assert "does not make the numbers wrong" not in page


def test_figures_that_nobody_has_are_named_as_what_a_run_is_not_good_for() -> None:
    emptied = [each.model_copy(update={"rows": ()}) if each.figure else each for each in FINDINGS.rankings]
    use = quality_view(RUN, FINDINGS.model_copy(update={"rankings": tuple(emptied)})).use
    assert re.search("Not known: the .*p99", use)


def test_a_run_that_cannot_be_trusted_is_good_for_nothing() -> None:
    distrusted = FINDINGS.model_copy(update={"distrust": "copies of flask differ on hello"})
    assert quality_view(RUN, distrusted).use == ""
