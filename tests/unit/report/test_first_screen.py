"""What a reader sees first says what the sections behind it say, and opens where work is."""

from dataclasses import replace

import pytest

from harness.model.app import Endpoint
from harness.model.findings import Findings
from harness.model.plan import ProfileName
from harness.model.verdict import ClaimFindings, Verdict
from harness.report.page import Page, compose
from harness.report.screen.pictures import Picture
from harness.report.view import cast
from harness.report.view.capacity import CapacityView
from tests.unit.report.part_of_a_page import sections_of
from tests.unit.report.sample import HOSTILE_TITLE, Sample

RUN, FINDINGS, CLAIMS, STARTS = Sample().build()


def composed(findings: Findings = FINDINGS, claims: ClaimFindings = CLAIMS, own: ClaimFindings | None = None) -> Page:
    return compose(RUN, findings, claims, STARTS, (), own_claims=own)


PAGE = composed()


def section[Shown](kind: type[Shown], page: Page = PAGE) -> Shown:
    return next(each.view for each in page.sections if isinstance(each.view, kind))


def pictures(endpoint: Endpoint, page: Page = PAGE) -> dict[str, Picture]:
    (found,) = [each for each in page.screen.endpoints if each.endpoint == endpoint.value]
    return {picture.quantity: picture for picture in found.pictures}


def test_it_opens_on_the_endpoint_that_is_nearest_to_work() -> None:
    assert PAGE.screen.opens == "db"
    without = [each for each in FINDINGS.cells if each.cell.endpoint is not Endpoint.DB]
    assert composed(FINDINGS.model_copy(update={"cells": tuple(without)})).screen.opens == "json"


def test_its_rows_are_all_frameworks_in_the_order_and_with_the_ranks_of_the_section() -> None:
    plot = pictures(Endpoint.DB)["capacity"].plot
    assert plot is not None
    (ranked,) = [each for each in section(CapacityView).endpoints if each.endpoint == "db"]
    expected = [row for row in ranked.table.rows if row.label.is_framework]
    assert HOSTILE_TITLE in [row.label.title for row in expected], "one that no claim is about"
    assert [(row.title, row.rank, row.value, row.tie_group) for row in plot.rows] == [
        (row.label.marked, row.rank, row.value.value if row.value else "", row.tie_group) for row in expected
    ]
    assert all(row.href == f"#app-{row.key.partition('/')[0]}" for row in plot.rows)


def test_of_many_deployments_the_usual_one_of_each_app_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cast, "_MOST_ROWS", 10)
    run, findings, claims, starts = Sample(profile=ProfileName.STANDARD, with_hostile=False).build()
    picture = pictures(Endpoint.DB, compose(run, findings, claims, starts, ()))["capacity"]
    assert picture.plot is not None
    assert sorted(row.key for row in picture.plot.rows) == sorted(
        f"{app}/default" for app in ("django", "flask", "bottle", "pyramid", "fastapi", "sanic", "tornado")
    )
    assert "stands in the table" in picture.text


def test_what_was_not_measured_is_said_in_the_place_of_its_picture() -> None:
    latency = pictures(Endpoint.HELLO)["latency"]
    assert latency.plot is None
    assert "not measured on hello in this run; it was on json" in latency.text
    page = sections_of(PAGE)
    assert f"<p><strong>{latency.text}</strong> " in page, "small print below a heading is taken for an empty panel"
    assert "All numbers" not in page.partition(latency.text)[2].partition("</div>")[0]


def test_the_verdicts_are_counted_as_they_stand_in_their_section() -> None:
    (file,) = PAGE.screen.claims.files
    found = [each.verdict for each in CLAIMS.claims]
    assert dict(file.counts) == {verdict.value: found.count(verdict) for verdict in Verdict if verdict in found}
    own = composed(own=CLAIMS)
    assert next(group.anchor for file in own.screen.claims.files for group in file.groups) == "own-claims-supported"


def test_the_first_doubt_is_the_gravest_and_a_run_that_cannot_be_trusted_says_so_before_all() -> None:
    assert "Answers checked" in PAGE.screen.trust.doubt
    assert PAGE.screen.trust.href == "#validity"
    why = "copies of flask differ on hello"
    copies = FINDINGS.copies.model_copy(update={"distrust": why})
    distrusted = FINDINGS.model_copy(update={"copies": copies, "distrust": why})
    trust = composed(distrusted).screen.trust
    assert (trust.grade, trust.kind, trust.href) == ("not to be trusted", "unfit", "#copies")
    assert "copies of flask differ" in trust.doubt
    not_whole = FINDINGS.model_copy(update={"distrust": "the lines of 3 windows were taken out of windows.jsonl"})
    trust = composed(not_whole).screen.trust
    assert (trust.grade, trust.kind, trust.href) == ("not to be trusted", "unfit", "#beware")
    assert trust.doubt == not_whole.distrust


def test_every_section_stands_in_one_view() -> None:
    placed = [section.anchor for view in (PAGE.summary, *PAGE.views) for section in view.sections]
    assert sorted(placed) == sorted(section.anchor for section in PAGE.sections)


def test_of_many_deployments_the_usual_one_stands_for_its_app_and_not_the_best() -> None:
    """As in a run of profile `servers`, whose order is that of the ranks."""
    like = cast.Cast(RUN).label(RUN.plan.subjects[0])
    labels = [
        replace(like, key=f"{app}/{variant}", variant=variant, also=("controlled",) if variant == "plain" else ())
        for app, variants in (("flask", ("granian", "uwsgi", "controlled", "default")), ("sanic", ("granian", "plain")))
        for variant in (*variants, *(f"other-{place}" for place in range(6)))
    ]
    assert list(cast.drawn_first(labels)) == ["flask/default", "sanic/plain"]
    assert list(cast.drawn_first([each for each in labels if each.variant != "default"] + labels[-1:])) == [
        "flask/controlled",
        "sanic/plain",
    ]


def test_it_says_what_the_run_is_good_for_what_variants_are_and_what_a_mark_means() -> None:
    assert PAGE.screen.trust.use
    assert PAGE.screen.trust.use in sections_of(PAGE)
    page = sections_of(PAGE)
    assert PAGE.screen.marks == (
        f"{cast.ORM_MARK}: rows pass through an ORM. controlled: one server per interface. default: as documented."
    )
    assert PAGE.screen.marks in page.partition('<div class="told">')[0]
