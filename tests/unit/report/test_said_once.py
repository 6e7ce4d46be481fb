"""Claims of one's own add no sentence to a report that stands in it already."""

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from typing import override

from harness.model.verdict import ClaimFindings
from harness.report.markup import html
from harness.report.page import compose
from harness.report.view.found import Statement
from tests.unit.report.sample import Sample

PROSE = {"p", "li", "dd", "summary", "h1", "h2", "h3"}
FEW_WORDS = 4
"""A sentence of no more is a name."""


class _Prose(HTMLParser):
    """Collects what is said outside of tables and pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._inside: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in PROSE:
            self.texts.append("")
        if tag in {"table", "svg", "script", "style"}:
            self._inside.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()

    @override
    def handle_data(self, data: str) -> None:
        if self.texts and not self._inside:
            self.texts[-1] += data


def said_twice(page: str) -> set[str]:
    prose = _Prose()
    prose.feed(page)
    sentences = Counter(
        sentence for text in prose.texts for sentence in re.split(r"(?<=[.])\s+", " ".join(text.split()))
    )
    return {each for each, number in sentences.items() if number > 1 and len(each.split()) > FEW_WORDS}


def own(claims: ClaimFindings) -> ClaimFindings:
    """As many of somebody's own, each in words of its own."""
    found = [
        each.model_copy(
            update={
                "claim": each.claim.model_copy(update={"id": f"own-{place}", "says": f"It is claim number {place}."}),
                "sentence": f"That is decided by number {place} of its figures.",
                "condition_sentence": None,
                "further": "",
                "command": "",
                "out_of_reach": None,
                "evidence": (),
            }
        )
        for place, each in enumerate(claims.claims)
    ]
    return claims.model_copy(update={"source": "our wiki", "claims": tuple(found), "command": ""})


def test_claims_of_one_s_own_repeat_nothing() -> None:
    run, findings, claims, starts = Sample().build()
    decided = claims.model_copy(
        update={"claims": tuple(each for each in claims.claims if each.p_value is not None)[:5]}
    )
    alone, both = (html(compose(run, findings, claims, starts, (), own_claims=each)) for each in (None, own(decided)))
    # What is claimed of an app stands on its card, too.
    assert {each for each in said_twice(both) if "It is claim number" not in each} <= said_twice(alone)
    assert both.count(">Claims</h2>") == alone.count(">Claims</h2>")
    assert both.count(" of fresh processes.") == alone.count(" of fresh processes.") == 1


def test_who_leads_by_what_is_not_ranked_stands_once() -> None:
    run, findings, claims, starts = Sample().build()
    page = compose(run, findings, claims, starts, ())
    shown = html(replace(page, leaders=(Statement("Idle memory", "Lowest: that of nobody."),)))
    assert shown.count("Lowest: that of nobody.") == 1
