"""The section on gates: every invalid cell with its reason, and how each gate came out over all cells."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from harness.analysis.windows import failure_words
from harness.model.findings import AnyFinding, CellFinding, Findings
from harness.model.naming import capitalised, cell_words
from harness.model.validity import Gate, GateName
from harness.model.window import Failure
from harness.report.numbers import count, counted, listed, percent, spaced
from harness.report.view.cast import Cast, SubjectLabel

_MUST_REACH_LIMIT: Final = frozenset({GateName.STARTED, GateName.ENOUGH_DATA, GateName.OFFERED_RATE})
"""Gates whose value must reach the limit; the others' must not go beyond it."""
_BY_LIMIT: Final = frozenset({GateName.GENERATOR_CPU, GateName.GENERATOR_DELAY, GateName.LITTLES_LAW})
"""Gates with a limit for some cells and another one for others, each a share: in a run with both, each has its row."""
_NAMED: Final = 3
"""So many whose answers were not right are named; more are counted."""


type _Applied = list[tuple[Gate, AnyFinding]]
"""A gate with the cell that it was applied to."""


@dataclass(frozen=True, slots=True)
class InvalidCell:
    """One cell that takes no rank, and why."""

    label: SubjectLabel
    cell: str
    reasons: tuple[str, ...]
    failures: str
    first_failure: str


@dataclass(frozen=True, slots=True)
class GateSummary:
    """One gate over all cells that it was applied to."""

    name: str
    """With its limit, where it has another one for other cells."""
    applied: int
    failed: int
    worst: str
    """The explanation of the gate on the cell where it came closest to, or went furthest beyond, its limit."""
    where: str
    """That cell."""


@dataclass(frozen=True, slots=True)
class ValidityView:
    """What was refused, and what the accepted numbers rest on."""

    cells: int
    """Those that were measured."""
    unmeasured: str
    """How many were not; empty where all were."""
    invalid: tuple[InvalidCell, ...]
    gates: tuple[GateSummary, ...]
    windows: str
    requests: str
    without_card: str
    """How many of the requests were answered by what has no card of its own; empty where none was."""


def validity_view(findings: Findings, cast: Cast) -> ValidityView:
    """All invalid cells, then the gates in their own order."""
    judged = [finding for finding in findings.all_cells if not finding.unmeasured]
    return ValidityView(
        cells=len(judged),
        unmeasured=unmeasured_words(findings),
        invalid=tuple(_invalid(finding, cast) for finding in judged if not finding.valid),
        gates=tuple(_summaries(judged, cast)),
        windows=_windows(findings.cells),
        requests=count(sum(finding.requests for finding in findings.cells)),
        without_card=_without_card(findings.cells),
    )


def _without_card(cells: Iterable[CellFinding]) -> str:
    number = sum(each.requests for each in cells if not each.cell.subject.is_original)
    return f"{count(number)} of them by second copies and special servers, on no card." if number else ""


def unmeasured_words(findings: Findings) -> str:
    """How many cells a run that is not finished has not come to: `To come: 3 of 12 cells`; empty for none."""
    everything = findings.all_cells
    words = [finding.unmeasured for finding in everything if finding.unmeasured]
    return f"{capitalised(words[0])}: {count(len(words))} of {counted(len(everything), 'cell')}" if words else ""


def answers_words(cells: Sequence[CellFinding], cast: Cast | None = None) -> str:
    """How many answers were right, how many wrong, and how requests failed otherwise; with a cast, by whom.

    A wrong answer is one with a wrong body, as the gate on verified responses has it; all else is that on errors.
    """
    right = sum(finding.requests for finding in cells)
    failed: Counter[Failure] = Counter()
    for finding in cells:
        failed.update({Failure(kind): number for kind, number in finding.failures.items()})
    wrong = failed.pop(Failure.WRONG_BODY, 0)
    by_wrong = _by({Failure.WRONG_BODY}, cells, cast) if wrong else ""
    otherwise = failure_words(failed, {})
    by_others = _by(set(failed), cells, cast) if otherwise else ""
    return f"{count(right)} right; {count(wrong)} wrong{by_wrong}; {otherwise or '0 failed'}{by_others}"


def _by(kinds: set[Failure], cells: Iterable[CellFinding], cast: Cast | None) -> str:
    if cast is None:
        return ""
    subjects = dict.fromkeys(each.cell.subject for each in cells if any(each.failures.get(kind) for kind in kinds))
    if len(subjects) > _NAMED:
        return f", by {counted(len(subjects), 'deployment')}"
    return f", by {listed([cast.label(subject).in_sentence for subject in subjects])}"


def _invalid(finding: AnyFinding, cast: Cast) -> InvalidCell:
    return InvalidCell(
        label=cast.label(finding.cell.subject),
        cell=cell_words(finding.cell),
        reasons=tuple(map(spaced, finding.reasons)) or ("no reason was recorded",),
        failures=_failures(finding),
        first_failure=(finding.first_failure or "") if isinstance(finding, CellFinding) else "",
    )


def _failures(finding: AnyFinding) -> str:
    """How its requests failed, where no reason tells: those of crowds and footprints do, and of too many failures."""
    told = any(gate.name is GateName.ERRORS and not gate.held for gate in finding.gates)
    if told or not isinstance(finding, CellFinding):
        return ""
    return failure_words({Failure(kind): number for kind, number in finding.failures.items()}, {})


def _summaries(cells: Iterable[AnyFinding], cast: Cast) -> Iterator[GateSummary]:
    by_name: dict[GateName, _Applied] = {}
    for finding in cells:
        for gate in finding.gates:
            by_name.setdefault(gate.name, []).append((gate, finding))
    for name in GateName:
        for words, applied in _by_limit(name, by_name.get(name, [])):
            failed = [pair for pair in applied if not pair[0].held]
            worst, finding = max(failed or applied, key=lambda pair: _strain(pair[0]))
            where = f"{cast.label(finding.cell.subject).in_sentence} on {cell_words(finding.cell)}"
            yield GateSummary(words, len(applied), len(failed), spaced(worst.explanation), where)


def _by_limit(name: GateName, applied: _Applied) -> Iterator[tuple[str, _Applied]]:
    """What to call a gate, and where it was applied; by its limits where it has several."""
    limits = sorted({gate.limit for gate, _ in applied if gate.limit is not None}) if name in _BY_LIMIT else []
    if len(limits) > 1:
        for limit in limits:
            yield f"{name.value}, at most {percent(limit)}", [each for each in applied if each[0].limit == limit]
        if unlimited := [each for each in applied if each[0].limit is None]:
            yield f"{name.value}, with no limit", unlimited
    elif applied:
        yield name.value, applied


def _strain(gate: Gate) -> float:
    """How close a gate's value came to its limit; comparable only between gates of one name and limit."""
    if gate.value is None or gate.limit is None:
        return float("-inf")
    return -gate.value if gate.name in _MUST_REACH_LIMIT else gate.value


def _windows(cells: Iterable[CellFinding]) -> str:
    used = lost = 0
    for finding in cells:
        used += finding.windows
        lost += finding.windows_lost
    return f"{counted(used, 'window')} used; {count(lost)} lost."
