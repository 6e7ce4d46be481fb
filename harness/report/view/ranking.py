"""One ranking as a dot plot and a table: ranked rows, then unranked ones, then invalid ones with their reason."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from harness.model.cell import Subject
from harness.model.findings import CellFinding, Estimate, Findings, Ranking, RankRow
from harness.report.figure.axes import value_axis
from harness.report.figure.spec import Caption, DotPlot, DotRow, Mark
from harness.report.numbers import NOTHING, Reading, percent, reading
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.terms import BOUND_WORDS, INTERFACE_LEGEND, INVALID, NOT_KNOWN, Lack, lack, shape, tone

DOTS_READ: Final = "Dots are estimates, bars their 95 % intervals."
"""How the plot of a ranking is read."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What a ranking ranks by, and how it is shown."""

    factor: float
    """From the findings' unit to the shown one."""
    unit: str
    axis: str
    value_of: Callable[[CellFinding], Estimate | None]
    """The ranked value of a cell, in the findings' unit."""
    lack_of: Callable[[CellFinding], Lack | None] = lack
    """Why a cell has none."""


@dataclass(frozen=True, slots=True)
class RankingRow:
    """One line of the table, and of the plot."""

    rank: str
    """`1`, `2=` for a tie, a dash for what takes no rank."""
    tie_group: int | None
    """The rank where it is shared."""
    label: SubjectLabel
    estimate: Estimate | None
    """In the ranking's unit; `value` is the same as text."""
    value: Reading | None
    ratio: Reading | None
    """To the best; None for the best itself and for what takes no rank."""
    bound: str
    windows: str
    lack: Lack | None
    in_place_of_ratio: str = NOTHING
    """What stands where there is none."""


@dataclass(frozen=True, slots=True)
class RankingTable:
    """A ranking's table and its figure, which is None where no cell has a value."""

    rows: tuple[RankingRow, ...]
    plot: DotPlot | None
    note: str
    """See `rank_note`; it stands in the figure's caption too."""


def ranking_table(
    ranking: Ranking,
    cells: Sequence[CellFinding],
    cast: Cast,
    scale: Scale,
    caption: Caption,
) -> RankingTable:
    """The ranking with everything measured beside it.

    `cells` are all findings of the ranked kind. Those that are valid but not in the ranking follow the ranked
    ones without a rank, the invalid ones come last. None is left out.
    """
    by_subject = {finding.cell.subject.key: finding for finding in cells}
    sharing = Counter(row.rank for row in ranking.rows)
    rows = [_ranked(row, by_subject.get(row.subject.key), cast, scale, sharing) for row in ranking.rows]
    ranked = {row.subject.key for row in ranking.rows}
    others = sorted(
        (finding for finding in cells if finding.cell.subject.key not in ranked), key=lambda each: not each.valid
    )
    rows += [_unranked(finding, cast, scale) for finding in others]
    unheard_of = [subject for subject in ranking.invalid if subject.key not in by_subject]
    rows += [_unrecorded(subject, cast) for subject in unheard_of]
    note = ranking_note(ranking, cast)
    caption = replace(caption, ranks=f"{caption.ranks} {note}".rstrip())
    return RankingTable(tuple(rows), _plot(rows, scale, caption), note)


def ranking_caption(tie_margin: float, ranks: Sequence[int]) -> str:
    """How ranks are read, where these stand."""
    bands = " Rows on one shaded band are not told apart; those of two need not be either."
    return f"{rank_rule(tie_margin)}{bands if shared_rank(ranks) else ''}"


def shared_rank(ranks: Sequence[int]) -> int | None:
    """The first of these ranks that several share; None where none is shared."""
    return next((rank for rank in ranks if ranks.count(rank) > 1), None)


def first_shared_rank(findings: Findings) -> int | None:
    """The same of the first ranking of a run that has one."""
    told = (shared_rank([row.rank for row in ranking.rows]) for ranking in findings.rankings)
    return next(filter(None, told), None)


def rank_rule(tie_margin: float) -> str:
    """What a rank is, wherever ranks are shown."""
    return (
        "A rank is one more than the number of those that were shown to be better by more than "
        f"{percent(tie_margin)}, directly or by way of others."
    )


