"""An app that breaks the contract is named before all else, and stands among what competes with nobody."""

from harness.model.conformance import ContractFinding
from harness.report.markup import html, markdown
from harness.report.page import compose
from harness.report.view.cast import Cast
from harness.report.view.found import found_view
from tests.unit.report.sample import Sample

RUN, FINDINGS, CLAIMS, STARTS = Sample().build()
BEST = FINDINGS.rankings[0].rows[0].subject
BROKEN = FINDINGS.model_copy(
    update={"contracts": (ContractFinding(subject=BEST, failed=("json, unknown path: status 200",)),)}
)


def test_it_is_the_first_thing_to_beware_of() -> None:
    told = found_view(RUN, BROKEN, Cast(RUN, [BEST])).caveats[0]
    assert "breaks the contract, so it takes no rank" in told
    assert "json, unknown path: status 200" in told


def test_it_is_marked_wherever_it_is_named() -> None:
    label = Cast(RUN, [BEST]).label(BEST)
    assert (label.role, label.is_framework) == ("breaks the contract", False)
    page = compose(RUN, BROKEN, CLAIMS, STARTS, ())
    assert "breaks the contract" in html(page)
    assert f"{label.title} (breaks the contract)" in markdown(page)
