"""Apps that were never measured in the same round, such as where one of them failed until the other did."""

import pytest

from harness.analysis.analyse import analyse
from harness.claims.evaluate import evaluate
from harness.comparison.summarise import summarise
from harness.model.claim import Against, Claim, ClaimsFile
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import Simulation, subject


@pytest.fixture(params=[4, 8], ids="{} rounds".format)
def apart(request: pytest.FixtureRequest) -> RecordedRun:
    """One of three apps in the first half of the rounds, the others in the second."""
    rounds: int = request.param
    capacities = {subject("a"): 1_000.0, subject("b"): 2_000.0, subject("c"): 4_000.0}
    recorded = Simulation(capacities, rounds=rounds).recorded()
    kept = [each for each in recorded.windows if (each.round_index < rounds // 2) is each.cell.startswith("a/")]
    return recorded.model_copy(update={"windows": tuple(kept)})


@pytest.mark.parametrize(("against", "truth"), [(Against.EVERY, [0.5, 0.25]), (Against.MEDIAN, [1 / 8**0.5])])
def test_they_are_held_against_each_other_by_their_own_values(
    apart: RecordedRun, against: Against, truth: list[float]
) -> None:
    claim = Claim.model_validate(
        {
            "id": "fast",
            "says": "A is fast.",
            "condition": [
                {
                    "form": "ratio",
                    "subjects": ["a"],
                    "metric": "throughput_rps",
                    "endpoints": ["json"],
                    "against": against,
                    "group": ["b", "c"],
                    "at_least": 2.0,
                }
            ],
        }
    )
    (found,) = evaluate(ClaimsFile(source="a test", claim=(claim,)), apart, analyse(apart)).claims
    values = [each.value for each in found.evidence if each.value]
    assert [each.value for each in values] == pytest.approx(truth, rel=0.15)
    assert all(each.low < expected < each.high for each, expected in zip(values, truth, strict=True))
    assert "nan" not in found.sentence


def test_their_figures_can_be_kept_for_comparisons(apart: RecordedRun) -> None:
    for cell in summarise(apart, "run").cells:
        for figure in cell.figures.values():
            assert figure.relative_standard_error is not None
            assert 0 < figure.relative_standard_error < 1
