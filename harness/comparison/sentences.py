"""A comparison in words: sentences, table rows and Markdown, the same for terminal, job summary and page."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from harness.claims.verdict_sentences import METRICS
from harness.comparison.across import MIN_ROUNDS
from harness.comparison.app_sentences import (
    app_rows,
    app_sentence,
    early_words,
    headline,
    of_both_copies,
    percent,
    share_words,
)
from harness.comparison.conditions import concerned_words
from harness.comparison.power import CHANCE, would_have_been_seen
from harness.comparison.uncompared import uncompared_words
from harness.model.claim import Metric
from harness.model.comparison import MARKS, Change, Outcome, RunComparison, Side
from harness.model.findings import Estimate
from harness.model.naming import capitalised, cell_words, sentence, titled

LEGEND: Final = {
    "--": "regression: worse by surely more than the regression margin",
    "-": "worse by surely more than the tie margin",
    "+": "better by surely more than the tie margin",
    "~": "not told apart",
    "!": "invalid or not measured in one of them, under another load or other conditions, or on CPUs that others had",
    "A": "measured in A only",
    "B": "measured in B only",
}

_WHOLE_FROM: Final = 100
"""From here on, values are written as whole numbers."""
_AS_GOOD_AS: Final = 1.2
"""Up to so many times as much, what is seen in all apps is told, and not that in half of them."""
_MARKDOWN_SYNTAX: Final = re.compile(r"([\\`*_\[\]<>|~&])")

_APART: Final = (
    Outcome.INVALID,
    Outcome.UNMEASURED,
    Outcome.OTHER_LOAD,
    Outcome.OTHER_CONDITIONS,
    Outcome.TAKEN_CPU,
    Outcome.ONLY_A,
    Outcome.ONLY_B,
)

type Row = Mapping[str, str]


def verdict(found: RunComparison) -> str:
    """The comparison in a sentence or two: of two runs, what could have been found comes first."""
    if found.apps and found.test:
        return headline(found.apps, found.test)
    return " ".join(filter(None, (_could_have_found(found), lines_verdict(found))))


def early(found: RunComparison) -> str:
    """What is to be known of a verdict that came before the last round; empty where none did."""
    return early_words(found.apps, found.test) if found.test else ""


def lines_verdict(found: RunComparison) -> str:
    """How many lines came out apart, in one sentence."""
    counts = {outcome: len(found.of(outcome)) for outcome in Outcome}
    if not found.compared:
        if found.distrusted:
            return sentence(f"Nothing could be compared: {_distrusted(found)}")
        return "Nothing could be compared: no valid cell is in both."
    if found.of_one_round:
        return (
            f"Nothing can be told apart: {' and '.join(found.of_one_round)} "
            f"{'has' if len(found.of_one_round) == 1 else 'have'} one round only, which does not show how one start of "
            "a server differs from the next: no change, however large, could have been found. Measure with "
            f"--rounds {MIN_ROUNDS} at least, or by a longer profile."
        )
    compared = f"{found.compared} comparison{'' if found.compared == 1 else 's'}"
    if found.no_difference:
        return f"No difference found in {compared}."
    parts = [
        f"{counts[outcome]} {word}"
        for outcome, word in (
            (Outcome.REGRESSION, "regressions" if counts[Outcome.REGRESSION] > 1 else "regression"),
            (Outcome.WORSE, "worse"),
            (Outcome.BETTER, "better"),
        )
        if counts[outcome]
    ]
    return f"{', '.join(parts)}; {counts[Outcome.TIED]} of {compared} not told apart."


def _could_have_found(found: RunComparison) -> str:
    seen = would_have_been_seen(found)
    if seen is None:
        return ""
    if seen.apps == 1:
        return f"A slow-down {share_words(seen.in_all)} or more would have been seen."
    if seen.in_all <= _AS_GOOD_AS * seen.in_half:
        return f"A slow-down {share_words(seen.in_all)} or more of any app would have been seen."
    return (
        f"A slow-down {share_words(seen.in_half)} or more would have been seen in half of the apps, "
        f"one {share_words(seen.in_all)} in all."
    )


def notes(found: RunComparison) -> tuple[str, ...]:
    """What a reader has to know beside the table."""
    return tuple(_notes(found))


def _notes(found: RunComparison) -> Iterator[str]:
    if found.apps and found.test:
        if found.apps[1:]:
            yield from (app_sentence(app, found.test) for app in found.apps)
        yield f"Of the lines, each by itself: {lines_verdict(found)}"
        if why := of_both_copies(found.apps, found.changes):
            yield why
    if found.distrusted:
        yield f"{sentence(capitalised(_distrusted(found)))} Measure again."
    elif not found.paired and would_have_been_seen(found):
        yield f"Would have been seen: came out worse in one line at least, with a chance of {percent(CHANCE)}."
    yield from _other_conditions(found)
    if taken := found.of(Outcome.TAKEN_CPU):
        yield (
            f"Kept apart, since others had CPUs of the run meanwhile, or may have had: the throughput of {len(taken)} "
            f"cell{'' if len(taken) == 1 else 's'}. End other work and measure again."
        )
    if found.uncompared:
        yield f"Not compared: {uncompared_words(found.uncompared)}."
    yield from (sentence(f"Changed in the app: {line}") for line in found.app_changes)
    yield from _not_listed(found) if found.of_one_round else _of_intervals(found)


def _of_intervals(found: RunComparison) -> Iterator[str]:
    """What intervals allow for, and what was taken out."""
    for margins in found.margins:
        more = (
            f"; from run to run the cells scatter by {_percent(margins.between_runs_sd)} more than within the runs"
            if margins.between_runs_sd
            else ""
        )
        seen = _median_detectable(found, margins.metric)
        yield (
            f"{capitalised(METRICS[margins.metric].name)}: tie margin {_percent(margins.tie)}, regression margin "
            f"{_percent(margins.regression)}{more}{seen}."
        )
    taken = [each for each in found.shifts if each.taken_out]
    if taken:
        by_metric = {metric: [each.ratio for each in taken if each.metric is metric] for metric in Metric}
        words = [
            f"{METRICS[metric].name} {min(ratios):.3f} to {max(ratios):.3f}"
            for metric, ratios in by_metric.items()
            if ratios
        ]
        yield f"Moved all apps of an endpoint alike, as a host does, and is taken out (B over A): {'; '.join(words)}."
    if any(not each.taken_out for each in found.shifts):
        yield (
            "Too few apps are in both runs to tell what the host did from what happened to each: intervals allow for a "
            "host that changes by 5 % from run to run. `bench ab` compares two revisions within one run."
        )


def _not_listed(found: RunComparison) -> Iterator[str]:
    """Of one round there is no interval, and a ratio without one says nothing."""
    if found.compared:
        lines = f"{found.compared} line{'' if found.compared == 1 else 's'}"
        yield f"Not listed: {lines} that both have, of which no ratio has an interval; --json has their values."


def _other_conditions(found: RunComparison) -> Iterator[str]:
    for each in found.differences:
        if found.forced:
            yield f"Forced although {each.condition} differs: {each.a} in A, {each.b} in B."
        else:
            yield (
                f"{capitalised(each.condition)} differs ({each.a} in A, {each.b} in B): not compared are "
                f"{concerned_words(each.condition)}."
            )


def _distrusted(found: RunComparison) -> str:
    return f"what can't be trusted is not compared ({'; '.join(found.distrusted)})"


def _median_detectable(found: RunComparison, metric: Metric) -> str:
    known = sorted(each.detectable for each in found.changes if each.metric is metric and each.detectable is not None)
    if not known:
        return ""
    middle = known[len(known) // 2]
    change = f"a change of {_percent(middle)}" if middle < 1 else f"only a change by a factor of {middle + 1:.1f}"
    return f"; {change} would have been found in half of the cells"


def rows(changes: Iterable[Change]) -> list[Row]:
    """One row for each change that has figures to show."""
    return [
        {
            "": MARKS[each.outcome],
            "cell": _cell_of(each),
            "metric": METRICS[each.metric].name,
            "A": value_words(each.a, each.metric),
            "B": value_words(each.b, each.metric),
            "B/A": f"{each.ratio.value:.3f}" if each.ratio else "",
            "95 % interval": f"{each.ratio.low:.3f} .. {each.ratio.high:.3f}" if each.ratio else "",
        }
        for each in changes
    ]


def _cell_of(change: Change) -> str:
    """Whose cell it is, and which, as a reader knows it: in both revisions the same."""
    subject = change.cell.subject
    return f"{titled(change.title, subject.variant, subject.special)}: {cell_words(change.cell)}"


def legend(*tables: Iterable[Row]) -> dict[str, str]:
    """What the marks mean that stand in these tables, and no others."""
    shown = {row.get("") for table in tables for row in table}
    return {mark: words for mark, words in LEGEND.items() if mark in shown}


def whole_rows(found: RunComparison) -> list[Row]:
    """Each app as a whole, where both were measured in one run."""
    return app_rows(found.apps, found.test) if found.test else []


def apart_rows(found: RunComparison) -> list[Row]:
    """What could not be compared, and why."""
    return [
        {
            "": MARKS[each.outcome],
            "cell": _cell_of(each),
            "metric": METRICS[each.metric].name,
            "why": each.reason or each.outcome.value,
        }
        for each in found.of(*_APART)
    ]


def compared_changes(found: RunComparison) -> tuple[Change, ...]:
    """What was compared, what came out apart first and most of it at the top."""
    order = (Outcome.REGRESSION, Outcome.WORSE, Outcome.BETTER, Outcome.TIED)
    return tuple(
        change
        for outcome in order
        for change in sorted(found.of(outcome), key=lambda each: each.p_value or 0.0)
        if change.ratio
    )


def side_words(side: Side) -> str:
    """A run as a reader knows it."""
    revision = f", commit {side.revision[:9]}{side.revision[40:]}" if side.revision else ""
    return f"{side.name} ({side.started_at:%Y-%m-%d %H:%M} UTC{revision})"


def value_words(estimate: Estimate | None, metric: Metric) -> str:
    """A value with its unit."""
    if estimate is None:
        return ""
    value = estimate.value * METRICS[metric].scale
    number = f"{value:,.0f}" if value >= _WHOLE_FROM else f"{value:.3g}"
    return f"{number} {METRICS[metric].unit}".rstrip()


def markdown(found: RunComparison) -> str:
    """The comparison for a job summary or a pull request; begins with a heading of level 2."""
    changed = [each for each in compared_changes(found) if each.outcome is not Outcome.TIED]
    tied = [each for each in compared_changes(found) if each.outcome is Outcome.TIED]
    marks = legend(rows(changed), rows(tied), apart_rows(found))
    parts = [
        "## Comparison",
        f"**{_escaped(verdict(found))}**",
        _escaped(early(found)),
        f"A: {_escaped(side_words(found.a))}  \nB: {_escaped(side_words(found.b))}",
        _table(whole) if (whole := whole_rows(found)) else "",
        _table(rows(changed)) if changed else "",
        "\n".join(f"- {_escaped(note)}" for note in notes(found)),
        _details(f"{len(tied)} not told apart", _table(rows(tied))) if tied else "",
        _details(f"{len(apart)} kept apart", _table(apart)) if (apart := apart_rows(found)) else "",
        f"{'; '.join(f'`{mark}` {words}' for mark, words in marks.items())}." if marks else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(table: list[Row]) -> str:
    names = list(table[0])
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    lines += [f"| {' | '.join(_escaped(row[name]) if name else f'`{row[name]}`' for name in names)} |" for row in table]
    return "\n".join(lines)


def _details(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def _escaped(text: str) -> str:
    return _MARKDOWN_SYNTAX.sub(r"\\\1", " ".join(text.split()))


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"
