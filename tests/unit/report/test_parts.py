"""What a part of an app costs: the app with it over the same app without it, on the same server."""

import pytest

from harness.model.app import Endpoint
from harness.model.cell import Subject
from harness.model.plan import ProfileName
from harness.model.run import Run
from harness.report.numbers import reading
from harness.report.page import compose
from harness.report.view.cast import Cast
from harness.report.view.parts import PartsView, _usual, parts_view
from harness.report.view.ratios import RatioBook, ShownRatio
from tests.unit.report.part_of_a_page import sections_of
from tests.unit.report.sample import Sample

RUN, FINDINGS, CLAIMS, STARTS = Sample(profile=ProfileName.STANDARD).build()
BOOK = RatioBook(FINDINGS.comparisons, FINDINGS.cpu_comparisons)
WITH, WITHOUT = (Subject(app="django", variant=variant) for variant in ("controlled", "default"))


def run_with_a_part() -> Run:
    made = [
        each.model_copy(update={"without": "its ORM"}) if each.subject == WITHOUT else each for each in RUN.deployments
    ]
    return RUN.model_copy(update={"deployments": tuple(made)})


def view_of(run: Run) -> PartsView:
    return parts_view(run, FINDINGS, BOOK, Cast(run))


def test_the_ratio_is_of_the_app_with_the_part_over_the_app_without_it() -> None:
    rows = view_of(run_with_a_part()).rows
    assert [row.endpoint for row in rows] == [each.value for each in Sample(profile=ProfileName.STANDARD).endpoints]
    assert {(row.part, row.with_it.key, row.without_it.key) for row in rows} == {
        ("Django, its ORM", "django/controlled", "django/default")
    }
    made = next(
        each for each in FINDINGS.cpu_comparisons if (each.a, each.b, each.endpoint) == (WITH, WITHOUT, Endpoint.DB)
    )
    assert next(row.cpu for row in rows if row.endpoint == "db") == ShownRatio(reading(made.ratio), tied=made.tied)


def test_of_an_app_that_has_a_part_more_the_ratio_is_of_that_over_the_usual_one() -> None:
    made = [each.model_copy(update={"adds": "an ORM"}) if each.subject == WITHOUT else each for each in RUN.deployments]
    rows = view_of(RUN.model_copy(update={"deployments": tuple(made)})).rows
    assert {(row.part, row.with_it.key, row.without_it.key) for row in rows} == {
        ("Django, an ORM", "django/default", "django/controlled")
    }
    (usual,) = (row.cpu for row in view_of(run_with_a_part()).rows if row.endpoint == "db")
    (turned,) = (row.cpu for row in rows if row.endpoint == "db")
    assert usual
    assert turned
    assert float(turned.reading.value) == pytest.approx(1 / float(usual.reading.value), rel=0.02)


def test_it_is_held_against_whatever_counts_as_controlled() -> None:
    part, whole, other = (
        RUN.deployments[0].model_copy(update={"subject": Subject(app="django", variant=variant), "also": also})
        for variant, also in (("sql", ()), ("default", ("controlled",)), ("granian", ()))
    )
    run = RUN.model_copy(update={"deployments": (part, other, whole)})
    assert _usual(part, run) == whole
    assert _usual(part, run.model_copy(update={"deployments": (part, other)})) is None


def test_a_run_that_measured_no_part_says_how_to_measure_one() -> None:
    assert view_of(RUN).rows == ()
    page = sections_of(compose(RUN, FINDINGS, CLAIMS, STARTS, []), "parts")
    assert "--app flask/controlled --app flask/sqlalchemy" in " ".join(page.split())
    assert "bench run --app django/controlled --app django/sql" in " ".join(page.split())
    page = sections_of(compose(run_with_a_part(), FINDINGS, CLAIMS, STARTS, []), "parts")
    assert "Django, its ORM" in page
    assert "django/sql" not in page
