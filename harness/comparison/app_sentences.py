"""What became of each app as a whole, in sentences: which side is faster, by how much, how sure."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from harness.claims.verdict_sentences import METRICS
from harness.model.app_change import AppChange, AppOutcome
from harness.model.claim import Metric
from harness.model.comparison import Change
from harness.model.findings import Estimate
from harness.model.naming import sentence
from harness.model.plan import SequentialTest

PER_REQUEST: Final = "CPU time per request"
_LEAST_P: Final = 1e-4
_CERTAINLY_AT_MOST: Final = 10.0
"""Beyond so many times, a difference is told as a factor."""

_TOLD: Final = frozenset({AppOutcome.SLOWER, AppOutcome.FASTER, AppOutcome.NOT_SLOWER})
_BOTH_COPIES: Final = (
    "An app's figures as a whole count both copies of the side that was started twice, and a line counts the first one "
    "only: so they differ even where the app has one endpoint."
)
_SHARES: Final = {
    Fraction(1, 8): "one eighth",
    Fraction(1, 6): "one sixth",
    Fraction(1, 4): "a quarter",
    Fraction(1, 3): "a third",
    Fraction(3, 8): "three eighths",
    Fraction(1, 2): "half",
    Fraction(2, 3): "two thirds",
    Fraction(3, 4): "three quarters",
}


def headline(apps: Sequence[AppChange], test: SequentialTest) -> str:
    """All apps in one sentence."""
    if len(apps) == 1:
        return app_sentence(apps[0], test)
    by_outcome = {outcome: [app for app in apps if app.outcome is outcome] for outcome in AppOutcome}
    parts = [_counted(outcome, own, test) for outcome, own in by_outcome.items() if own]
    return sentence(f"Of {len(apps)} apps, {', '.join(parts)}")


def app_sentence(app: AppChange, test: SequentialTest) -> str:
    """One app: what it came to, by how much, and how sure that is."""
    if app.cpu is None:
        return sentence(f"{app.b} can't be compared with {app.a}: {app.reason or ''}")
    measured = (
        f"{change_words(app.cpu)} {PER_REQUEST} ({level_words(test)} interval {interval_words(app.cpu)}; "
        f"p {_p_words(app)}{_corrected(app, test)}), after {_rounds_words(app, test)}{_lacking(app)}"
    )
    match app.outcome:
        case AppOutcome.SLOWER | AppOutcome.FASTER:
            return f"{app.b} is {app.outcome.value} than {app.a}: {measured}."
        case AppOutcome.NOT_SLOWER:
            return (
                f"{app.b} is not slower than {app.a} by {percent(test.detect)} or more, and not told apart from it: "
                f"{measured}."
            )
        case _:
            seen = f"; a slow-down {share_words(app.detectable)} or more would have been seen" if app.detectable else ""
            return f"Not decided whether {app.b} is slower than {app.a}: {measured}{seen}."


def early_words(apps: Sequence[AppChange], test: SequentialTest) -> str:
    """How much of the level was there to be used, where a verdict came before the last round; empty elsewhere."""
    rounds, most = max((app.rounds for app in apps if app.outcome in _TOLD), default=0), test.looks[-1]
    if not 0 < rounds < most:
        return ""
    share = Fraction(rounds, most)
    return (
        f"This verdict came early, so it had to be clearer: by round {rounds} of {most}, {_SHARES.get(share, share)} "
        f"of the {percent(test.alpha)} chance of error may be used."
    )


def app_rows(apps: Sequence[AppChange], test: SequentialTest) -> list[Mapping[str, str]]:
    """A row for each app and quantity: the primary one, and those beside it."""
    return [row for app in apps for row in _rows(app, test)]


def of_both_copies(apps: Sequence[AppChange], lines: Sequence[Change]) -> str:
    """Why an app's figure is another than that of the one cell that it is made of; empty where none is seen to be.

    The rounds are the same, and so are the windows: what an app counts besides is the second copy of one side.
    """
    for app in apps:
        for metric, ratio in ((Metric.SERVER_CPU, app.cpu), *((each.metric, each.ratio) for each in app.beside)):
            own = [each for each in lines if each.metric is metric and each.cell.subject.app == app.app and each.ratio]
            of_cell = own[0].ratio if len(own) == 1 else None
            if ratio and of_cell and _as_shown(ratio) != _as_shown(of_cell):
                return _BOTH_COPIES
    return ""


def _as_shown(ratio: Estimate) -> str:
    return f"{ratio.value:.3f}"


def change_words(ratio: Estimate) -> str:
    """A ratio as a change: `5.2 % more`."""
    return _signed(ratio.value)


def interval_words(ratio: Estimate) -> str:
    """Its interval: `2.9 to 7.6 % more`, `1.2 % less to 3.0 % more`."""
    low, high = _signed(ratio.low), _signed(ratio.high)
    number, _, words = low.partition(" ")
    return f"{number} to {high}" if high.endswith(words) and words.startswith("%") else f"{low} to {high}"


def level_words(test: SequentialTest) -> str:
    """The level of the intervals: `95 %`."""
    return f"{100 * (1 - test.alpha):g} %"


def percent(share: float) -> str:
    """`3 %`, `3.5 %`."""
    return f"{round(100 * share, 1):g} %"


def share_words(share: float) -> str:
    """How large a slow-down is: `of 5 %`, `by a factor of 2.3`."""
    return f"of {percent(share)}" if share < 1 else f"by a factor of {share + 1:.1f}"


def _signed(ratio: float) -> str:
    if ratio >= _CERTAINLY_AT_MOST:
        return f"{ratio:.0f} times as much"
    return f"{abs(ratio - 1) * 100:.1f} % {'more' if ratio >= 1 else 'less'}"


def _p_words(app: AppChange) -> str:
    if app.p_value is None or app.p_value < _LEAST_P:
        return f"< {_LEAST_P:.4f}"
    return f"= {app.p_value:.2g}"


def _corrected(app: AppChange, test: SequentialTest) -> str:
    """Why what would be told apart by itself is not."""
    is_apart = app.outcome in {AppOutcome.SLOWER, AppOutcome.FASTER}
    if is_apart or app.p_value is None or app.p_value >= test.alpha:
        return ""
    return ", which is too much where several apps are tested at once"


def _lacking(app: AppChange) -> str:
    """That it is the mean of some of its cells only."""
    if app.cells >= app.planned:
        return ""
    lacking = app.planned - app.cells
    return f", on {app.cells} of {app.planned} cells: {lacking} {'has' if lacking == 1 else 'have'} no figure"


def _rounds_words(app: AppChange, test: SequentialTest) -> str:
    most = test.looks[-1]
    found = f"{'' if app.rounds == most else f'{app.rounds} of up to '}{most} round{'' if most == 1 else 's'}"
    return f"{found} ({app.left_out} left out, where a cell was not measured in both)" if app.left_out else found


def _counted(outcome: AppOutcome, own: Sequence[AppChange], test: SequentialTest) -> str:
    names = ", ".join(f"{each.b} {change_words(each.cpu)}" if each.cpu else each.b for each in own)
    be = "are" if own[1:] else "is"
    words = {
        AppOutcome.SLOWER: f"{be} slower",
        AppOutcome.FASTER: f"{be} faster",
        AppOutcome.NOT_SLOWER: f"{be} not slower by {percent(test.detect)} or more",
        AppOutcome.UNDECIDED: f"{be} not decided",
        AppOutcome.INVALID: "can't be compared",
        AppOutcome.BROKEN: f"break{'' if own[1:] else 's'} the contract",
        AppOutcome.UNCHECKED: "could not be checked in full",
    }
    return f"{len(own)} {words[outcome]} ({names})"


def _rows(app: AppChange, test: SequentialTest) -> Iterator[Mapping[str, str]]:
    tested = [(f"{PER_REQUEST} (tested)", app.cpu)] if app.cpu else []
    beside = [(METRICS[each.metric].name, each.ratio) for each in app.beside]
    for name, ratio in [*tested, *beside]:
        yield {
            "app": app.b,
            "quantity": name,
            "B/A": _as_shown(ratio),
            "change": change_words(ratio),
            f"{level_words(test)} interval": f"{ratio.low:.3f} .. {ratio.high:.3f}",
        }
