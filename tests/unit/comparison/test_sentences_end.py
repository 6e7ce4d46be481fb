"""A verdict ends in one full stop right behind its last word, whatever others have put into it."""

from itertools import product

import pytest

from harness.comparison.app_sentences import app_sentence, headline
from harness.comparison.sentences import lines_verdict, notes
from harness.comparison.within import compare_within
from harness.model.app_change import AppChange, AppOutcome
from harness.model.comparison import RunComparison
from harness.model.findings import Estimate
from harness.model.naming import sentence
from harness.model.plan import SequentialTest
from harness.report.view.headline import HeadlineView
from tests.unit.comparison.test_app_test import of_two_revisions

REASONS = (
    *(None, "", " ", "\t", "too little was measured", "ends by itself.", "in A: the first: timed out: "),
    *("the server said:\r\n  no\n", "so it is ;", "in B: 3 lost (no answer) .", "wait!", "why? ", "cut off ..."),
)
CPUS = (None, Estimate(value=1.04, low=0.99, high=1.2), Estimate(value=12.0, low=11.0, high=14.0))


def ends_well(told: str) -> bool:
    return told == told.strip() and "\n" not in told and "  " not in told and not told.rstrip(".").endswith(" ")


@pytest.mark.parametrize("reason", REASONS)
def test_whatever_the_reason_outcome_and_figures(reason: str | None) -> None:
    test = SequentialTest(looks=(4, 8))
    figures = product(CPUS, (None, 0.0, 0.04), (None, 0.03, 1.5), (0, 8))
    for outcome, (cpu, p_value, detectable, rounds) in product(AppOutcome, figures):
        app = AppChange(
            app="one",
            a="one (as of v1)",
            b="one",
            outcome=outcome,
            reason=reason,
            cpu=cpu,
            p_value=p_value,
            detectable=detectable,
            rounds=rounds,
        )
        for told in (app_sentence(app, test), headline((app,), test), headline((app, app), test)):
            assert ends_well(told), told
            assert told.endswith((".", "!", "?")), told
            assert "None" not in told
            title = HeadlineView("One framework", "One.", "", ()).led_by(told).title
            assert title == title.strip(), title


@pytest.mark.parametrize("reason", [each for each in REASONS if each is not None])
def test_of_what_could_not_be_compared(reason: str) -> None:
    found: RunComparison = compare_within(of_two_revisions(0.10), "ab")
    nothing = found.model_copy(update={"compared": 0, "distrusted": (reason,), "app_changes": (f"one: {reason}",)})
    for told in (lines_verdict(nothing), *notes(nothing)):
        assert ends_well(told), told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("it is so", "It is so."),
        ("it is so.", "It is so."),
        ("it is so .", "It is so."),
        ("the first: timed out: ", "The first: timed out."),
        ("and more...", "And more..."),
        ("and more ....", "And more..."),
        ("is it so?", "Is it so?"),
        (" two\r\nlines ", "Two lines."),
        ("1,840\N{NO-BREAK SPACE}requests/s", "1,840\N{NO-BREAK SPACE}requests/s."),
        ("", ""),
        (" . ", ""),
    ],
)
def test_a_sentence(words: str, told: str) -> None:
    found = sentence(words)
    assert (found[:1].upper() + found[1:]) == told
