"""From comparisons to verdicts, on numbers whose truth is known."""

from math import log

import numpy as np
import pytest

from harness.analysis.intervals import LogInterval
from harness.claims.decide import Margin, Weighed, combine, further_rounds, weigh
from harness.claims.holm import ALPHA, LEVEL, holm
from harness.model.verdict import Verdict

AT_LEAST_TWICE = Margin.around(2.0, 0.0, wants_more=True)


def interval(ratio: float, standard_error: float = 0.01, df: float = 20) -> LogInterval:
    return LogInterval(log(ratio), standard_error, df)


@pytest.mark.parametrize(
    ("ratio", "wants_more", "verdict"),
    [
        (2.2, True, Verdict.SUPPORTED),
        (1.8, True, Verdict.REFUTED),
        (2.01, True, Verdict.INCONCLUSIVE),
        (1.8, False, Verdict.SUPPORTED),
        (2.2, False, Verdict.REFUTED),
    ],
)
def test_a_ratio_is_held_against_its_margin(ratio: float, *, wants_more: bool, verdict: Verdict) -> None:
    assert weigh(interval(ratio), Margin.around(2.0, 0.0, wants_more=wants_more)).verdict is verdict


def test_what_is_tied_with_the_claimed_value_decides_nothing() -> None:
    near = interval(2.06, standard_error=0.001)
    assert weigh(near, AT_LEAST_TWICE).verdict is Verdict.SUPPORTED
    assert weigh(near, Margin.around(2.0, 0.05, wants_more=True)).verdict is Verdict.INCONCLUSIVE


def test_the_p_value_of_an_interval_that_touches_the_margin_is_five_percent() -> None:
    found = LogInterval(0.0, 0.1, 7.0)
    edge = float(np.exp(-found.half_width))
    assert weigh(found, Margin(edge, edge, wants_more=True)).p_support == pytest.approx(0.05)


def test_all_must_hold_or_any_suffices() -> None:
    good, bad, between = Weighed(0.001, 1.0), Weighed(1.0, 0.002), Weighed(0.4, 0.6)
    assert combine([good, good], 2).verdict is Verdict.SUPPORTED
    assert combine([good, bad], 2).verdict is Verdict.REFUTED
    assert combine([good, between], 2).verdict is Verdict.INCONCLUSIVE
    assert combine([good, bad], 1).verdict is Verdict.SUPPORTED
    assert combine([bad, bad], 1).verdict is Verdict.REFUTED
    assert combine([bad, between], 1).verdict is Verdict.INCONCLUSIVE
    # One of ten that fails may do so by chance: it counts ten times.
    assert combine([good] * 9 + [bad], 10).p_refute == pytest.approx(0.02)


def test_holm_rejects_step_by_step() -> None:
    """The example of Holm's procedure: 0.01 and 0.005 pass, 0.03 does not, and so neither does 0.04."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == [True, False, False, True]
    assert holm([]) == []


def test_further_rounds_shrink_the_interval_to_the_margin() -> None:
    found = interval(2.1, standard_error=0.05, df=1e6)
    more = further_rounds([weigh(found, AT_LEAST_TWICE)], 1, rounds=4)
    assert more is not None
    enough = LogInterval(found.value, found.standard_error * (4 / (4 + more)) ** 0.5, 1e6)
    short = LogInterval(found.value, found.standard_error * (4 / (3 + more)) ** 0.5, 1e6)
    assert weigh(enough, AT_LEAST_TWICE).verdict is Verdict.SUPPORTED
    assert weigh(short, AT_LEAST_TWICE).verdict is Verdict.INCONCLUSIVE


def test_no_number_of_rounds_decides_what_lies_on_the_margin() -> None:
    tied = weigh(interval(2.02, 0.1), Margin.around(2.0, 0.05, wants_more=True))
    assert further_rounds([tied], 1, rounds=4) is None
    assert further_rounds([weigh(interval(2.0001, 0.5), AT_LEAST_TWICE)], 1, rounds=4) is None


def test_the_rounds_that_are_told_decide_half_of_the_runs_that_take_them() -> None:
    """At the level of one of eight looks. At 5 %, so few would be told that hardly a quarter of the runs came to it."""
    edge, scatter, rounds = 0.3, 1.0, 12
    pilot = weigh(LogInterval(log(2) + edge, scatter / rounds**0.5, rounds - 1), AT_LEAST_TWICE)
    generator = np.random.default_rng(1)

    def decided(told_at: float) -> float:
        more = further_rounds([pilot], 1, rounds, told_at)
        assert more
        total = rounds + more
        drawn = log(2) + edge + scatter * generator.normal(size=(4_000, total))
        errors = drawn.std(axis=1, ddof=1) / total**0.5
        found = (LogInterval(*each, total - 1) for each in zip(drawn.mean(axis=1), errors, strict=True))
        return float(np.mean([weigh(each, AT_LEAST_TWICE).p_support < LEVEL for each in found]))

    assert decided(LEVEL) == pytest.approx(0.5, abs=0.05)
    assert decided(ALPHA) < 0.35


def test_a_claim_of_several_comparisons_needs_the_rounds_that_all_of_it_needs() -> None:
    sure, likely, unlikely = (weigh(interval(ratio, 0.05), AT_LEAST_TWICE) for ratio in (2.5, 2.1, 1.9))
    one = further_rounds([likely], 1, rounds=4)
    assert further_rounds([sure, likely], 2, rounds=4) == one, "the last one to be decided decides"
    assert further_rounds([sure, likely], 1, rounds=4) == 0, "any suffices, and one does"
    against = further_rounds([sure, unlikely], 2, rounds=4)
    alone = further_rounds([unlikely], 1, rounds=4)
    assert against is not None
    assert alone is not None
    assert against > alone, "one of two that fails may do so by chance"
    assert further_rounds([likely, Weighed(1.0, 1.0)], 2, rounds=4) is None, "what is lacking stays so"


def test_of_twenty_claims_that_lie_on_their_margins_hardly_ever_is_one_decided() -> None:
    """Whatever is decided there is wrong; Holm keeps the chance that any is at 5 %."""
    generator = np.random.default_rng(1)
    wrong = 0
    for _ in range(2000):
        values = generator.standard_t(8, 20) * 0.02
        weighed = [weigh(LogInterval(log(2) + value, 0.02, 8), AT_LEAST_TWICE) for value in values]
        wrong += any(holm([min(each.p_support, each.p_refute) for each in weighed]))
    assert wrong / 2000 <= 0.06
    assert wrong > 0