def rank_note(ranked: Sequence[tuple[int, str]]) -> str:
    """What is said where a rank is less than its place: not all that stand above were shown to be better; else empty.

    `ranked` are the ranks of all, each with a name. One such rank is told for all of them.
    """
    for rank, name in ranked:
        above, better = sum(each < rank for each, _ in ranked), rank - 1
        if above > better:
            were = "was" if better == 1 else "were"
            others = "other" if above - better == 1 else f"other {above - better}"
            return (
                f"Why {name} has rank {rank} and not {above + 1}: of the {above} above it, {better} {were} shown to be "
                f"better, and {better} + 1 is {rank}; the {others} could not be told apart from it."
            )
    return ""


def ranking_note(ranking: Ranking, cast: Cast) -> str:
    """What has to be said of a ranking's order beside its rule; empty where nothing has."""
    named = [(row, cast.label(row.subject).in_sentence) for row in ranking.rows]
    notes = [rank_note([(row.rank, name) for row, name in named])]
    more = ranking.higher_is_better
    for (above, name), (below, other) in pairwise(named):
        if below.value.value > above.value.value if more else below.value.value < above.value.value:
            notes.append(
                f"{name} stands above {other}, whose estimate is better: fewer were shown to be better than {name}."
            )
            break
    return " ".join(filter(None, notes))


def rank_text(row: RankRow) -> str:
    """`3`, or `3=` where the place is shared."""
    return f"{row.rank}=" if row.tied else str(row.rank)


def _windows(finding: CellFinding) -> str:
    return f"{finding.windows} in {finding.rounds}"


def leader_words(ranked: int) -> str:
    """What the first of so many is called, where others have their ratio to it: to be the best takes two."""
    return "best" if ranked > 1 else "the only one"


def _ranked(row: RankRow, finding: CellFinding | None, cast: Cast, scale: Scale, sharing: Counter[int]) -> RankingRow:
    is_best = row.ratio_to_best.low == row.ratio_to_best.high == 1
    return RankingRow(
        rank=rank_text(row),
        tie_group=row.rank if sharing[row.rank] > 1 else None,
        label=cast.label(row.subject),
        estimate=row.value,
        value=reading(row.value, scale.factor),
        ratio=None if is_best else reading(row.ratio_to_best),
        bound=BOUND_WORDS[finding.bound] if finding else "unknown",
        windows=_windows(finding) if finding else "unknown",
        lack=None,
        in_place_of_ratio=leader_words(sharing.total()) if is_best else NOTHING,
    )


def _unranked(finding: CellFinding, cast: Cast, scale: Scale) -> RankingRow:
    shown = scale.value_of(finding) if finding.valid else None
    return RankingRow(
        rank=NOTHING,
        tie_group=None,
        label=cast.label(finding.cell.subject),
        estimate=shown,
        value=reading(shown, scale.factor) if shown else None,
        ratio=None,
        bound=BOUND_WORDS[finding.bound],
        windows=_windows(finding),
        lack=scale.lack_of(finding),
    )


def _unrecorded(subject: Subject, cast: Cast) -> RankingRow:
    nothing = Lack(INVALID, "nothing was recorded for this cell")
    return RankingRow(NOTHING, None, cast.label(subject), None, None, None, "unknown", "0", nothing)


def _plot(rows: Sequence[RankingRow], scale: Scale, caption: Caption) -> DotPlot | None:
    estimates = [row.estimate for row in rows if row.estimate]
    if not estimates:
        return None
    bounds = [bound * scale.factor for each in estimates for bound in (each.low, each.value, each.high)]
    drawn = tuple(_dot_row(row, scale) for row in rows if not row.label.special)
    if not drawn:
        return None
    return DotPlot(replace(caption, legend=INTERFACE_LEGEND), value_axis(scale.axis, bounds), drawn)


def _dot_row(row: RankingRow, scale: Scale) -> DotRow:
    label = row.label
    if row.estimate is None or row.value is None:
        note = row.lack.text if row.lack else NOT_KNOWN
        return DotRow(
            title=label.title, detail=label.deployment, href=label.href, key=label.key, rank=row.rank, note=note
        )
    return DotRow(
        title=label.title,
        href=label.href,
        key=label.key,
        detail=label.deployment,
        marks=(_mark(row.estimate, scale, label),),
        rank=row.rank,
        value=row.value.value,
        interval=row.value.interval_beside,
        tie_group=row.tie_group,
    )


def _mark(estimate: Estimate, scale: Scale, label: SubjectLabel) -> Mark:
    return Mark(
        value=estimate.value * scale.factor,
        low=estimate.low * scale.factor,
        high=estimate.high * scale.factor,
        shape=shape(label),
        tone=tone(label),
        hover=reading(estimate, scale.factor).with_unit(scale.unit),
    )
