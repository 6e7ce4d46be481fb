"""The same app on different servers: what each costs above the cheapest."""

import re

import pytest

from harness.model.app import Interface, KeepAlive
from harness.model.cell import Subject
from harness.model.plan import ProfileName
from harness.model.run import Run
from harness.report.numbers import NBSP, inverse, listed, reading
from harness.report.page import compose
from harness.report.view.cast import Cast
from harness.report.view.ratios import NOT_TOLD_APART, RatioBook, ShownRatio
from harness.report.view.server_costs import ServersView, servers_view
from tests.unit.report.part_of_a_page import sections_of, widths
from tests.unit.report.sample import Sample

RUN, FINDINGS, CLAIMS, STARTS = Sample(profile=ProfileName.STANDARD).build()
BOOK = RatioBook(FINDINGS.comparisons, FINDINGS.cpu_comparisons)
CONTROLLED, DEFAULT = (Subject(app="django", variant=variant) for variant in ("controlled", "default"))


def run_on(*servers: str) -> Run:
    """Django's two deployments on these servers, and every other app on one."""
    by_subject = dict(zip((CONTROLLED, DEFAULT), servers, strict=True))
    made = [
        each.model_copy(update={"server": by_subject.get(each.subject, "one"), "interface": Interface.WSGI})
        for each in RUN.deployments
    ]
    return RUN.model_copy(update={"deployments": tuple(made)})


def view_of(run: Run) -> ServersView:
    return servers_view(run, FINDINGS, BOOK, Cast(run))


def test_the_cheapest_stands_first_and_the_others_are_held_against_it() -> None:
    groups = [each for each in view_of(run_on("one", "two")).groups if each.title == "Django"]
    assert [each.endpoint for each in groups] == [each.value for each in Sample(profile=ProfileName.STANDARD).endpoints]
    for group in groups:
        first, *others = group.rows
        assert {row.server for row in group.rows} == {"one", "two"}
        assert first.above is None
        for row in others:
            made = next(
                each
                for each in FINDINGS.cpu_comparisons
                if {each.a.key, each.b.key} == {first.label.key, row.label.key}
                and each.endpoint.value == group.endpoint
            )
            ratio = made.ratio if made.a.key == row.label.key else inverse(made.ratio)
            assert row.above == ShownRatio(reading(ratio), tied=made.tied)


def test_a_run_without_an_app_on_two_servers_says_how_to_measure_one() -> None:
    assert view_of(run_on("one", "one")).groups == ()
    page = sections_of(compose(run_on("one", "one"), FINDINGS, CLAIMS, STARTS, []), "servers")
    assert "bench run --profile servers" in page
    page = sections_of(compose(run_on("one", "two"), FINDINGS, CLAIMS, STARTS, []), "servers")
    assert "Django on WSGI servers" in page
    assert "bench run --profile servers" not in page
    for endpoint, head in (("hello", ""), ("json", "Serializer"), ("db", "ORM, driver, serializer")):
        (table,) = re.findall(rf"<table(?:(?!</table>).)*? {endpoint}, with .*?</table>", page, re.DOTALL)
        assert (">Serializer<" in table, ">ORM, driver, serializer<" in table) == (head[:1] == "S", head[:1] == "O")
        assert len(widths(table)) == 1
        assert ("json</td>" in table) is bool(head)


def test_each_of_its_ratios_says_where_the_two_are_not_told_apart() -> None:
    """The capacity as well as the CPU time."""
    alike = tuple(each.model_copy(update={"tied": True}) for each in FINDINGS.cpu_comparisons)
    tied = FINDINGS.model_copy(update={"comparisons": alike, "cpu_comparisons": alike})
    run = run_on("one", "two")
    group, *_ = servers_view(run, tied, RatioBook(tied.comparisons, tied.cpu_comparisons), Cast(run)).groups
    _, row, *_ = group.rows
    assert [each.remark for each in (row.above, row.capacity) if each] == [NOT_TOLD_APART] * 2
    page = sections_of(compose(run, tied, CLAIMS, STARTS, []), "servers")
    held_against_another = sum(len(each.rows) - 1 for each in view_of(run).groups)
    assert page.count(f"<small>{NOT_TOLD_APART}</small>") == 2 * held_against_another


CLOSES_SOME = "two closes some connections, and its clients connect again. What that costs is in its figures"


@pytest.mark.parametrize(
    ("keep_alive", "reconnects", "said"),
    [
        (True, 0, ()),
        (False, None, ("two closes each connection after its answer: what opening new ones costs is in its figures.",)),
        ("mixed", 31, (f"{CLOSES_SOME}: 31 new connections in 1,000 requests, 3.1 %.",)),
        ("mixed", 0, (f"{CLOSES_SOME}; here, none had to.",)),
        ("mixed", None, (f"{CLOSES_SOME}.",)),
    ],
)
def test_of_a_server_that_closes_connections_the_new_ones_are_told(
    keep_alive: KeepAlive, reconnects: int | None, said: tuple[str, ...]
) -> None:
    run = run_on("one", "two")
    deployed = tuple(
        each.model_copy(update={"keep_alive": keep_alive if each.subject == DEFAULT else True})
        for each in run.deployments
    )
    run = run.model_copy(update={"deployments": deployed})
    cells = tuple(each.model_copy(update={"reconnects": reconnects, "requests": 1_000}) for each in FINDINGS.cells)
    findings = FINDINGS.model_copy(update={"cells": cells})
    group, *_ = servers_view(run, findings, BOOK, Cast(run)).groups
    assert tuple(each.replace(NBSP, " ") for each in group.closing) == said
    page = sections_of(compose(run, findings, CLAIMS, STARTS, []), "servers")
    assert all(each in page for each in group.closing)


def test_a_server_is_said_to_cost_least_only_where_the_others_are_told_apart_from_it() -> None:
    run, told = run_on("one", "two"), []
    for tied in (True, False):
        pairs = tuple(each.model_copy(update={"tied": tied}) for each in FINDINGS.cpu_comparisons)
        findings = FINDINGS.model_copy(update={"cpu_comparisons": pairs})
        group, *_ = servers_view(run, findings, RatioBook.of(findings), Cast(run)).groups
        told.append(group.told.replace(NBSP, " "))
    first, *others = (row.server for row in group.rows)
    assert "costs least" not in told[0]
    assert told[0].endswith(f"a request, and is not told apart from {listed(others)}.")
    assert told[1].startswith(f"{first} costs least: ")
