"""Who comes first by what no ranking has, in a sentence that claims no more than the intervals do."""

from collections.abc import Sequence
from typing import Literal

import pytest

from harness.model.app import Endpoint
from harness.model.cell import Workload
from harness.model.conformance import ContractFinding
from harness.model.findings import Comparison, Estimate
from harness.report.card.facts import Fact, Known
from harness.report.card.leaders import leaders
from harness.report.numbers import NBSP, Reading
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.ratios import RatioBook, start_ratios_name
from harness.report.view.terms import Lack
from tests.unit.analysis.simulate import subject
from tests.unit.results.sample import FLASK_JSON, deployment, run_of

APPS = ("a", "b", "c")
RUN = run_of([FLASK_JSON], deployments=tuple(deployment(subject(app)) for app in APPS))
CAST = Cast(RUN)
LABELS = [CAST.label(subject(app)) for app in APPS]
A, B, C = (label.in_sentence for label in LABELS)


def known(low: int, high: int, *, tied: bool | None = None, comparable: bool = True) -> Known:
    return Known(Reading(str((low + high) // 2), str(low), str(high)), tied=tied, comparable=comparable)


def told(
    *of: Known,
    better: str = "more",
    chief_of: Workload | None = Workload.LIMIT,
    ratios: Sequence[Comparison] = (),
    labels: Sequence[SubjectLabel] = LABELS,
) -> str:
    by_key = {label.key: each for label, each in zip(labels, of, strict=False)}
    way: Literal["more", "less"] = "more" if better == "more" else "less"
    fact = Fact("Thing", "ms", way, "x", by_key, start_ratios_name("thing"), chief_of=chief_of)
    book = RatioBook((), of_starts={"thing": ratios})
    return " ".join(each.text for each in leaders([fact], labels, book)).replace(NBSP, " ")


def ratio(a: str, b: str, value: float, *, tied: bool) -> Comparison:
    estimate = Estimate(value=value, low=value, high=value)
    return Comparison(
        a=subject(a),
        b=subject(b),
        endpoint=Endpoint.HELLO,
        workload=Workload.FOOTPRINT,
        rate=None,
        ratio=estimate,
        tied=tied,
    )


INVALID = Known(None, lack=Lack("invalid", "a gate failed"))
TO_COME = Known(None, lack=Lack("to come"))
SAID = {
    "apart": (
        (known(1, 3), known(10, 12), known(4, 8)),
        f"Highest: {B}, 11 ms (10 to 12). Lowest: {A}, 2 ms (1 to 3).",
    ),
    "like the first": (
        (known(1, 3), known(10, 12), known(8, 11)),
        f"Highest: {B}, 11 ms (10 to 12). Not told apart from it: {C}. Lowest: {A}, 2 ms (1 to 3).",
    ),
    "all alike": (
        (known(9, 11), known(10, 12), known(8, 11)),
        f"Highest: {B}, 11 ms (10 to 12). None of the others is told apart from it.",
    ),
    "two alike": ((known(9, 11), known(10, 12)), f"Highest: {B}, 11 ms (10 to 12). Not told apart from it: {A}."),
    "the last ones alike": (
        (known(1, 3), known(1, 3), known(10, 12)),
        f"Highest: {C}, 11 ms (10 to 12). Lowest: {B}, 2 ms (1 to 3). 2 too: {A}.",
    ),
    "last ones not told apart": (
        (known(3, 5), known(1, 3), known(10, 12)),
        f"Highest: {C}, 11 ms (10 to 12). Lowest: {B}, 2 ms (1 to 3). Not told apart from it: {A}.",
    ),
    "one without a figure": (
        (known(1, 3), known(10, 12), INVALID),
        f"Highest: {B}, 11 ms (10 to 12). Lowest: {A}, 2 ms (1 to 3). Without a figure: {C}.",
    ),
    "by ratios apart": (
        (known(9, 11, tied=False), known(10, 12, tied=True)),
        f"Highest: {B}, 11 ms (10 to 12). Lowest: {A}, 10 ms (9 to 11).",
    ),
    "ratios to another": (
        (known(9, 11, tied=False), known(10, 12, tied=False)),
        f"Highest: {B}, 11 ms (10 to 12). Not told apart from it: {A}.",
    ),
    "one": ((known(1, 3), INVALID), f"Only {A}, 2 ms (1 to 3) has a valid result."),
    "none": ((INVALID,), "No framework has a valid result."),
    "none yet": ((TO_COME,), "To come."),
    "one so far": ((known(1, 3), TO_COME), f"Only {A}, 2 ms (1 to 3) has a valid result so far."),
    "too little": (
        (known(1, 3, comparable=False), known(10, 12)),
        "Too little was measured to tell the frameworks apart.",
    ),
}


@pytest.mark.parametrize(("of", "sentence"), SAID.values(), ids=SAID)
def test_first_and_last_are_named_and_who_is_not_told_apart_from_the_first(
    of: tuple[Known, ...], sentence: str
) -> None:
    assert told(*of) == sentence


def test_where_less_is_better_the_lowest_comes_first() -> None:
    assert told(known(1, 3), known(10, 12), better="less").startswith(f"Lowest: {A}, 2 ms (1 to 3). Highest: {B}")


@pytest.mark.parametrize("workload", Workload)
def test_who_breaks_the_contract_comes_first_and_last_by_no_workload(workload: Workload) -> None:
    contracts = [ContractFinding(subject=subject(app), failed=("json, body: {}",)) for app in ("b", "c")]
    cast = Cast(RUN, contracts)
    labels = [cast.label(subject(app)) for app in APPS]
    figures = (known(1, 3), known(10, 12), known(0, 0))
    assert told(*figures, chief_of=workload, labels=labels) == f"Only {A}, 2 ms (1 to 3) has a valid result."
    assert told(*figures, chief_of=workload).startswith(f"Highest: {B}")


def test_what_sums_up_no_workload_is_left_to_tables_and_cards() -> None:
    assert told(known(1, 3), known(10, 12), chief_of=None) == ""


FEW = (known(1, 3, comparable=False), known(2, 4, comparable=False), known(10, 12, comparable=False))
A_TO_B, A_TO_C = ratio("a", "b", 0.7, tied=False), ratio("a", "c", 0.2, tied=False)


@pytest.mark.parametrize(
    ("ratios", "sentence"),
    [
        ((A_TO_B, A_TO_C), f"Lowest: {A}, 2 ms (1 to 3). Highest: {C}, 11 ms (10 to 12)."),
        (
            (ratio("b", "a", 1.01, tied=True), A_TO_C),
            f"Lowest: {A}, 2 ms (1 to 3). Not told apart from it: {B}. Highest: {C}, 11 ms (10 to 12).",
        ),
        (
            (ratio("b", "a", 0.9, tied=False), A_TO_C),
            f"Lowest: {A}, 2 ms (1 to 3). Not told apart from it: {B}. Highest: {C}, 11 ms (10 to 12).",
        ),
        ((A_TO_C,), "Too little was measured to tell the frameworks apart."),
        ((), "Too little was measured to tell the frameworks apart."),
    ],
    ids=["apart", "tied", "the other way round", "without one of them", "without any"],
)
def test_a_ratio_that_was_formed_decides_whatever_the_intervals_can_tell(
    ratios: Sequence[Comparison], sentence: str
) -> None:
    assert told(*FEW, better="less", ratios=ratios) == sentence


def test_where_bounds_lie_apart_and_the_ratio_ties_the_ratio_is_told() -> None:
    """The bounds of starts are lowest and highest, so a reader sees two apart that are not told apart."""
    wide = ratio("b", "a", 1.9, tied=True).model_copy(update={"ratio": Estimate(value=1.9, low=0.9, high=4.0)})
    assert told(known(1, 3), known(4, 5), known(10, 12), better="less", ratios=(wide, A_TO_C)) == (
        f"Lowest: {A}, 2 ms (1 to 3). Not told apart from it: {B}. Ratios formed within rounds decide that, and not "
        f"the bounds in brackets: {B} has 1.90 (0.90 to 4.00) times as much. Highest: {C}, 11 ms (10 to 12)."
    )


@pytest.mark.parametrize(
    ("tied", "so"),
    [(True, "are known too badly to tell them apart"), (False, "decide that")],
)
def test_where_no_bounds_are_shown_none_are_spoken_of(*, tied: bool, so: str) -> None:
    """Of members served, all had the same number in every round, and the ratio of two was 0.6 (0.0 to 213.4)."""
    estimate = Estimate(value=1.9 if not tied else 0.6, low=0.1, high=213.4)
    wide = ratio("b", "a", 1.9, tied=tied).model_copy(update={"ratio": estimate})
    text = told(known(10, 10), known(8, 8), known(2, 2), ratios=(wide, ratio("c", "a", 0.2, tied=False)))
    assert f" Ratios formed within rounds {so}: {B} has " in text
    assert "brackets" not in text


def test_a_ratio_decides_who_is_not_told_apart_from_the_last() -> None:
    b_to_c = ratio("b", "c", 1.4, tied=False)
    figures = (known(1, 3), known(10, 12), known(11, 13))
    told_apart = told(*figures, better="less", ratios=(A_TO_B, A_TO_C, ratio("b", "c", 0.8, tied=False)))
    assert told_apart.endswith(f"Highest: {C}, 12 ms (11 to 13).")
    for like in (b_to_c, ratio("b", "c", 0.99, tied=True)):
        alike = told(*figures, better="less", ratios=(A_TO_B, A_TO_C, like))
        assert alike.endswith(f"Highest: {C}, 12 ms (11 to 13). Not told apart from it: {B}.")
