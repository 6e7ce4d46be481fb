"""Beside a figure on rows or JSON stands what read the one and wrote the other, and a mark leads to each ORM."""

import re
from html import escape

from harness.model.app import JSON_ENDPOINTS, Endpoint, Libraries
from harness.model.cell import Workload
from harness.model.run import Run
from harness.report.markup import html, markdown
from harness.report.page import Page, compose
from harness.report.view.cast import Cast
from harness.report.view.caveats import caveats, orm_sentences
from tests.unit.report.part_of_a_page import sections_of, widths
from tests.unit.report.sample import Sample
from tests.unit.report.test_scaling import swept
from tests.unit.report.test_special_workloads import cell, exactly, found

RUN, FINDINGS, CLAIMS, STARTS = Sample().build()
UNSAID = RUN.model_copy(
    update={"deployments": tuple(each.model_copy(update={"libraries": Libraries()}) for each in RUN.deployments)}
)
COLUMNS = {"hello": None, "json": "Serializer", "db": "ORM, driver, serializer"}


def page_of(run: Run = RUN) -> Page:
    return compose(run, FINDINGS, CLAIMS, STARTS, [])


def table(page: str, name: str) -> str:
    found = re.search(rf'<table id="table-{name}".*?</table>', page, re.DOTALL)
    assert found, name
    return found[0]


def rows(table: str, title: str) -> list[str]:
    return [row for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL) if f">{title}" in row]


def test_each_table_on_rows_or_json_has_a_column_for_it_and_no_other_has() -> None:
    page = sections_of(page_of(), "capacity", "cpu", "overhead", "latency")
    for endpoint, head in COLUMNS.items():
        for name in (f"capacity-{endpoint}", f"cpu-{endpoint}", f"overhead-{endpoint}"):
            said = table(page, name)
            heads = re.findall(r'<th scope="col" class="words">([^<]*)</th>', said)
            assert [each for each in heads if "erializer" in each or "ORM" in each] == ([head] if head else []), name
            assert len(widths(said)) == 1, name
    for name in ("capacity-db", "cpu-db", "overhead-db"):
        django, flask = (rows(table(page, name), title) for title in ("Django", "Flask"))
        assert django, name
        assert flask, name
        assert all("Django ORM, psycopg 3, json" in row for row in django), name
        assert all("no ORM, psycopg 3, json" in row for row in flask), name
    assert "Django ORM" not in table(page, "capacity-json")
    assert "Serializer" in table(page, "latency-json-common")


def test_so_have_those_on_few_requests_and_on_as_many_as_keep_a_limit() -> None:
    """In the report, and in the text of the summary and the terminal."""
    both = [each.subject for each in RUN.deployments if each.subject.key in {"django/controlled", "flask/controlled"}]
    idle = [
        found(cell(each, Workload.IDLE, 4, endpoint), server_cpu_us_per_s=exactly(4_000.0))
        for each in both
        for endpoint in (Endpoint.JSON, Endpoint.DB)
    ]
    of_limit = [cell(each, Workload.LIMIT, 64).model_copy(update={"limit_ms": 10}) for each in both]
    limits = [found(each, limit_rps=exactly(900.0)) for each in of_limit]
    findings = FINDINGS.model_copy(update={"cells": (*FINDINGS.cells, *idle, *limits)})
    page = compose(RUN, findings, CLAIMS, STARTS, [])
    said = sections_of(page, "idle", "limit")
    (django,), (flask,) = (rows(table(said, "idle-db"), title) for title in ("Django", "Flask"))
    assert "Django ORM, psycopg 3, json" in django
    assert "no ORM, psycopg 3, json" in flask
    for name in ("idle-json", "limit-json-10"):
        assert "Serializer</th>" in table(said, name)
        assert all("json</td>" in row for row in rows(table(said, name), "Flask"))
    text = markdown(page)
    assert "## CPU time on db at 10 requests/s" in text
    assert "| ORM, driver, serializer |" in text.split("## CPU time on db at 10 requests/s")[1].split("\n## ")[0]
    assert "| Serializer |" in text.split("## Highest rate on json with a p99 under 10 ms")[1].split("\n## ")[0]


def test_so_have_those_on_connections_and_on_more_routes() -> None:
    both = [each.subject for each in RUN.deployments if each.subject.key in {"django/controlled", "flask/controlled"}]
    routes = [
        found(cell(each.model_copy(update={"extra_routes": extra}), Workload.ROUTES, 32), throughput_rps=exactly(900.0))
        for each in both
        for extra in (0, 1_000)
    ]
    routes[-1] = found(routes[-1].cell, valid=False)
    of_more = swept()
    findings = of_more.model_copy(update={"cells": (*of_more.cells, *routes)})
    page = sections_of(compose(RUN, findings, CLAIMS, STARTS, []), "scaling", "growth")
    for name, of_flask in (("scaling-json", r"json\s*</td>"), ("growth-routes", 'colspan="4"')):
        said = table(page, name)
        assert "Serializer</th>" in said, name
        assert rows(said, "Django"), name
        assert rows(said, "Flask"), name
        assert all(re.search(r"json\s*</td>", row) for row in rows(said, "Django")), name
        assert all(re.search(of_flask, row) for row in rows(said, "Flask")), name
        assert len(widths(said)) == 1, name


