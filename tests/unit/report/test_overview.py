import pytest

from harness.model.app import KeepAlive
from harness.model.cell import Subject, Workload
from harness.model.findings import Comparison, Estimate
from harness.report.numbers import Reading, inverse, reading
from harness.report.view.cast import Cast
from harness.report.view.overview import HeatCell, HeatRow, overview_view
from harness.report.view.ratios import RatioBook, heat_step, ratios_name
from tests.unit.report.ratio_texts import told
from tests.unit.report.sample import Sample

RUN, FINDINGS, _, _ = Sample().build()
CAST = Cast(RUN)
BOOK = RatioBook(FINDINGS.comparisons)
ALL = {ratios_name(each) for each in FINDINGS.comparisons}
VIEW = overview_view(FINDINGS, BOOK, CAST)


def row(key: str) -> HeatRow:
    return next(row for row in VIEW.rows if row.label.key == key)


def cell(key: str, column: int) -> HeatCell:
    found = row(key).cells[column]
    assert found is not None
    return found


def test_there_is_a_column_for_each_ranking_and_a_row_for_each_subject_but_the_twin() -> None:
    assert [(column.endpoint, column.what) for column in VIEW.columns] == [
        ("hello", "capacity"),
        ("json", "capacity"),
        ("db", "capacity"),
        ("json", "p50 as met, at the common rate"),
        ("json", "p99 as met, at the common rate"),
    ]
    assert {row.label.key for row in VIEW.rows} == {each.key for each in RUN.plan.subjects if not each.twin}


def test_each_number_is_the_runs_own_ratio_to_the_best_of_its_column() -> None:
    checked = 0
    for column, ranking in enumerate(FINDINGS.rankings):
        best = ranking.rows[0].subject
        for each in FINDINGS.comparisons:
            if ratios_name(each) == ratios_name(ranking) and each.a == best and not each.b.twin:
                assert cell(each.b.key, column).ratio == reading(inverse(each.ratio))
                checked += 1
        alone = len(ranking.rows) == 1  # Of two, one may be the best.
        assert cell(best.key, column).in_place_of_ratio == ("the only one" if alone else "best")
        assert cell(best.key, column).ratio is None
    assert checked >= len(FINDINGS.rankings)


def test_an_invalid_cell_is_there_and_has_no_ratio() -> None:
    invalid = cell("hostile/controlled", 2)
    assert invalid.lack
    assert invalid.lack.word == "invalid"
    assert invalid.ratio is None


def test_nothing_ranked_gives_an_empty_map() -> None:
    assert overview_view(FINDINGS.model_copy(update={"rankings": ()}), BOOK, CAST).rows == ()


@pytest.mark.parametrize(
    ("ratio", "workload", "step"),
    [
        ((0.5, 0.48, 0.52), Workload.CAPACITY, -2),
        ((2.0, 1.9, 2.1), Workload.CAPACITY, 2),
        ((2.0, 1.9, 2.1), Workload.LATENCY, -2),
        ((0.01, 0.009, 0.011), Workload.CAPACITY, -4),
        ((3.0, 0.9, 9.0), Workload.LATENCY, 0),
    ],
)
def test_a_tint_is_as_strong_for_half_as_for_twice_and_none_where_the_interval_contains_one(
    ratio: tuple[float, float, float], workload: Workload, step: int
) -> None:
    value, low, high = ratio
    assert heat_step(Estimate(value=value, low=low, high=high), workload) == step


def told_of(book: RatioBook, pair: Comparison) -> tuple[Reading, str] | None:
    """The reading and the tint that the page gets of a ratio."""
    return told(book.view(CAST, ALL), ratios_name(pair), pair.a.key, pair.b.key)


def test_what_is_tied_has_no_tint_however_sure_its_small_difference_is() -> None:
    sure = Estimate(value=1.02, low=1.01, high=1.025)
    assert heat_step(sure, Workload.CAPACITY, tied=True) == 0
    pair = next(each for each in FINDINGS.comparisons if each.a.is_original and each.b.is_original)
    tied = pair.model_copy(update={"ratio": Estimate(value=3, low=2.9, high=3.1), "tied": True})
    book = RatioBook([tied])
    assert book.tied(ratios_name(tied), tied.b, tied.a)
    assert told_of(book, tied) == (Reading("3.00", "2.90", "3.10"), "=")


@pytest.mark.parametrize(
    ("keep_alive", "told"), [(False, "Closes each connection"), ("mixed", "Closes some connections")]
)
def test_a_footnote_tells_what_makes_an_app_special_and_who_is_meant(keep_alive: KeepAlive, told: str) -> None:
    closing = RUN.model_copy(
        update={
            "deployments": tuple(
                each.model_copy(update={"keep_alive": keep_alive if each.subject.app == "flask" else True})
                for each in RUN.deployments
            )
        }
    )
    view = overview_view(FINDINGS, BOOK, Cast(closing))
    (note,) = [place for place, text in enumerate(view.notes, start=1) if text.startswith(told)]
    assert [row.label.app for row in view.rows if note in row.notes] == ["flask"]
    assert [text.split(":")[0] for text in VIEW.notes] == ["Brings its own server"]
    assert [row.label.app for row in VIEW.rows if row.notes] == ["sanic", "tornado"]


def test_ratios_are_there_in_both_directions_and_between_nothing_else() -> None:
    each = FINDINGS.comparisons[-1]
    name = ratios_name(each)
    assert BOOK.between(name, each.a, each.b) == each.ratio
    assert BOOK.between(name, each.b, each.a) == inverse(each.ratio)
    assert BOOK.between(name, each.a, each.a) is None
    assert BOOK.between("capacity-feed", each.a, each.b) is None
    step = heat_step(each.ratio, each.workload, tied=each.tied)
    tints = ["=", "="] if each.tied else [str(step), str(-step)]
    turned = each.model_copy(update={"a": each.b, "b": each.a})
    readings = reading(each.ratio), reading(inverse(each.ratio))
    assert [told_of(BOOK, pair) for pair in (each, turned)] == [*zip(readings, tints, strict=True)]
    assert told_of(BOOK, each.model_copy(update={"b": each.a})) is None


def test_the_page_gets_no_ratio_that_none_of_its_tables_has_a_place_for() -> None:
    assert set(BOOK.view(CAST, {"capacity-json", "capacity-feed"}).texts) == {"capacity-json"}


def test_baselines_stand_first_in_the_choice() -> None:
    names = dict(BOOK.view(CAST, ALL).baselines)
    assert all(key in {subject.key for subject in RUN.plan.subjects} for key in names)
    frameworks = [CAST.label(Subject(app=key.split("/")[0], variant=key.split("/")[1])).is_framework for key in names]
    assert frameworks == sorted(frameworks)
