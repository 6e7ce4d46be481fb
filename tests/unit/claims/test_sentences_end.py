"""A verdict on a claim ends in one full stop right behind its last word, whatever it rests on."""

from itertools import product

import pytest

from harness.claims.verdict_sentences import claim_sentence, condition_sentence
from harness.model.app import Endpoint
from harness.model.claim import Claim, DeploymentName, Metric
from harness.model.findings import Estimate
from harness.model.verdict import Evidence, Verdict
from tests.unit.comparison.test_sentences_end import REASONS, ends_well

CONDITION = {"form": "bound", "subjects": ("flask",), "metric": "start_s", "at_most": 1}
CLAIMS = [
    Claim.model_validate({"id": "one", "says": "It is so.", "condition": (CONDITION,), **more})
    for more in ({}, {"combine": "any"}, {"combine": "count", "count": 1})
]
VALUES = (None, Estimate(value=1.4, low=1.2, high=1.6), Estimate(value=0.0, low=0.0, high=0.0))
FORMS = {"ratio": Metric.THROUGHPUT, "bound": Metric.HELD, "kept": Metric.THROUGHPUT, "probe": None}


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize(("form", "metric"), FORMS.items())
def test_whatever_the_form_verdict_value_and_reason(form: str, metric: Metric | None, reason: str | None) -> None:
    places = ((DeploymentName.DEFAULT, Endpoint.JSON), (None, None))
    for verdict, value, claim, (deployment, endpoint) in product(Verdict, VALUES, CLAIMS, places):
        if form == "probe" and value is not None:
            continue
        evidence = Evidence.model_validate(
            {
                "form": form,
                "subject": "flask",
                "subject_title": "Flask",
                "others": ("django",),
                "other_title": "with 512 connections in place of 8" if form == "kept" else "Django",
                "deployment": deployment,
                "metric": metric,
                "endpoint": endpoint,
                "value": value,
                "low_margin": None if form == "probe" else 0.97,
                "high_margin": None if form == "probe" else 1.03,
                "verdict": verdict,
                "reason": reason,
            }
        )
        for own in ((evidence,), (evidence, evidence)):
            told = claim_sentence(claim, verdict, own, [reason] if reason else [])
            assert ends_well(told), told
            assert told.endswith((".", "!", "?")), told
            assert "None" not in told, told
            assert ends_well(condition_sentence(own) or "")


@pytest.mark.parametrize("reason", [each for each in REASONS if each and each.strip()])
def test_of_what_no_measurement_decides(reason: str) -> None:
    claim = Claim.model_validate({"id": "one", "says": "It is so.", "not_testable": reason})
    assert ends_well(claim_sentence(claim, Verdict.NOT_TESTABLE, (), ()))
