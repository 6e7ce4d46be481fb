"""How a bound is told: in the unit that is shown, and as it was claimed."""

import pytest

from harness.claims.evaluate import evaluate
from harness.claims.verdict_sentences import claimed_words, value_words
from harness.model.claim import Claim, ClaimsFile, Metric
from harness.model.findings import Estimate
from harness.model.verdict import Evidence, Verdict
from harness.report.numbers import reading
from tests.unit.analysis.simulate import Simulation, subject


@pytest.mark.parametrize(
    ("metric", "bound", "told"),
    [
        (Metric.MEMORY_LOADED, 100_000_000.0, "at most 95.4 MiB (100,000,000 bytes)"),
        (Metric.INSTALLED, 2.0**20, "at most 1.00 MiB (1,048,576 bytes)"),
        (Metric.START, 1.0, "at most 1.00 s"),
        (Metric.DISTRIBUTIONS, 9.0, "at most 9.00"),
    ],
)
def test_what_is_claimed_in_bytes_is_told_in_bytes_too(metric: Metric, bound: float, told: str) -> None:
    evidence = Evidence(
        form="bound",
        subject="flask",
        subject_title="Flask",
        deployment=None,
        metric=metric,
        endpoint=None,
        value=None,
        low_margin=bound / 1.03,
        high_margin=bound * 1.03,
        wants_more=False,
        verdict=Verdict.INCONCLUSIVE,
    )
    assert claimed_words(evidence) == told


@pytest.mark.parametrize("margin", [0.05, 0.1, 0.8, 1.0, 9.999, 12.5, 99.96, 250.0])
def test_a_margin_and_a_figure_that_is_as_large_are_told_with_the_same_digits(margin: float) -> None:
    """The margin is found again as the middle of what surrounds it, which may be a little less."""
    estimate = Estimate(value=margin, low=margin * 0.99, high=margin * 1.01)
    evidence = Evidence(
        form="ratio",
        subject="flask",
        subject_title="Flask",
        deployment=None,
        metric=Metric.THROUGHPUT,
        endpoint=None,
        value=estimate,
        low_margin=margin / 1.03,
        high_margin=margin * 1.03,
        wants_more=True,
        verdict=Verdict.INCONCLUSIVE,
    )
    shown = reading(estimate)
    assert claimed_words(evidence) == f"at least {shown.value}"
    assert value_words(evidence) == f"{shown.value} ({shown.low} to {shown.high})"


def test_no_reason_tells_a_metric_by_the_name_that_files_have_for_it() -> None:
    """Of a slow app, too few requests tell a percentile."""
    slow = Simulation(capacities_rps={subject("slow"): 150}, rounds=2, latency_windows=1).recorded()
    condition = {
        "form": "bound",
        "subjects": ("slow",),
        "metric": "latency_p99_us",
        "endpoints": ("json",),
        "rate": "common",
        "deployments": ("controlled",),
        "at_most": 1,
    }
    claim = Claim.model_validate({"id": "one", "says": "It is fast.", "condition": (condition,)})
    (found,) = evaluate(ClaimsFile(source="a test", claim=(claim,)), slow).claims
    told = f"{found.sentence} {found.evidence[0].reason}"
    assert "too few requests tell the p99 latency as met" in told
    assert "a p99 takes 400 requests, and " in told
    assert " came in 2 rounds: --rounds " in told
    assert not [metric for metric in Metric if "_" in metric.value and metric.value in told]
