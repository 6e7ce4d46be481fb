"""The comparison that stands in a claim's row is the one that decides it."""

import re
from dataclasses import replace

import pytest

from harness.claims.verdict_sentences import claim_sentence
from harness.model.app import Endpoint
from harness.model.claim import Metric
from harness.model.claim_values import Combination
from harness.model.findings import Estimate
from harness.model.verdict import ClaimFinding, Evidence, Verdict
from harness.report.numbers import TIMES
from harness.report.page import compose
from harness.report.view.claims import claims_view
from harness.report.view.deciding import deciding
from tests.unit.report.part_of_a_page import sections_of, widths
from tests.unit.report.sample import Sample

LIKE = Sample().build()[2].claims[0]


def evidence(value: float, verdict: Verdict, *, wants_more: bool = True) -> Evidence:
    return Evidence(
        form="ratio",
        subject="fastapi",
        others=("flask",),
        subject_title="FastAPI",
        other_title="Flask",
        deployment=None,
        metric=Metric.THROUGHPUT,
        endpoint=Endpoint.DB,
        value=Estimate(value=value, low=value * 0.9, high=value * 1.1),
        low_margin=1.5,
        high_margin=1.5,
        wants_more=wants_more,
        verdict=verdict,
    )


def claim(verdict: Verdict, *found: Evidence, combine: Combination = Combination.ALL) -> ClaimFinding:
    of = LIKE.claim.model_copy(update={"combine": combine})
    return LIKE.model_copy(update={"claim": of, "verdict": verdict, "evidence": found})


SUPPORTED, REFUTED = Verdict.SUPPORTED, Verdict.REFUTED


@pytest.mark.parametrize(
    ("found", "value"),
    [
        (claim(SUPPORTED, evidence(2, SUPPORTED), evidence(3, SUPPORTED)), "2.00"),
        (claim(SUPPORTED, evidence(2, SUPPORTED), evidence(3, SUPPORTED), combine=Combination.ANY), "3.00"),
        (claim(REFUTED, evidence(3, SUPPORTED), evidence(1.2, REFUTED), evidence(1, REFUTED)), "1.00"),
        (claim(Verdict.INCONCLUSIVE, evidence(1.45, Verdict.INCONCLUSIVE), evidence(3, SUPPORTED)), "1.45"),
    ],
)
def test_the_row_has_the_comparison_that_the_sentence_names(found: ClaimFinding, value: str) -> None:
    decided = deciding(found)
    assert decided is not None
    assert decided.value.startswith(f"{value}{TIMES} (")
    assert decided.claimed.endswith(f"1.50{TIMES}")
    assert decided.what == "FastAPI over Flask: throughput, db"
    assert f"FastAPI has {value} (" in claim_sentence(found.claim, found.verdict, found.evidence, ())


@pytest.mark.parametrize(
    ("changes", "who"),
    [
        ({}, "FastAPI over Bottle, controlled, db"),
        ({"other_title": "Bottle (default, gunicorn sync)"}, "FastAPI controlled over Bottle default, db"),
        ({"others": ("bottle", "flask")}, "FastAPI over the median of 2, controlled, db"),
        ({"endpoint": None}, "FastAPI over Bottle, controlled, throughput"),
        ({"form": "kept", "other_title": "with 9 routes in place of 0"}, "FastAPI, controlled, with 9 routes"),
        ({"form": "bound"}, "FastAPI, controlled, db"),
    ],
)
def test_a_row_names_in_short_whom_its_figure_is_of(changes: dict[str, object], who: str) -> None:
    titles = {"subject_title": "FastAPI (controlled, uvicorn)", "other_title": "Bottle (controlled, gunicorn gthread)"}
    decided = deciding(claim(REFUTED, evidence(1, REFUTED).model_copy(update={**titles, **changes})))
    assert decided is not None
    assert decided.who == who
    run, findings, claims, starts = Sample().build()
    held = claims.model_copy(
        update={"claims": (claim(REFUTED, evidence(1, REFUTED).model_copy(update={**titles, **changes})),)}
    )
    row = sections_of(compose(run, findings, held, starts, ()), "claims").partition('<span class="verdict')[2]
    assert f"<small>{who}; claimed: " in row.partition("</summary>")[0]