def test_a_mark_behind_the_name_leads_to_the_note_on_the_orm() -> None:
    summary = markdown(page_of())
    marked = {line for line in summary.splitlines() if line.startswith("|") and "\N{DOUBLE DAGGER} " in line}
    assert marked
    assert all("| Django\N{DOUBLE DAGGER} " in line for line in marked)
    (note,) = orm_sentences(RUN, Cast(RUN))
    assert note.startswith("\N{DOUBLE DAGGER} On endpoints with a database, what is measured of Django")
    assert "and Django ORM too" not in note
    assert " is Django ORM too" in note
    assert "Flask" not in note


def test_the_note_stands_in_each_view_that_has_the_mark() -> None:
    (note,) = orm_sentences(RUN, Cast(RUN))
    views = re.split(r'<div class="?view"? id="?', html(page_of()))[1:]
    marked = {view.partition(">")[0].strip('"'): view for view in views if "\N{DOUBLE DAGGER}" in view}
    assert {"capacity", "cost"} <= marked.keys()
    assert not {"verdicts", "trust"} & marked.keys(), "whether a run is to be trusted is no matter of ORMs"
    assert "Django\N{DOUBLE DAGGER}</a>" in marked["summary"].partition("</section>")[0], "in the first picture"
    for name, view in marked.items():
        assert view.count(escape(note)) == 1, name


def test_so_does_what_a_second_copy_is() -> None:
    views = re.split(r'<div class="?view"? id="?', html(page_of()))[1:]
    named = {view.partition(">")[0].strip('"'): view for view in views if "second copy</i>" in view}
    assert {"capacity", "latency", "cost"} <= named.keys()
    for name, view in named.items():
        assert view.count("A second copy is the same app once more") == 1, name
    (verdicts,) = (view for view in views if view.startswith("verdicts"))
    assert "second copy" not in verdicts


def test_a_run_from_before_it_was_recorded_has_neither_column_nor_mark() -> None:
    summary = markdown(page_of(UNSAID))
    page = sections_of(page_of(UNSAID), "capacity")
    assert "erializer" not in summary + page
    assert "\N{DOUBLE DAGGER}" not in summary + page
    assert list(orm_sentences(UNSAID, Cast(UNSAID))) == []


def with_orjson(run: Run) -> Run:
    """Everything on Flask has loaded it, whatever its manifest says."""
    return run.model_copy(
        update={
            "deployments": tuple(
                each.model_copy(update={"accelerators": ("orjson",)}) if each.subject.app == "flask" else each
                for each in run.deployments
            )
        }
    )


def test_what_else_could_have_written_the_json_is_told_where_doubts_are_and_beside_the_serializer() -> None:
    run = with_orjson(RUN)
    (told,) = [each for each in caveats(run, FINDINGS, Cast(run)) if "orjson" in each]
    assert "Flask" in told
    assert "FastAPI" not in told
    assert "json, by its manifest; orjson is loaded too" in sections_of(page_of(run), "deployments")
    for other in (RUN, with_orjson(UNSAID)):
        assert not [each for each in caveats(other, FINDINGS, Cast(other)) if "is loaded too" in each]
        assert "is loaded too" not in sections_of(page_of(other), "deployments")


def test_what_is_meant_to_be_loaded_for_something_else_is_told_in_one_short_sentence_where_json_was_measured() -> None:
    run = with_orjson(RUN)
    run = run.model_copy(
        update={"deployments": tuple(each.model_copy(update={"also_loads": ("orjson",)}) for each in run.deployments)}
    )
    (told,) = [each for each in caveats(run, FINDINGS, Cast(run)) if "orjson" in each]
    assert re.fullmatch(r"In Flask \(.*\), orjson is loaded and, by the manifest, does not write the JSON\.", told), (
        told
    )
    assert "json, by its manifest; orjson is loaded for something else" in sections_of(page_of(run), "deployments")
    no_json = FINDINGS.model_copy(
        update={"cells": tuple(each for each in FINDINGS.cells if each.cell.endpoint not in JSON_ENDPOINTS)}
    )
    assert not [each for each in caveats(run, no_json, Cast(run)) if "orjson" in each]


def test_of_what_never_answered_nothing_of_the_kind_is_said() -> None:
    """What it would have loaded is not known: its environment has more than that."""
    run = with_orjson(RUN)
    silent = FINDINGS.model_copy(
        update={"cells": tuple(each.model_copy(update={"requests": 0}) for each in FINDINGS.cells)}
    )
    assert not [each for each in caveats(run, silent, Cast(run)) if "orjson" in each]
