"""A claim is shown with the page that makes it, and with the day on which that was read."""

import re
from datetime import date

from pydantic import HttpUrl

from harness.model.verdict import ClaimFindings
from harness.report.page import compose
from tests.unit.report.part_of_a_page import sections_of
from tests.unit.report.sample import Sample

RUN, FINDINGS, CLAIMS, STARTS = Sample(with_hostile=False).build()
PAGE_OF_THE_CLAIM = HttpUrl('https://example.org/fast?a=1&b="><script>alert(1)</script>')


def last_lines(**where: object) -> list[str]:
    """What stands below each of two claims, the first of which is made `where` it says."""
    untestable = [each for each in CLAIMS.claims if each.claim.not_testable][:2]
    claims = tuple(
        each.model_copy(update={"claim": each.claim.model_copy(update=update)})
        for each, update in zip(untestable, (where, {"link": None, "accessed": None}), strict=True)
    )
    own = ClaimFindings(run_id=CLAIMS.run_id, source="a test", decided=0, claims=claims)
    page = sections_of(compose(RUN, FINDINGS, CLAIMS, STARTS, (), own_claims=own), "claims")
    _, _, shown = page.partition("Statements of a test")
    return re.findall(r"<p><small>(.*? )?Id: ", shown)[:2]


def test_where_a_claim_was_read_is_a_link_beside_the_day() -> None:
    with_link, without = last_lines(link=PAGE_OF_THE_CLAIM, accessed=date(2026, 11, 26))
    address = str(PAGE_OF_THE_CLAIM).replace("&", "&amp;")
    assert f'Read on 2026-11-26 at <a href="{address}" rel="noreferrer">{address}</a>. ' in with_link
    assert "<script" not in with_link
    assert "Read on" not in without
