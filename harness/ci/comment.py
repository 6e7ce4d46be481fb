"""The text of a comment on a pull request: made of checked numbers and names, so nobody else's words are in it."""

from collections.abc import Iterator
from typing import Final

from harness.ci.artifact import TakenApp, TakenComparison, TakenTest
from harness.claims.verdict_sentences import METRICS
from harness.comparison.app_sentences import PER_REQUEST, change_words, interval_words, level_words, percent
from harness.model.app_change import AppOutcome

MARK: Final = "<!-- bench ci: the apps of this pull request beside those of its base -->"
"""By it the comment is found again; it can't be seen."""

_MOST_DETAILS: Final = 200
"""GitHub refuses a comment beyond 65,536 characters."""

_WORDS: Final = {
    AppOutcome.SLOWER: "**slower**",
    AppOutcome.FASTER: "**faster**",
    AppOutcome.UNDECIDED: "not decided",
    AppOutcome.INVALID: "can't be compared",
    AppOutcome.BROKEN: "**breaks the contract**",
    AppOutcome.UNCHECKED: "could not be checked",
}


def comment(found: TakenComparison | None, commit: str) -> str:
    """The whole comment, in GitHub's Markdown.

    Args:
        found: What was measured; None where no app differs from the base.
        commit: The head that was measured: hexadecimal digits.
    """
    if found is None:
        return f"{MARK}\n### Benchmark\n\nAs of {commit}, no app differs from the base, so nothing was measured.\n"
    test = found.test
    rows = "".join(f"| {' | '.join(_row(app, test))} |\n" for app in found.apps)
    lines = [f"- {line}\n" for app in found.apps for line in _details(app, test)]
    more = f"\nand {len(lines) - _MOST_DETAILS:,} more.\n" if lines[_MOST_DETAILS:] else ""
    details = "".join(lines[:_MOST_DETAILS]) + more
    return (
        f"{MARK}\n"
        f"### Benchmark: {PER_REQUEST}, against the base\n\n"
        f"| app | change | {level_words(test.sequential)} interval | verdict |\n|---|---|---|---|\n{rows}\n"
        f"<details>\n<summary>Details</summary>\n\n{details}\n</details>\n\n"
        f"Commit {commit}, measured in one sitting beside its base, by the pull request's own code. "
        "`make bench-pr`, or `bench ab` with both sources of a framework, measures it again on a machine of yours.\n"
    )


def _row(app: TakenApp, test: TakenTest) -> tuple[str, ...]:
    verdict = _WORDS.get(app.outcome, f"not slower by {percent(test.detect)} or more")
    if app.cpu is None:
        return f"`{app.app}`", "not known", "not known", verdict
    return f"`{app.app}`", change_words(app.cpu.estimate), interval_words(app.cpu.estimate), verdict


def _details(app: TakenApp, test: TakenTest) -> Iterator[str]:
    level = level_words(test.sequential)
    cells = f"{app.cells} cell{'' if app.cells == 1 else 's'}"
    if app.cells < app.planned:
        cells = f"{app.cells} of {app.planned} cells, as the others have no figure"
    yield f"`{app.app}`: {cells}, {app.rounds} round{'' if app.rounds == 1 else 's'}"
    for each in app.beside:
        ratio = each.ratio.estimate
        words = f"{change_words(ratio)} ({level} interval {interval_words(ratio)})"
        yield f"`{app.app}`, {METRICS[each.metric].name}: {words}"