OPEN = Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("found", "value", "lead"),
    [
        ((evidence(2, SUPPORTED), evidence(1.4, REFUTED), evidence(1.49, OPEN)), "1.40", "What speaks most against it"),
        ((evidence(1.51, OPEN), evidence(1.1, OPEN)), "1.10", "What speaks most against it"),
        ((evidence(1.51, OPEN), evidence(2, SUPPORTED)), "1.51", "The one comparison that is undecided"),
    ],
)
def test_the_row_of_an_open_claim_has_what_holds_it_open(found: tuple[Evidence, ...], value: str, lead: str) -> None:
    """Not what lies nearest to its margin, such as one beyond it of which more rounds support it."""
    of = claim(OPEN, *found)
    decided = deciding(of)
    assert decided is not None
    assert decided.value.startswith(value)
    assert claim_sentence(of.claim, OPEN, found, ()).startswith(f"{lead}: FastAPI has {value} ")


def test_what_no_round_can_decide_is_told_beside_what_rounds_can() -> None:
    excused = evidence(0.5, OPEN).model_copy(update={"reason": "its CPU was full", "subject_title": "Tornado"})
    of = claim(OPEN, excused, evidence(1.45, OPEN), evidence(1.6, OPEN))
    said = claim_sentence(of.claim, OPEN, of.evidence, ())
    assert said.startswith("What speaks most against it: FastAPI has 1.45 ")
    assert said.endswith("More rounds can refute it, not support it. Open in any case: Tornado (its CPU was full).")


def test_of_a_count_the_row_says_how_many_hold() -> None:
    counted = claim(SUPPORTED, evidence(2, SUPPORTED), evidence(1, REFUTED), combine=Combination.COUNT)
    found = counted.model_copy(update={"claim": counted.claim.model_copy(update={"count": 1})})
    decided = deciding(found)
    assert decided is not None
    assert (decided.value, decided.claimed, decided.small) == ("1 of 2 hold", "at least 1", None)


def test_what_was_none_in_any_round_has_words_and_no_place_on_the_axis() -> None:
    none = evidence(2, REFUTED).model_copy(update={"value": Estimate(value=0, low=0, high=0)})
    decided = deciding(claim(REFUTED, none))
    assert decided is not None
    assert decided.small is None
    assert "none in any round" in decided.value


def test_the_shaded_side_is_where_the_whole_interval_has_to_lie() -> None:
    more, less = (
        deciding(claim(SUPPORTED, evidence(2, SUPPORTED, wants_more=wants_more))) for wants_more in (True, False)
    )
    assert more is not None
    assert less is not None
    assert more.small is not None
    assert less.small is not None
    assert more.small.margin == (pytest.approx(1.5), more.small.axis.high)
    assert less.small.margin == (less.small.axis.low, pytest.approx(1.5))
    assert more.small.axis.share(1.5) == pytest.approx(0.5)
    tied = evidence(1.6, SUPPORTED).model_copy(update={"low_margin": 1.5 / 1.03, "high_margin": 1.5 * 1.03})
    beyond = deciding(claim(SUPPORTED, tied))
    assert beyond is not None
    assert beyond.small is not None
    assert beyond.small.margin == (pytest.approx(1.5 * 1.03), beyond.small.axis.high), "what is tied holds nothing"


def test_of_a_count_that_is_open_the_row_says_how_many_are() -> None:
    """'1 of 3 hold' by itself is read as a refutation."""
    parts = (evidence(2, SUPPORTED), evidence(1, REFUTED), evidence(1.5, Verdict.INCONCLUSIVE))
    found = claim(Verdict.INCONCLUSIVE, *parts, combine=Combination.COUNT)
    found = found.model_copy(update={"claim": found.claim.model_copy(update={"count": 2})})
    decided = deciding(found)
    assert decided is not None
    assert (decided.value, decided.claimed) == ("1 of 3 hold, 1 fails, 1 open", "at least 2")
    assert claim_sentence(found.claim, found.verdict, parts, ()).endswith("; 1 is open. Each is a ratio to Flask.")


