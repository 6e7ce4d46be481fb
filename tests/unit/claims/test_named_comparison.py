"""What a verdict names as deciding it does so, and what is said of a ratio is true of the one that is shown."""

import pytest

from harness.claims.verdict_sentences import claim_sentence, deciding_evidence, value_words
from harness.model.claim import Claim, Metric
from harness.model.findings import Estimate
from harness.model.verdict import ClaimFinding, Evidence, Verdict

YES, NO = Verdict.SUPPORTED, Verdict.REFUTED
APPS = ("django", "flask", "bottle")


def claim(combine: str = "all") -> Claim:
    condition = {"form": "probe", "subjects": APPS, "probe": "csrf"}
    return Claim.model_validate({"id": "one", "says": "It is so.", "condition": (condition,), "combine": combine})


def evidence(app: str, verdict: Verdict, **changes: object) -> Evidence:
    values: dict[str, object] = {
        "form": "probe",
        "subject": app,
        "subject_title": app.title(),
        "other_title": "a form that another site sends is refused",
        "deployment": None,
        "metric": None,
        "endpoint": None,
        "value": None,
        "verdict": verdict,
        "reason": f"what {app} did",
    }
    return Evidence.model_validate(values | changes)


def ratio(app: str, verdict: Verdict, value: Estimate | None, metric: Metric = Metric.SERVED) -> Evidence:
    of_ratio = {"form": "ratio", "other_title": "Sanic", "low_margin": 0.97, "high_margin": 1.03, "reason": None}
    return evidence(app, verdict, metric=metric, value=value, **of_ratio)


@pytest.mark.parametrize(
    ("combine", "verdict", "found", "told", "named"),
    [
        ("all", YES, (YES, YES, YES), "All 3 expectations held; for example, of Django", "django"),
        ("all", NO, (YES, NO, NO), "2 of 3 expectations did not hold; for example, of Flask", "flask"),
        ("all", NO, (NO, NO, NO), "Of 3 expectations, none held; for example, of Django", "django"),
        ("all", NO, (YES, YES, NO), "The one comparison that decides it: of Bottle", "bottle"),
        ("any", YES, (NO, YES, YES), "2 of 3 expectations held; for example, of Flask", "flask"),
        ("any", NO, (NO, NO, NO), "Of 3 expectations, none held; for example, of Django", "django"),
        (
            "all",
            Verdict.INCONCLUSIVE,
            (YES, YES, Verdict.INVALID),
            "2 of 3 expectations held; for example, of Django",
            "django",
        ),
        (
            "any",
            Verdict.INCONCLUSIVE,
            (NO, Verdict.INVALID),
            "1 of 2 expectations did not hold; for example, of Django",
            "django",
        ),
    ],
)
def test_of_probes_none_is_called_the_weakest_or_the_clearest(
    combine: str, verdict: Verdict, found: tuple[Verdict, ...], told: str, named: str
) -> None:
    """They have no value: whoever was listed first was named."""
    known = [evidence(app, each) for app, each in zip(APPS, found, strict=False)]
    sentence = claim_sentence(claim(combine), verdict, known, ())
    assert sentence == f"{told} it is expected that a form that another site sends is refused; what {named} did."


def test_where_a_figure_decides_too_no_probe_is_named_in_its_place() -> None:
    figure = ratio("flask", YES, Estimate(value=2.0, low=1.8, high=2.2))
    sentence = claim_sentence(claim(), YES, [evidence("django", YES), figure], ())
    assert sentence.startswith("The weakest of the comparisons that decide it: Flask has 2.00 (1.80 to 2.20) times")


def test_to_have_some_where_the_other_has_none_is_not_the_weakest() -> None:
    figure, none = ratio("flask", YES, Estimate(value=1.2, low=1.1, high=1.3)), ratio("bottle", YES, None)
    sentence = claim_sentence(claim(), YES, [none, figure], ())
    assert sentence.startswith("The weakest of the comparisons that decide it: Flask has 1.20")
    lost = [ratio("bottle", NO, Estimate(value=0.5, low=0.4, high=0.6)), ratio("flask", NO, None)]
    finding = ClaimFinding(
        claim=claim(), verdict=NO, p_value=0.0, sentence="", condition_sentence=None, evidence=tuple(lost), rounds=3,
        further_rounds=None, command="",
    )  # fmt: skip
    assert deciding_evidence(finding) is lost[1]


QUOTIENT = "not the quotient of two numbers shown"


@pytest.mark.parametrize(
    ("exact", "spread", "told"),
    [(0.4, 0.7, False), (0.7, 0.4, True)],
)
def test_that_a_ratio_is_no_quotient_is_said_of_the_one_shown(exact: float, spread: float, *, told: bool) -> None:
    """It stood beside 0.400, which was 2,000 over 5,000, because another one had an interval."""
    known = [
        ratio("flask", NO, Estimate(value=exact, low=exact, high=exact)),
        ratio("bottle", NO, Estimate(value=spread, low=spread * 0.9, high=spread * 1.1)),
    ]
    assert (QUOTIENT in claim_sentence(claim(), NO, known, ())) is told


def test_what_arithmetic_leaves_over_in_place_of_zero_is_told_as_zero() -> None:
    assert value_words(ratio("flask", NO, Estimate(value=2e-14, low=0.0, high=0.24))) == "0 (0 to 0.240)"
