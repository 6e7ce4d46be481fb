"""Both latencies in the report: side by side, and said where one is not known."""

import re

import pytest

from harness.model.cell import RateRule, Workload
from harness.model.findings import CellFinding, Findings, Percentile, Ranking
from harness.model.latency_figure import Latency, LatencyFigure
from harness.model.plan import ProfileName
from harness.report.figure.spec import Lane, Shape
from harness.report.markup import html, markdown
from harness.report.numbers import NBSP, NOTHING
from harness.report.page import compose
from harness.report.view.cast import Cast
from harness.report.view.latency import LatencyGroup, common_rate, latency_view
from harness.report.view.ranking import rank_text
from tests.unit.docs.pages import words_of
from tests.unit.report.part_of_a_page import sections_of
from tests.unit.report.sample import Sample

RUN, PLAIN, CLAIMS, STARTS = Sample(profile=ProfileName.STANDARD).build()
CAST = Cast(RUN)
WHY = "at 80% of its capacity, a queue recovers too slowly from a stall"


def with_stalls_taken_out(findings: Findings) -> Findings:
    """Of the server, everything takes two thirds as long; at 80 % it is not known."""

    def cell(each: CellFinding) -> CellFinding:
        if each.cell.workload is not Workload.LATENCY or not each.valid:
            return each
        if each.cell.rate is RateRule.HIGH:
            return each.model_copy(update={"of_server_unknown": WHY})
        return each.model_copy(update={"percentiles_of_server": tuple(map(shorter, each.percentiles[:3]))})

    def shorter(each: Percentile) -> Percentile:
        us = {name: value / 1.5 for name, value in each.us.model_dump(include={"value", "low", "high"}).items()}
        return each.model_copy(update={"us": each.us.model_copy(update=us)})

    def of_server(each: Ranking) -> Ranking:
        assert each.figure
        figure = LatencyFigure(latency=Latency.OF_SERVER, quantile=each.figure.quantile)
        return each.model_copy(update={"figure": figure, "unit": f"{figure.name}, us"})

    latency = [each for each in findings.rankings if each.figure]
    return findings.model_copy(
        update={
            "cells": tuple(map(cell, findings.cells)),
            "rankings": (*findings.rankings, *map(of_server, latency)),
        }
    )


BOTH = with_stalls_taken_out(PLAIN)


def group_at(findings: Findings, words: str) -> LatencyGroup:
    return next(each for each in latency_view(findings, CAST).groups if words in each.rate)


def test_p50_and_p99_of_the_server_come_first_and_as_met_beside_them() -> None:
    group = group_at(BOTH, "common")
    assert group.quantile_names[:3] == ("p50 of the server", "p99 of the server", "p50 as met")
    titles = [ranking.plot.caption.title for ranking in group.rankings if ranking.plot]
    assert [title.split(" on ")[0] for title in titles] == ["Latency: p50 of the server", "Latency: p99 of the server"]
    first = group.percentiles[0].percentiles
    assert first[0]
    assert first[2]
    assert float(first[0].value) < float(first[2].value)


def test_latency_begins_with_one_picture_of_p50_and_p99_of_the_server_and_as_met() -> None:
    """With an interval each, on lines of their own; the table below has the same numbers."""
    group = group_at(BOTH, "common")
    plot = group.both
    assert plot is not None
    drawn = [row for row in plot.rows if row.marks]
    assert len(drawn) == sum(not row.lack for row in group.percentiles if not row.label.special)
    for row in drawn:
        assert [(mark.shape, mark.lane) for mark in row.marks] == [
            (Shape.DOT, Lane.UPPER),
            (Shape.DIAMOND, Lane.UPPER),
            (Shape.RING, Lane.LOWER),
            (Shape.CROSS, Lane.LOWER),
        ]
        assert all(plot.axis.low <= mark.low < mark.value < mark.high <= plot.axis.high for mark in row.marks)
        p50, p99, p50_as_met, p99_as_met = (mark.value for mark in row.marks)
        assert p50 < p99
        assert p50_as_met == pytest.approx(1.5 * p50)
        assert p99_as_met == pytest.approx(1.5 * p99)
    told = [entry.text for entry in plot.caption.legend]
    assert told[:4] == ["p50 of the server", "p99 of the server", "p50 as met", "p99 as met"]
    first = group.percentiles[0].percentiles
    assert first[0]
    assert first[1]
    assert plot.rows[0].value == f"{first[0].value}{NBSP}·{NBSP}{first[1].value}{NBSP}ms"


