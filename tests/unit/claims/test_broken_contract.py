"""What was measured of an app that breaks the contract decides no claim."""

import pytest

from harness.model.claim import Verdict
from harness.model.conformance import Outcome
from tests.unit.analysis.test_contracts import FAST, checked
from tests.unit.claims.test_evaluate import THREE, held, ratio


@pytest.mark.parametrize(
    ("outcome", "verdict"), [(Outcome.FAILED, Verdict.INVALID), (Outcome.PASSED, Verdict.SUPPORTED)]
)
def test_a_claim_about_it_is_invalid_and_says_why(outcome: Outcome, verdict: Verdict) -> None:
    recorded = THREE.model_copy(update={"conformance": (checked(FAST, outcome),)})
    found = held(recorded, ratio(("fast",), ("slow", "middle")))
    assert found.verdict is verdict
    assert ("breaks the contract: json, unknown path" in found.sentence) is (verdict is Verdict.INVALID)
