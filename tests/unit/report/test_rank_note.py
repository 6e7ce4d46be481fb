"""A rank that is lower than its row: one more than the number of those shown to be better, which is said beside it."""

from collections.abc import Sequence

import pytest

from harness.analysis.analyse import analyse
from harness.cli.show import _show_rankings
from harness.model.findings import Estimate, Findings, Ranking, RankRow
from harness.model.latency_figure import Latency, LatencyFigure
from harness.report.markup import markdown
from harness.report.numbers import NBSP
from harness.report.page import compose
from harness.report.view.capacity import capacity_view
from harness.report.view.cast import Cast
from harness.report.view.latency import latency_view
from harness.report.view.ranking import rank_note, ranking_note
from tests.unit.analysis.simulate import Simulation, subject
from tests.unit.report.part_of_a_page import sections_of
from tests.unit.report.sample import Sample

NAMES = ("a", "b", "c", "d", "e")


def worked_out(name: str, rank: int, *, above: int, better: str, others: str) -> str:
    return (
        f"Why {name} has rank {rank} and not {above + 1}: of the {above} above it, {better} shown to be better, and "
        f"{rank - 1} + 1 is {rank}; the {others} could not be told apart from it."
    )


@pytest.mark.parametrize(
    ("ranks", "told"),
    [
        ((1, 1, 1, 2), worked_out("d", 2, above=3, better="1 was", others="other 2")),
        ((1, 2, 2, 3), worked_out("d", 3, above=3, better="2 were", others="other")),
        ((1, 1, 2, 2, 3), worked_out("c", 2, above=2, better="1 was", others="other")),
        ((1, 1, 3, 4), ""),
        ((1, 2, 2, 4), ""),
        ((1, 1, 1), ""),
        ((1,), ""),
        ((), ""),
    ],
)
def test_it_is_said_where_a_row_has_more_above_it_than_are_better(ranks: tuple[int, ...], told: str) -> None:
    assert rank_note(tuple(zip(ranks, NAMES, strict=False))) == told


APPS = tuple(map(subject, ("sanic", "fastapi", "flask", "django")))
RECORDED = Simulation(dict.fromkeys(APPS, 1_000), rounds=3, latency_windows=2).recorded()
CAST = Cast(RECORDED.run)


def ranked(*ranks: int) -> Findings:
    """The findings of a run, with these ranks in each ranking."""
    found = analyse(RECORDED)

    def with_ranks(ranking: Ranking) -> Ranking:
        one = Estimate(value=1.0, low=1.0, high=1.0)
        rows = tuple(
            RankRow(rank=rank, tied=ranks.count(rank) > 1, subject=each, value=one, ratio_to_best=one)
            for rank, each in zip(ranks, APPS, strict=True)
        )
        return ranking.model_copy(update={"rows": rows})

    return found.model_copy(update={"rankings": tuple(map(with_ranks, found.rankings))})


_, TOLD = worked_out("", 2, above=3, better="1 was", others="other 2").split("  ")


@pytest.mark.parametrize(("ranks", "times"), [((1, 1, 1, 2), 1), ((1, 1, 1, 4), 0)])
def test_it_stands_beside_each_table_and_picture_that_has_such_a_rank(
    ranks: tuple[int, ...], times: int, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = ranked(*ranks)
    tables = [each.table for each in capacity_view(findings, CAST).endpoints]
    groups = latency_view(findings, CAST).groups
    assert tables
    assert groups
    for table in (*tables, *(each for group in groups for each in group.rankings)):
        assert table.note.count(TOLD) == times
        assert table.plot
        assert table.plot.caption.ranks.count(TOLD) == times
    assert all(group.ranked_by.count(TOLD) == times for group in groups)
    _show_rankings(findings, CAST)
    assert capsys.readouterr().out.count(TOLD) == times * len(findings.rankings)


@pytest.mark.parametrize(("ranks", "times"), [((1, 1, 1, 2), 1), ((1, 1, 1, 4), 0)])
def test_the_summary_has_it_below_each_ranking(ranks: tuple[int, ...], times: int) -> None:
    findings = ranked(*ranks)
    _, _, claims, _ = Sample().build()
    page = compose(RECORDED.run, findings, claims, RECORDED.starts, [])
    capacities = [each for each in findings.rankings if each.figure is None]
    groups = latency_view(findings, CAST).groups
    summary = markdown(page).replace(NBSP, " ").replace("\\", "")
    assert summary.count(TOLD) == times * (len(capacities) + len(groups))
    if times:
        table = summary.partition("## Capacity on")[2].partition("\n## ")[0].strip().splitlines()
        assert table[-1].endswith(TOLD)
        assert table[-2] == ""
        assert table[-3].startswith("| 2 |")
    assert (TOLD in sections_of(page, "capacity")) is bool(times)


@pytest.mark.parametrize("figure", [None, LatencyFigure(latency=Latency.AS_MET, quantile=0.5)])
def test_it_is_said_where_the_lower_row_has_the_better_estimate(figure: LatencyFigure | None) -> None:
    """Its interval is narrower, so more were shown to be better than it."""
    first, *_ = [each for each in ranked(1, 2, 3, 4).rankings if each.figure == figure]
    values = (9.0, 5.0, 6.0, 3.0) if figure is None else (3.0, 6.0, 5.0, 9.0)

    def noted(values: Sequence[float]) -> str:
        rows = tuple(
            row.model_copy(update={"value": Estimate(value=value, low=value, high=value)})
            for row, value in zip(first.rows, values, strict=True)
        )
        return ranking_note(first.model_copy(update={"rows": rows}), CAST)

    fastapi, flask = (CAST.label(app).in_sentence for app in APPS[1:3])
    assert noted(values) == (
        f"{fastapi} stands above {flask}, whose estimate is better: fewer were shown to be better than {fastapi}."
    )
    assert noted(sorted(values, reverse=figure is None)) == ""
    assert noted((5.0,) * 4) == ""
