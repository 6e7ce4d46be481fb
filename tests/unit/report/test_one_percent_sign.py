"""A percentage is written in one way in the report, `80 %`, although the analysis has no space before its sign."""

import re
from html import unescape

from harness.model.host import Check, Grade
from harness.model.verdict import Evidence, Verdict
from harness.report.markup import html, markdown
from harness.report.numbers import NBSP
from harness.report.page import compose
from harness.report.view.claims import claims_view
from tests.unit.report.sample import Sample

RUN, FINDINGS, CLAIMS, STARTS = Sample().build()
CHECK = Check(name="CPU pressure", value="0.0% of 1 s", grade=Grade.GOOD, why="It matters.")


def test_checks_of_the_host_and_reasons_of_the_analysis() -> None:
    cells = tuple(
        each
        if each.valid
        else each.model_copy(update={"reasons": ("generator CPU: 58.0% of a CPU; the limit is 50%",)})
        for each in FINDINGS.cells
    )
    page = compose(
        RUN.model_copy(update={"checks": (CHECK,)}), FINDINGS.model_copy(update={"cells": cells}), CLAIMS, STARTS, ()
    )
    shown = re.sub(r"<(script|style)[^>]*>.*?</\1>|<[^>]*>", "\n", unescape(html(page)), flags=re.DOTALL)
    for text in (shown, markdown(page)):
        assert f"the limit is 50{NBSP}%" in text or "the limit is 50 %" in text
        assert re.findall(r".*\d%(?!\w).*", text) == []


def test_the_share_that_is_kept_in_a_claim_s_table_and_figure() -> None:
    claim = CLAIMS.claims[0]
    kept = Evidence.model_validate(
        {
            "form": "kept", "subject": "flask", "subject_title": "Flask", "deployment": None, "endpoint": "json",
            "other_title": "with 512 connections in place of 8", "metric": "throughput_rps",
            "value": {"value": 0.546, "low": 0.509, "high": 0.586}, "low_margin": 0.87, "high_margin": 0.93,
            "verdict": Verdict.REFUTED,
        }
    )  # fmt: skip
    own = CLAIMS.model_copy(update={"claims": (claim.model_copy(update={"evidence": (kept,)}),)})
    cards = [card for file in claims_view(RUN, own).files for card in file.cards] or [
        card for file in claims_view(RUN, own).files for card in file.folded
    ]
    (row,), (plot,) = cards[0].rows, cards[0].plots
    assert row.unit == f"{NBSP}%"
    assert plot.rows[0].value == f"54.6{NBSP}%"
