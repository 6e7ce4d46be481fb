"""The most subscribers held are compared by the ratio within rounds, in sentences and side by side as in claims."""

from harness.analysis.analyse import analyse
from harness.claims.evaluate import evaluate
from harness.model.cell import Workload
from harness.model.claim import Against, Claim, ClaimsFile, Metric, RatioCondition
from harness.report.card.beside import TIED, side_by_side
from harness.report.card.facts import Fact, facts, measured_of
from harness.report.card.leaders import leaders
from harness.report.view.cast import Cast
from harness.report.view.ratios import RatioBook
from harness.results.records import RecordedRun
from tests.unit.analysis.fed import fed
from tests.unit.analysis.simulate import subject

MANY, SOME, NONE = (subject(name) for name in ("many", "some", "none"))
RUN = fed({MANY: [100, 100, 100], SOME: [100, 10, 100], NONE: [0, 0, 0]})
FINDINGS, CAST = analyse(RUN), Cast(RUN.run)
BOOK = RatioBook.of(FINDINGS)


def held_fact(run: RecordedRun = RUN) -> Fact:
    found = facts(measured_of(run.run, analyse(run), run.starts, BOOK, CAST))
    return next(each for each in found if each.chief_of is Workload.FEED)


def test_the_analysis_forms_the_ratio_that_claims_hold() -> None:
    """By rounds, the most that each came to, and not as the quotient of the two numbers that are shown."""
    (pair,) = FINDINGS.crowd_comparisons[Workload.FEED]
    condition = RatioCondition(
        form="ratio", subjects=("many",), metric=Metric.HELD, against=Against.EVERY, group=("some",), at_least=0.9
    )
    claim = Claim.model_validate({"id": "one", "says": "It holds.", "condition": [condition]})
    (finding,) = evaluate(ClaimsFile(source="a test", claim=(claim,)), RUN).claims
    assert ((pair.a, pair.b), pair.ratio) == ((MANY, SOME), finding.evidence[0].value)
    assert "not the quotient of two numbers shown" in finding.sentence


def test_who_held_none_has_no_ratio_that_could_be_shown() -> None:
    assert all(NONE not in {each.a, each.b} for each in FINDINGS.crowd_comparisons[Workload.FEED])


def test_it_decides_in_sentences_and_side_by_side() -> None:
    fact = held_fact()
    many, some = CAST.label(MANY), CAST.label(SOME)
    (row,) = side_by_side([fact], BOOK, many, some)
    assert row.ratio, "formed within rounds"
    assert row.better == TIED
    (told,) = leaders([fact], [many, some, CAST.label(NONE)], BOOK)
    assert f"Not told apart from it: {some.in_sentence}" in told.text
