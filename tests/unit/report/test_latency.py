"""Both latencies in the report: side by side, and said where one is not known."""

from harness.model.cell import RateRule, Workload
from harness.model.findings import CellFinding, Findings, Percentile, Ranking
from harness.model.latency_figure import Latency, LatencyFigure
from harness.model.plan import ProfileName
from harness.report.figure.spec import Shape
from harness.report.numbers import NBSP
from harness.report.view.cast import Cast
from harness.report.view.latency import LatencyGroup, latency_view
from tests.unit.report.sample import Sample

RUN, PLAIN, _, _ = Sample(profile=ProfileName.STANDARD).build()
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


def test_each_row_of_the_picture_has_both_latencies() -> None:
    plot = group_at(BOTH, "common").rankings[0].plot
    assert plot is not None
    drawn = [row for row in plot.rows if row.marks]
    assert drawn
    assert all(row.marks[-1].shape is Shape.CROSS and len(row.marks) == 2 for row in drawn)
    assert all(plot.axis.low <= mark.low and mark.high <= plot.axis.high for row in drawn for mark in row.marks)
    assert "p50 as met" in [entry.text for entry in plot.caption.legend]


def test_where_a_queue_recovers_too_slowly_only_as_met_is_shown_and_it_is_said() -> None:
    group = group_at(BOTH, "80".replace(" ", NBSP))
    assert group.quantile_names == ("p50", "p90", "p99", "p99.9")
    assert group.unknown == (f"all: {WHY}",)


def test_a_run_that_watched_no_stalls_has_one_latency_and_no_word_of_the_other() -> None:
    group = group_at(PLAIN, "common")
    assert not group.of_server
    assert group.quantile_names == ("p50", "p90", "p99", "p99.9")
    plot = group.rankings[0].plot
    assert plot is not None
    assert all(len(row.marks) <= 1 for row in plot.rows)