def test_before_the_table_stands_how_many_requests_were_clear_of_stalls() -> None:
    """In a paragraph: on a narrow page there is no picture, and no caption of one."""
    cells = tuple(
        each.model_copy(update={"clear_share": 0.30 + 0.05 * (place % 3)}) for place, each in enumerate(BOTH.cells)
    )
    found = BOTH.model_copy(update={"cells": cells})
    told = f"30{NBSP}% to 40{NBSP}% of the requests arrived clear of the host's stalls: "
    assert told in group_at(found, "common").about
    page = compose(RUN, found, CLAIMS, STARTS, ())
    paragraphs = [each.partition("</p>")[0] for each in html(page).split("<p>")[1:]]
    assert any(told.partition("'")[0] in each for each in paragraphs)
    assert told.replace(NBSP, " ") in markdown(page)
    assert group_at(PLAIN, "common").clear == ""
    longer = "may still stand in a queue, and be longer than as met"
    assert longer not in group_at(found, "common").about
    first = next(each for each in cells if each.percentiles_of_server and each.cell.rate is RateRule.COMMON)
    queued = tuple(
        each.model_copy(update={"us": each.us.model_copy(update={"value": 100 * each.us.value})})
        for each in first.percentiles_of_server
    )
    with_queue = first.model_copy(update={"percentiles_of_server": queued})
    shown = found.model_copy(update={"cells": tuple(with_queue if each is first else each for each in cells)})
    assert longer in group_at(shown, "common").about


def test_an_app_whose_server_s_latency_is_unknown_has_the_lower_line_only() -> None:
    unknown = next(each for each in BOTH.cells if each.percentiles_of_server and each.cell.rate is RateRule.COMMON)
    cells = tuple(
        each.model_copy(update={"percentiles_of_server": ()}) if each == unknown else each for each in BOTH.cells
    )
    plot = group_at(BOTH.model_copy(update={"cells": cells}), "common").both
    assert plot is not None
    lanes = [{mark.lane for mark in row.marks} for row in plot.rows if row.marks]
    assert [row.value for row in plot.rows if {mark.lane for mark in row.marks} == {Lane.LOWER}] == [NOTHING]
    assert lanes.count({Lane.LOWER}) == 1
    assert lanes.count({Lane.UPPER, Lane.LOWER}) == len(lanes) - 1


def test_where_a_queue_recovers_too_slowly_only_as_met_is_shown_and_it_is_said() -> None:
    group = group_at(BOTH, "80".replace(" ", NBSP))
    assert group.quantile_names == ("p50", "p90", "p99", "p99.9")
    (unknown,) = group.unknown
    told = re.fullmatch(r"all: at ([\d %]+?) of its capacity, (.*)", unknown.replace(NBSP, " "))
    assert told, unknown
    assert told[2] == WHY.partition(", ")[2]
    loads = {int(row.load.partition(NBSP)[0]) for row in group.percentiles if not row.lack and row.load != NOTHING}
    assert told[1] == f"{min(loads)} %" != "80 %", "as the rows have it, and not as it was judged"
    section = markdown(compose(RUN, BOTH, CLAIMS, STARTS, ())).split(f"## Latency on {group.endpoint} {group.rate}", 1)[
        1
    ]
    assert section.split("\n")[2].replace(NBSP, " ") == (
        f"No latency of the server is known of {unknown.replace(NBSP, ' ')}. What is shown is as it was met."
    )


def test_a_run_that_watched_no_stalls_has_one_latency_and_no_word_of_the_other() -> None:
    group = group_at(PLAIN, "common")
    assert not group.of_server
    assert group.quantile_names == ("p50", "p90", "p99", "p99.9")
    plot = group.rankings[0].plot
    assert plot is not None
    assert all(len(row.marks) <= 1 for row in plot.rows)
    assert group.both is not None
    assert {mark.lane for row in group.both.rows for mark in row.marks} == {Lane.MIDDLE}
    assert "stall" not in group.both.caption.text


def without_p99(findings: Findings, of: int) -> Findings:
    """Of so many of the ranked, too few requests were answered to tell a p99; of the last ones, and of all by -1."""

    def lacking(each: Ranking) -> Ranking:
        if each.figure is None or each.figure.quantile < P99:
            return each
        return each.model_copy(update={"rows": each.rows[: len(each.rows) - of] if of >= 0 else ()})

    return findings.model_copy(update={"rankings": tuple(map(lacking, findings.rankings))})


P99 = 0.99
LAST = next(each for each in PLAIN.rankings if each.figure and each.figure.quantile == P99).rows[-1].subject
BY_WHAT = {
    "p99 of all": (PLAIN, 0, "Ranks go by p99 as met."),
    "p99 of all but one": (
        PLAIN,
        1,
        f"Ranks go by p50 as met: too few requests were answered to tell p99 of {CAST.label(LAST).in_sentence} (a p99 ",
    ),
    "p99 of nobody": (PLAIN, -1, "Ranks go by p50 as met: too few requests were answered to tell p99 of anybody (a "),
    "of the server": (
        BOTH,
        -1,
        "Ranks go by p50 of the server: too few requests were answered to tell p99 of anybody (a p99 takes ",
    ),
}


