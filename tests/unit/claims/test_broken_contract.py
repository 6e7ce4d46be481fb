"""What was measured of an app that breaks the contract decides no claim."""

import pytest

from harness.model.conformance import Outcome
from harness.model.verdict import Verdict
from tests.unit.analysis.test_contracts import FAST, checked
from tests.unit.analysis.test_outages import SOUND, that_ended
from tests.unit.claims.test_evaluate import THREE, held, ratio


@pytest.mark.parametrize(
    ("outcome", "verdict"), [(Outcome.FAILED, Verdict.INVALID), (Outcome.PASSED, Verdict.SUPPORTED)]
)
def test_a_claim_about_it_is_invalid_and_says_why(outcome: Outcome, verdict: Verdict) -> None:
    recorded = THREE.model_copy(update={"conformance": (checked(FAST, outcome),)})
    found = held(recorded, ratio(("fast",), ("slow", "middle")))
    assert found.verdict is verdict
    assert ("breaks the contract: json, unknown path" in found.sentence) is (verdict is Verdict.INVALID)


def test_no_further_run_is_proposed_where_an_app_has_to_be_mended_first() -> None:
    broken = THREE.model_copy(update={"conformance": (checked(FAST, Outcome.FAILED),)})
    ended = that_ended(SOUND.recorded(), FAST)
    for recorded, group in ((broken, ("slow", "middle")), (ended, ("slow",))):
        found = held(recorded, ratio(("fast",), group))
        assert found.verdict is Verdict.INVALID
        assert (found.command, found.out_of_reach) == ("", "fast (controlled, gunicorn gthread) has to be mended first")
