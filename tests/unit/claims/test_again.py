"""A claim that is decided names the command that measures it once more, and one that is not has another."""

from harness.claims.evaluate import evaluate
from harness.claims.read import ARTICLE, read_claims
from harness.model.claim import Claim, ClaimsFile
from harness.model.verdict import ClaimFinding, Verdict
from harness.report.view.claims import claims_view
from tests.unit.claims.test_evaluate import FAST, SLOW, ratio, run


def held(fast_rps: float) -> tuple[ClaimFinding, str]:
    """What is found of a claim, and the command of its card."""
    recorded = run({FAST: fast_rps, SLOW: 2_000})
    claim = Claim.model_validate({"id": "one", "says": "Fast.", "condition": [ratio(("fast",), ("slow",))]})
    found = evaluate(ClaimsFile(source="a test", claim=(claim,)), recorded)
    view = claims_view(recorded.run, evaluate(read_claims(ARTICLE), recorded), found)
    return found.claims[0], view.files[0].cards[0].command


def test_what_is_decided_is_measured_once_more_by_one_command() -> None:
    for rps, verdict in ((6_000, Verdict.SUPPORTED), (2_000, Verdict.REFUTED)):
        found, shown = held(rps)
        assert (found.verdict, found.command, found.again) == (verdict, "", "bench run --claim one")
        assert shown == found.again


def test_what_is_open_has_the_command_that_decides_it() -> None:
    found, shown = held(3_000)
    assert (found.verdict, found.again) == (Verdict.INCONCLUSIVE, "")
    assert shown == found.command
