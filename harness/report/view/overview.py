"""The section at a glance: every subject's ratio to the best on everything that is ranked, as a heat map of numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from harness.model.cell import Subject
from harness.model.findings import CellFinding, Findings, Ranking
from harness.model.naming import RATE_WORDS
from harness.report.numbers import NOTHING, Reading, reading
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.ranking import leader_words
from harness.report.view.ratios import RatioBook, heat_step, ratios_name
from harness.report.view.terms import Lack, lack


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One ratio, and its tint by `heat_step`."""

    of: str
    """The ratios' name, by which another baseline's are found."""
    ratio: Reading | None
    """None for the best itself, and where there is none."""
    step: int
    in_place_of_ratio: str
    """What stands where there is none."""
    lack: Lack | None


@dataclass(frozen=True, slots=True)
class HeatColumn:
    """One ranked quantity."""

    endpoint: str
    what: str


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One subject; None where a cell was not run."""

    label: SubjectLabel
    cells: tuple[HeatCell | None, ...]
    notes: tuple[int, ...]
    """The footnotes that are about it, counted from 1."""


@dataclass(frozen=True, slots=True)
class OverviewView:
    """The heat map; empty where nothing was ranked."""

    columns: tuple[HeatColumn, ...]
    rows: tuple[HeatRow, ...]
    notes: tuple[str, ...] = ()
    """What makes some apps special, as footnotes."""


_OWN_SERVER: Final = (
    "Brings its own server: what is measured is framework and server together, with no baseline below it."
)
_CLOSES: Final = "Closes each connection after its answer, so each request also pays for a new one."
_CLOSES_SOME: Final = "Closes some connections after their answers, so some requests also pay for a new one."
_ALSO: Final = "Deployed in one way only: the row stands for several variants."
_NOTES: Final = (_OWN_SERVER, _CLOSES, _CLOSES_SOME, _ALSO)


def overview_view(findings: Findings, book: RatioBook, cast: Cast) -> OverviewView:
    """All rankings side by side, the subjects in the order of the first one.

    There is no mean over the columns: which mixture of them is yours, nobody can know.
    """
    latency = findings.latency_rankings()
    rankings = [each for each in findings.rankings if each.rows and (each.figure is None or each in latency)]
    if not rankings:
        return OverviewView((), ())
    found = {
        (each.cell.endpoint, each.cell.workload, each.cell.rate, each.cell.subject): each for each in findings.cells
    }
    ranked = [row.subject for row in rankings[0].rows]
    special = {subject: tuple(_special(subject, cast)) for subject in (each.cell.subject for each in findings.cells)}
    notes = [note for note in _NOTES if any(note in own for own in special.values())]
    others = [finding.cell.subject for finding in findings.cells if finding.cell.subject.is_original]
    return OverviewView(
        columns=tuple(HeatColumn(each.endpoint.value, _what(each)) for each in rankings),
        rows=tuple(
            HeatRow(
                cast.label(subject),
                tuple(
                    _cell(found.get((each.endpoint, each.workload, each.rate, subject)), subject, each, book)
                    for each in rankings
                ),
                tuple(notes.index(note) + 1 for note in special.get(subject, ())),
            )
            for subject in dict.fromkeys([*ranked, *others])
        ),
        notes=tuple(notes),
    )


def _special(subject: Subject, cast: Cast) -> Iterator[str]:
    label, deployment = cast.label(subject), cast.deployment(subject)
    if label.own_server:
        yield _OWN_SERVER
    if deployment is not None and deployment.keep_alive is not True:
        yield _CLOSES if deployment.keep_alive is False else _CLOSES_SOME
    if label.also:
        yield _ALSO


def _what(ranking: Ranking) -> str:
    if ranking.figure is None or ranking.rate is None:
        return "capacity"
    return f"{ranking.figure.name}, {RATE_WORDS[ranking.rate]}"


def _cell(finding: CellFinding | None, subject: Subject, ranking: Ranking, book: RatioBook) -> HeatCell | None:
    if finding is None:
        return None
    name = ratios_name(ranking)
    best = ranking.rows[0].subject
    ratio = book.between(name, subject, best)
    return HeatCell(
        of=name,
        ratio=reading(ratio) if ratio else None,
        step=heat_step(ratio, ranking.workload, tied=book.tied(name, subject, best)) if ratio else 0,
        in_place_of_ratio=leader_words(len(ranking.rows)) if subject == best else NOTHING,
        lack=lack(finding),
    )
