"""The same app on different interpreters, each held against the first, and what was not available."""

from harness.analysis.analyse import analyse
from harness.claims.evaluate import evaluate
from harness.claims.read import ARTICLE, read_claims
from harness.model.app import Endpoint
from harness.model.plan import NotAvailable
from harness.model.run import Run
from harness.report.numbers import reading
from harness.report.page import compose
from harness.report.view.cast import Cast, drawn_first
from harness.report.view.interpreters_beside import InterpretersView, interpreters_view
from harness.report.view.ratios import NOT_TOLD_APART, RatioBook, ShownRatio
from harness.report.view.text_tables import text_tables
from tests.unit.analysis.simulate import Noise, Simulation, subject
from tests.unit.report.part_of_a_page import sections_of
from tests.unit.results.sample import INTERPRETER, deployment

OLDER, NEWER, OTHER = subject("flask"), subject("flask@3.14"), subject("bottle")
BUILD = INTERPRETER.model_copy(update={"version": "3.14.0"})
DEPLOYED = (
    deployment(OLDER).model_copy(update={"revision": "on CPython 3.13.0", "title": "Flask"}),
    deployment(NEWER).model_copy(update={"revision": "on CPython 3.14.0", "title": "Flask", "interpreter": BUILD}),
    deployment(OTHER).model_copy(update={"revision": "on CPython 3.13.0", "title": "Bottle"}),
)
LACKING = NotAvailable(python="3.14", app="bottle", why="no wheel <b>")
TRUTH = {OLDER: 1_000.0, NEWER: 1_250.0, OTHER: 3_000.0}
RECORDED = Simulation(TRUTH, endpoints=(Endpoint.JSON,), noise=Noise(0.02, 0.005), deployments=DEPLOYED).recorded()
RUN = RECORDED.run.model_copy(
    update={
        "plan": RECORDED.run.plan.model_copy(update={"pythons": ("3.13", "3.14")}),
        "not_available": (LACKING,),
    }
)
FINDINGS = analyse(RECORDED)
BOOK = RatioBook(FINDINGS.comparisons, FINDINGS.cpu_comparisons)


def view_of(run: Run) -> InterpretersView:
    return interpreters_view(run, FINDINGS, BOOK, Cast(run))


def test_each_is_held_against_the_first_and_an_app_on_one_has_no_row() -> None:
    (group,) = view_of(RUN).endpoints
    first, second = group.rows
    assert (group.endpoint, first.label.key, second.label.key) == ("json", OLDER.key, NEWER.key)
    assert [each.interpreter for each in group.rows] == ["CPython 3.13.0", "CPython 3.14.0"]
    assert (first.first, first.over, second.first) == (True, None, False)
    ratio = BOOK.between("cpu-json", NEWER, OLDER)
    assert ratio is not None
    assert ratio.low < 0.8 < ratio.high, "who answers 1.25 times as many costs 0.8 times as much"
    assert second.over == ShownRatio(reading(ratio), tied=False)
    assert view_of(RUN).not_available == (("bottle on Python 3.14", "no wheel <b>"),)


def test_terminal_summary_and_report_have_it() -> None:
    (table,) = (each for each in text_tables(RUN, FINDINGS, (), Cast(RUN)) if "interpreters" in each.heading)
    assert table.heading == "The same app on different interpreters, json"
    assert [row["interpreter"] for row in table.rows] == ["CPython 3.13.0", "CPython 3.14.0"]
    assert table.rows[0]["times that on the first"] == "the first"
    page = compose(RUN, FINDINGS, evaluate(read_claims(ARTICLE), RECORDED, FINDINGS), (), [])
    assert any("bottle on Python 3.14 (no wheel <b>)" in each for each in page.found.caveats)
    html = sections_of(page, "interpreters")
    assert "bottle on Python 3.14: no wheel &lt;b&gt;" in html
    assert "bench run --python" not in html


def test_each_of_its_ratios_says_where_the_two_are_not_told_apart() -> None:
    """The capacity as well as the CPU time."""
    alike = tuple(each.model_copy(update={"tied": True}) for each in (*FINDINGS.comparisons, *FINDINGS.cpu_comparisons))
    of_cpu = len(FINDINGS.cpu_comparisons)
    tied = FINDINGS.model_copy(update={"comparisons": alike[:-of_cpu], "cpu_comparisons": alike[-of_cpu:]})
    (table,) = (each for each in text_tables(RUN, tied, (), Cast(RUN)) if "interpreters" in each.heading)
    ratios = ("times that on the first", "capacity, times that on the first")
    assert [table.rows[1][each].endswith(f", {NOT_TOLD_APART}") for each in ratios] == [True, True]
    html = sections_of(compose(RUN, tied, evaluate(read_claims(ARTICLE), RECORDED, FINDINGS), (), []), "interpreters")
    assert html.count(f"<small>{NOT_TOLD_APART}</small>") == len(ratios)


def test_the_picture_that_is_seen_first_has_an_app_on_all_of_its_interpreters() -> None:
    labels = [Cast(RUN).label(each) for each in (OLDER, NEWER, OTHER)]
    assert list(drawn_first(labels)) == [OLDER.key, NEWER.key, OTHER.key]


def test_a_run_on_one_interpreter_says_how_to_measure_on_several() -> None:
    usual = RECORDED.run.model_copy(update={"deployments": DEPLOYED[::2]})
    assert view_of(usual) == InterpretersView((), ())
    assert not [each for each in text_tables(usual, FINDINGS, (), Cast(usual)) if "interpreters" in each.heading]


def test_an_invalid_cell_has_no_figure_and_the_next_is_the_first() -> None:
    cells = tuple(
        each.model_copy(update={"valid": False}) if each.cell.subject == OLDER else each for each in FINDINGS.cells
    )
    broken = FINDINGS.model_copy(update={"cells": cells})
    (group,) = interpreters_view(RUN, broken, BOOK, Cast(RUN)).endpoints
    assert [(each.lack is not None, each.cpu is None, each.first) for each in group.rows] == [
        (True, True, False),
        (False, False, True),
    ]


def test_of_an_image_its_interpreter_is_told_too() -> None:
    """Its name says neither which patch that is, nor whether it is the official image."""
    deployed = [each.model_copy(update={"revision": f"on python:{number}"}) for number, each in enumerate(DEPLOYED[:2])]
    (group,) = view_of(RUN.model_copy(update={"deployments": (*deployed, DEPLOYED[2])})).endpoints
    assert [each.interpreter for each in group.rows] == ["CPython 3.13.0, python:0", "CPython 3.14.0, python:1"]


def test_what_was_built_from_source_on_one_of_them_is_to_beware_of() -> None:
    built = DEPLOYED[1].model_copy(update={"built": ("charted", "plain")})
    run = RUN.model_copy(update={"deployments": (DEPLOYED[0], built, DEPLOYED[2])})
    page = compose(run, FINDINGS, evaluate(read_claims(ARTICLE), RECORDED, FINDINGS), (), [])
    (told,) = (each for each in page.found.caveats if "from their source" in each)
    assert told.startswith("For Flask (on CPython 3.14.0, ")
    assert "charted, plain were built from their source, since the app's lock has no wheel of them for " in told