@pytest.mark.parametrize(("findings", "lacking", "told"), BY_WHAT.values(), ids=BY_WHAT)
def test_everybody_has_a_rank_by_what_is_known_of_everybody_and_it_is_said_by_what(
    findings: Findings, lacking: int, told: str
) -> None:
    found = without_p99(findings, lacking)
    group = group_at(found, "common")
    assert group.ranked_by.startswith(told)
    by = "p99" if not lacking else "p50"
    ranking = next(each for each in found.latency_rankings() if each.figure and each.figure.percentile == by)
    ranks = {row.subject.key: rank_text(row) for row in ranking.rows}
    valid = [row for row in group.percentiles if row.label.key in ranks]
    assert {row.label.key: row.rank for row in valid} == ranks
    assert [row.label.key for row in valid] == list(ranks), "in the order of their ranks"


def test_the_report_its_first_screen_and_the_summary_rank_by_the_same_and_say_so() -> None:
    run, findings, claims, starts = Sample().build()
    found = without_p99(findings, 1)
    (group,) = latency_view(found, Cast(run)).groups
    page = compose(run, found, claims, starts, ())
    lines = markdown(page).split(f"## Latency on {group.endpoint} {group.rate}", 1)[1].splitlines()
    assert lines[2] == group.ranked_by
    ranks = [row.rank for row in group.percentiles if row.rank != NOTHING]
    assert [line.split("|")[1].strip() for line in lines if line.startswith("| ")][1 : len(ranks) + 1] == ranks
    first = group.percentiles[0].label.key
    lacking = tuple(
        each.model_copy(update={"percentiles": each.percentiles[:1]}) if each.cell.subject.key == first else each
        for each in findings.cells
    )
    page_with_a_dash = compose(run, findings.model_copy(update={"cells": lacking}), claims, starts, ())
    for told, dashes in ((page, False), (page_with_a_dash, True)):
        assert ("A dash stands where a percentile can't be told." in markdown(told)) is dashes
    picture = next(
        each for shown in page.screen.endpoints for each in shown.pictures if each.href == f"#{group.slug}-heading"
    )
    assert picture.title.startswith("P50 ")
    assert picture.plot
    assert "Ranks go by p50 as met: too few requests" in html(page)


@pytest.mark.parametrize(("rate", "why"), [("common", ""), ("half", " (a p99 takes ")])
def test_a_percentile_that_nobody_has_takes_no_column_and_a_sentence_says_why(rate: str, why: str) -> None:
    few = tuple(
        each.model_copy(update={"percentiles": each.percentiles[:2]})
        if isinstance(each, CellFinding) and each.cell.workload is Workload.LATENCY
        else each
        for each in PLAIN.cells
    )
    group = group_at(PLAIN.model_copy(update={"cells": few}), rate)
    assert group.quantile_names == ("p50", "p90")
    assert {len(row.percentiles) for row in group.percentiles} == {2}
    assert group.untold.startswith(f"Too few requests were answered to tell anybody's p99 and p99.9{why or '.'}")
    assert group_at(PLAIN, rate).untold == ""
    if rate == "common":  # Where the ranks say already that the p99 is not known, only the other is named.
        said = group_at(without_p99(PLAIN.model_copy(update={"cells": few}), -1), rate)
        assert "tell p99 of anybody" in said.ranked_by
        assert said.untold == "Too few requests were answered to tell anybody's p99.9."


@pytest.mark.parametrize(("rps", "told"), [(70.0, "70"), (100.0, "100"), (0.5, "0.500"), (70.25, "70.2")])
def test_a_rate_that_was_decided_is_told_as_it_was(rps: float, told: str) -> None:
    cells = [each for each in PLAIN.cells if each.cell.rate is RateRule.COMMON]
    assert common_rate([each.model_copy(update={"offered_rps": rps}) for each in cells]) == f"{told}{NBSP}requests/s"


def test_the_p99_of_service_times_and_lags_takes_no_column_where_it_is_told_of_nobody() -> None:
    group = group_at(PLAIN, "common")
    assert group.part_names == ("Service time p99", "Schedule lag p99")
    none = {"service_time_p99_us": None, "schedule_lag_p99_us": None}
    few = {"percentiles": (), **none}
    cells = tuple(each.model_copy(update=few) if each.percentiles else each for each in PLAIN.cells)
    lacking = group_at(PLAIN.model_copy(update={"cells": cells}), "common")
    assert lacking.part_names == ()
    one = next(each for each in PLAIN.cells if each.cell.rate is RateRule.COMMON and each.valid)
    cells = tuple(each.model_copy(update=none) if each == one else each for each in PLAIN.cells)
    dashed = group_at(PLAIN.model_copy(update={"cells": cells}), "common")
    assert dashed.part_names == group.part_names
    assert [row.parts for row in dashed.percentiles if not row.lack].count((NOTHING, NOTHING)) == 1


def test_page_and_docs_say_alike_which_percentiles_are_stated_at_the_host_s_mean_speed() -> None:
    """Both said of latencies as met that they are with whatever the host did to them: p50, p90 and p99 are not."""
    page = " ".join(sections_of(compose(RUN, BOTH, CLAIMS, STARTS, ()), "latency").split())
    docs = words_of("docs/reading-a-report.md")
    for text in (page, docs):
        assert "whatever the host" not in text
        assert "p50, p90 and p99, as met too, are stated at the mean speed and steal that the host had" in text
        assert "the curves and the slowest request are as they were" in text
