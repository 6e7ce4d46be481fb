"""Two apps side by side: what the run's own ratios say, and elsewhere no more than the intervals do."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from harness.claims.evaluate import evaluate
from harness.claims.needs import needs_of
from harness.model.cell import Subject
from harness.model.claim import ClaimsFile
from harness.model.errors import UsageError
from harness.report.card.app_card import app_cards
from harness.report.card.beside import BesideRow, beside_data, side_by_side, two_subjects
from harness.report.card.facts import Fact, Known, facts, measured_of
from harness.report.numbers import TIMES, Reading, reading
from harness.report.view.cast import Cast
from harness.report.view.claims import claims_view
from harness.report.view.ratios import RatioBook, ratios_name
from harness.report.view.terms import Lack
from tests.unit.analysis.simulate import Simulation, subject
from tests.unit.claims.test_deployments import a_claim
from tests.unit.report.sample import Sample
from tests.unit.results.sample import deployment

RUN, FINDINGS, CLAIMS, STARTS = Sample().build()
CAST = Cast(RUN)
BOOK = RatioBook(FINDINGS.comparisons, FINDINGS.cpu_comparisons)
FACTS = facts(measured_of(RUN, FINDINGS, STARTS, BOOK, CAST))
RECORDED = Simulation(capacities_rps={subject("flask"): 2_000, subject("sanic"): 4_000}).recorded()
FLASK, SANIC = (CAST.label(Subject(app=app, variant="controlled")) for app in ("flask", "sanic"))


def rows_of(*made: Fact) -> Sequence[BesideRow]:
    return side_by_side(made, BOOK, FLASK, SANIC)


def fact(better: str, a: Known, b: Known) -> Fact:
    return Fact("Thing", "ms", "more" if better == "more" else "less", "x", {FLASK.key: a, SANIC.key: b})


def known(low: float, high: float, *, comparable: bool = True) -> Known:
    return Known(Reading(str((low + high) / 2), str(low), str(high)), comparable=comparable)


@pytest.mark.parametrize(
    ("made", "better"),
    [
        (fact("more", known(3, 4), known(1, 2)), FLASK.in_sentence),
        (fact("less", known(3, 4), known(1, 2)), SANIC.in_sentence),
        (fact("less", known(1, 3), known(2, 4)), "not told apart"),
        (fact("less", known(1, 2, comparable=False), known(3, 4)), ""),
        (fact("less", known(1, 2), Known(None, lack=Lack("invalid", "a gate failed"))), ""),
    ],
)
def test_without_a_ratio_the_better_is_named_only_where_intervals_lie_apart(made: Fact, better: str) -> None:
    (row,) = rows_of(made)
    assert (row.better, row.ratio) == (better, "")


def test_a_ratio_of_the_run_decides_and_is_told_as_it_was_formed() -> None:
    checked = 0
    for each in FINDINGS.comparisons:
        if not (each.a.is_original and each.b.is_original):
            continue
        a, b = CAST.label(each.a), CAST.label(each.b)
        row = next(
            row
            for row, of in zip(
                side_by_side(FACTS, BOOK, a, b),
                [
                    of
                    for of in FACTS
                    if (of.of.get(a.key) or Known(None)).value or (of.of.get(b.key) or Known(None)).value
                ],
                strict=True,
            )
            if of.ratios == ratios_name(each)
        )
        shown = reading(each.ratio)
        assert row.ratio == f"{shown.value}{TIMES} ({shown.interval})"
        faster = (each.ratio.value > 1) is (each.figure is None)
        assert row.better == ("tied" if each.tied else (a if faster else b).in_sentence)
        checked += 1
    assert checked > 10


def test_the_page_gets_the_same_texts_and_a_mark_at_what_cannot_be_compared() -> None:
    data = beside_data([fact("less", known(1, 2, comparable=False), known(3, 4))])
    assert data.of == (FLASK.key, SANIC.key)
    of_each = ("~1.5 (1–2)", "3.5 (3–4)")  # noqa: RUF001
    assert data.rows == (("Thing, ms", "less", "", of_each),)


def test_what_is_counted_from_different_baselines_has_no_better_one() -> None:
    wsgi, asgi = "wsgi/controlled", "asgi/controlled"
    one, same = (replace(each, counted_from=wsgi) for each in (known(1, 2), known(3, 4)))
    other = replace(same, counted_from=asgi)
    assert [row.better for row in rows_of(fact("less", one, other), fact("less", one, same))] == [
        "different baselines",
        FLASK.in_sentence,
    ]
    (row,) = beside_data([fact("less", one, other)]).rows
    assert row[3] == ("1.5 (1–2)|0", "3.5 (3–4)|1")  # noqa: RUF001
    added = [each for each in FACTS if each.what.startswith("CPU added to the baseline")]
    assert {known.counted_from for each in added for known in each.of.values()} == {wsgi, asgi}


def test_names_mean_a_variant_that_both_have_and_an_unknown_one_is_refused_with_what_there_is() -> None:
    assert [each.key for each in two_subjects(RUN, ("flask", "sanic"))] == ["flask/controlled", "sanic/controlled"]
    assert [each.key for each in two_subjects(RUN, ("flask", "tornado"))] == ["flask/controlled", "tornado/default"]
    assert [each.key for each in two_subjects(RUN, ("sanic/default", "flask"))] == ["sanic/default", "flask/controlled"]
    with pytest.raises(UsageError) as refused:
        two_subjects(RUN, ("flsk", "sanic"))
    assert "'flask' meant" in str(refused.value.hint)


@pytest.mark.parametrize("name", ["flask@3.12", "flask@3.12/controlled", "flask/gunicorn", "flask@main"])
def test_of_an_app_that_the_run_has_otherwise_all_that_it_has_of_it_is_named(name: str) -> None:
    """And not what happens to be spelt alike, which is on another interpreter."""
    on = {"flask": "on CPython 3.12.0", "flask@3.13": "on CPython 3.13.0", "sanic": "on CPython 3.12.0"}
    subjects = tuple(subject(app) for app in on)
    run = RUN.model_copy(
        update={
            "plan": RUN.plan.model_copy(update={"subjects": subjects}),
            "deployments": tuple(deployment(each).model_copy(update={"revision": on[each.app]}) for each in subjects),
        }
    )
    with pytest.raises(UsageError) as refused:
        two_subjects(run, (name, "sanic"))
    here = "flask/controlled (on CPython 3.12.0), flask@3.13/controlled (on CPython 3.13.0)"
    assert refused.value.hint == f"of flask it has: {here}"


def test_a_card_has_every_figure_of_its_app_and_its_claims() -> None:
    labels = [CAST.label(subject) for subject in RUN.plan.subjects]
    cards = app_cards(labels, FACTS, claims_view(RUN, CLAIMS))
    assert set(cards) == {subject.app for subject in RUN.plan.subjects}
    flask, sanic = cards["flask"], cards["sanic"]
    assert [label.variant for label in flask.labels] == ["controlled"], "the second copy is no deployment of its own"
    assert [label.variant for label in sanic.labels] == ["controlled", "default"]
    assert {row.what for row in flask.rows} >= {"Capacity on db", "Server CPU per request on db", "Idle memory"}
    about = {each.claim.says for each in CLAIMS.claims if "flask" in needs_of(each.claim).apps}
    assert {claim.says for claim in flask.claims} == about


def test_a_claim_stands_on_the_cards_of_those_whom_it_holds_others_against_too() -> None:
    claim = a_claim("flask", "sanic/default")
    (found,) = evaluate(ClaimsFile(source="a test", claim=(claim,)), RECORDED).claims
    own = CLAIMS.model_copy(update={"claims": (found,)})
    none = CLAIMS.model_copy(update={"claims": (CLAIMS.claims[0],)})
    cards = app_cards([CAST.label(subject) for subject in RUN.plan.subjects], FACTS, claims_view(RUN, none, own))
    named = {app for app, card in cards.items() if claim.says in {each.says for each in card.claims}}
    assert named == {"flask", "sanic"}


def test_a_variant_is_found_by_the_name_that_it_counts_as_too() -> None:
    deployments = tuple(
        each.model_copy(update={"also": ("default",) if each.subject.key == "flask/controlled" else ()})
        for each in RUN.deployments
    )
    run = RUN.model_copy(update={"deployments": deployments})
    assert [each.key for each in two_subjects(run, ("flask/default", "sanic/default"))] == [
        "flask/controlled",
        "sanic/default",
    ]


@pytest.mark.parametrize(
    ("first", "other", "meant"),
    [
        ({"granian": (), "plain": ("default",)}, {"controlled": (), "default": ()}, ("one/plain", "two/default")),
        ({"controlled": (), "default": ()}, {"default": ("controlled",)}, ("one/controlled", "two/default")),
        ({"a": ("default",)}, {"b": (), "c": ("default",)}, ("one/a", "two/c")),
        ({"granian": ()}, {"controlled": (), "default": ()}, ("one/granian", "two/controlled")),
    ],
)
def test_two_apps_stand_in_a_variant_that_both_have_by_whichever_name(
    first: dict[str, tuple[str, ...]], other: dict[str, tuple[str, ...]], meant: tuple[str, str]
) -> None:
    also = {
        Subject(app=app, variant=variant): names
        for app, variants in (("one", first), ("two", other))
        for variant, names in variants.items()
    }
    deployments = tuple(deployment(each).model_copy(update={"also": names}) for each, names in also.items())
    plan = RUN.plan.model_copy(update={"subjects": tuple(also)})
    run = RUN.model_copy(update={"plan": plan, "deployments": deployments})
    assert tuple(each.key for each in two_subjects(run, ("one", "two"))) == meant
    assert tuple(each.key for each in two_subjects(run, ("two", "one"))) == meant[::-1]


def test_an_app_beside_one_of_its_own_variants_is_not_held_against_itself() -> None:
    subjects = tuple(Subject(app="one", variant=variant) for variant in ("controlled", "granian"))
    run = RUN.model_copy(
        update={
            "plan": RUN.plan.model_copy(update={"subjects": subjects}),
            "deployments": tuple(map(deployment, subjects)),
        }
    )
    assert [each.key for each in two_subjects(run, ("one", "one/granian"))] == ["one/controlled", "one/granian"]
