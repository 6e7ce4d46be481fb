"""An app that breaks the contract is named before all else, and stands among what competes with nobody."""

import pytest

from harness.model.conformance import ContractFinding
from harness.model.errors import Unforeseen
from harness.report.markup import html, markdown
from harness.report.page import compose
from harness.report.view.cast import Cast
from harness.report.view.found import found_view
from tests.unit.report.sample import Sample

RUN, FINDINGS, CLAIMS, STARTS = Sample().build()
BEST = next(row.subject for row in FINDINGS.rankings[0].rows if Cast(RUN).label(row.subject).is_framework)
BROKEN = FINDINGS.model_copy(
    update={"contracts": (ContractFinding(subject=BEST, failed=("json, unknown path: status 200",)),)}
)


def test_it_is_the_first_thing_to_beware_of() -> None:
    told = found_view(RUN, BROKEN, Cast(RUN, BROKEN.contracts)).caveats[0]
    assert "breaks the contract, so it takes no rank" in told
    assert "json, unknown path: status 200" in told


def test_it_is_marked_wherever_it_is_named() -> None:
    label = Cast(RUN, BROKEN.contracts).label(BEST)
    assert (label.role, label.is_framework) == ("breaks the contract", False)
    page = compose(RUN, BROKEN, CLAIMS, STARTS, ())
    assert "breaks the contract" in html(page)
    assert f"{label.title} (breaks the contract)" in markdown(page)


OURS = str(Unforeseen("the check", LookupError("odd")).what)


@pytest.mark.parametrize(
    ("failed", "words"),
    [
        (("json, body: {}",), "breaks the contract"),
        ((f"server, HEAD: {OURS}",), "could not be checked in full"),
        ((f"server, HEAD: {OURS}", f"json, body: {OURS}"), "could not be checked in full"),
        ((f"server, HEAD: {OURS}", "json, body: {}"), "breaks the contract"),
    ],
)
def test_of_whom_only_checks_broke_off_is_not_said_that_it_breaks_the_contract(
    failed: tuple[str, ...], words: str
) -> None:
    contracts = (ContractFinding(subject=BEST, failed=failed),)
    findings = FINDINGS.model_copy(update={"contracts": contracts})
    cast = Cast(RUN, contracts)
    told = found_view(RUN, findings, cast).caveats[0]
    assert f" {words}, so it takes no rank" in told
    assert (cast.label(BEST).role, cast.label(BEST).is_framework) == (words, False)
    assert contracts[0].breaks is (words == "breaks the contract")


DEVIATING = FINDINGS.model_copy(
    update={"contracts": (ContractFinding(subject=BEST, failed=(), deviates=("HEAD: answers 404, https://x.org/1",)),)}
)


def test_what_a_framework_does_otherwise_by_itself_is_a_footnote_and_costs_no_rank() -> None:
    label = Cast(RUN, DEVIATING.contracts).label(BEST)
    assert (label.role, label.is_framework, label.mark) == ("", True, "†")
    page = compose(RUN, DEVIATING, CLAIMS, STARTS, ())
    (note,) = [text for text in page.found.caveats if text.startswith("†")]
    assert "HEAD: answers 404, https://x.org/1" in note
    assert label.in_sentence in note
    assert f"{label.title}†" in html(page)
    assert f"{label.title}†" in markdown(page)
