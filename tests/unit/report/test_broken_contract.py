"""An app that breaks the contract is named before all else, and stands among what competes with nobody."""

import pytest

from harness.model.conformance import ContractFinding
from harness.model.errors import Unforeseen
from harness.report.markup import html, markdown
from harness.report.page import compose
from harness.report.view.cast import Cast
from harness.report.view.found import found_view
from tests.unit.report.part_of_a_page import sections_of
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


TWICE = FINDINGS.copies.subject
COPIES_BROKEN = FINDINGS.model_copy(
    update={"contracts": (ContractFinding(subject=TWICE, failed=("json, body: {}",)),) if TWICE else ()}
)
STILL_A_TEST = "Its copies test the run all the same: they do alike whatever it does wrong."


@pytest.mark.parametrize("tested", [True, False])
def test_where_the_app_that_ran_twice_breaks_it_the_test_of_the_run_says_so(*, tested: bool) -> None:
    pairs = FINDINGS.copies.pairs if tested else ()
    findings = COPIES_BROKEN.model_copy(
        update={"copies": FINDINGS.copies.model_copy(update={"pairs": pairs, "outside": 0})}
    )
    told = "The app breaks the contract, so it takes no rank"
    certainty = " ".join(found_view(RUN, findings, Cast(RUN, findings.contracts)).certainty)
    section = sections_of(compose(RUN, findings, CLAIMS, STARTS, ()), "copies")
    for place in (certainty, section):
        assert told in place
        assert (STILL_A_TEST in place) is tested
    sound = sections_of(compose(RUN, FINDINGS, CLAIMS, STARTS, ()), "copies")
    assert told not in sound
    assert told not in " ".join(found_view(RUN, FINDINGS, Cast(RUN)).certainty)


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