@pytest.mark.parametrize(
    ("verdict", "form", "told"),
    [
        (Verdict.INVALID, "ratio", "a cell is invalid"),
        (Verdict.INCONCLUSIVE, "ratio", "nothing to compare"),
        (SUPPORTED, "ratio", "the other has none"),
        (SUPPORTED, "probe", "found by probes"),
    ],
)
def test_where_no_figure_decides_the_row_says_why(verdict: Verdict, form: str, told: str) -> None:
    nothing = evidence(2, verdict).model_copy(update={"value": None, "form": form})
    decided = deciding(claim(verdict, nothing))
    assert decided is not None
    assert (decided.value, decided.what, decided.claimed, decided.small) == (told, "", "", None)
    assert deciding(claim(Verdict.NOT_RUN)) is None
    run, findings, claims, starts = Sample().build()
    held = claims.model_copy(update={"claims": (claim(verdict, nothing),)})
    row = sections_of(compose(run, findings, held, starts, ()), "claims").partition('<span class="verdict')[2]
    assert f"<b>{told}</b>" in row.partition("</summary>")[0]
    assert "The row shows" not in row


def test_what_every_comparison_of_a_claim_says_is_told_once_above_their_table() -> None:
    run, _, claims, _ = Sample().build()
    cards = [card for file in claims_view(run, claims).files for card in file.cards if len(card.rows) > 1]
    for card in cards:
        texts = {name: {getattr(row, name) for row in card.rows} for name in ("other", "metric", "claimed")}
        for name, said in texts.items():
            assert (name in card.columns) is (len(said) > 1)
            assert len(said) > 1 or f": {said.pop()}" in card.caption
    assert any(card.caption != card.says for card in cards)
    (row, *_) = cards[0].rows
    alone = replace(cards[0], rows=(row,))
    assert (len(alone.columns), alone.caption) == (5, alone.says)


def test_a_table_of_probes_says_once_what_is_claimed_and_has_no_values() -> None:
    run, findings, claims, starts = Sample().build()
    of_itself = {"form": "probe", "others": (), "metric": None, "endpoint": None, "value": None}
    forms, orm = (
        evidence(2, verdict).model_copy(update={**of_itself, "other_title": words})
        for verdict, words in ((SUPPORTED, "it brings forms"), (REFUTED, "it brings an ORM"))
    )
    found = claims.model_copy(update={"claims": (claim(REFUTED, forms, orm), claim(SUPPORTED, forms, forms))})
    refuted, supported = (group.cards[0] for group in reversed(claims_view(run, found).files[0].groups))
    assert ([*refuted.columns], refuted.caption) == (["claimed"], f"{refuted.says} In every row: metric: probe.")
    assert supported.caption == f"{supported.says} In every row: metric: probe; claimed: it brings forms."
    page = sections_of(compose(run, findings, found, starts, ()), "claims")
    tables = re.findall(r"<table[^>]*claim.*?</table>", page, re.DOTALL)
    assert [widths(table) for table in tables] == [{2}, {3}]
    assert page.count("it brings an ORM") == 1, "in its row"


def test_a_ratio_is_marked_as_one_whether_it_has_an_interval_or_not() -> None:
    exact = evidence(2, REFUTED).model_copy(update={"value": Estimate(value=0.25, low=0.25, high=0.25)})
    decided = deciding(claim(REFUTED, exact))
    assert decided is not None
    assert decided.value == f"0.250{TIMES}"


@pytest.mark.parametrize(
    ("endpoint", "detail"), [(None, "over Flask"), (Endpoint.DB, "db; over Flask")], ids=["of no endpoint", "of one"]
)
def test_a_row_says_what_it_is_over_and_shows_no_interval_that_is_the_value_itself(
    endpoint: Endpoint | None, detail: str
) -> None:
    exact = Estimate(value=0.25, low=0.25, high=0.25)
    found = claim(REFUTED, evidence(1, REFUTED).model_copy(update={"endpoint": endpoint, "value": exact}))
    run, _, claims, _ = Sample().build()
    view = claims_view(run, claims.model_copy(update={"claims": (found,)}))
    (row,) = [row for of in view.files for card in (*of.cards, *of.folded) for plot in card.plots for row in plot.rows]
    assert (row.detail, row.value, row.interval) == (detail, f"0.250{TIMES}", "")


def test_what_a_row_calls_clear_by_itself_is_explained_above_it() -> None:
    run, findings, claims, starts = Sample().build()
    held = claims.model_copy(update={"claims": (claim(Verdict.INCONCLUSIVE, evidence(2, SUPPORTED)),)})
    held = held.model_copy(update={"claims": (held.claims[0].model_copy(update={"p_value": 0.01}),)})
    words = "by itself"
    page = sections_of(compose(run, findings, held, starts, ()), "claims")
    explained, _, rows = page.partition("How a verdict is found")[2].partition("</details>")
    assert (explained.count(words), rows.count(words)) == (1, 1)
