"""The section on quality: what a reader should know of a run before believing it, each with a grade and its limit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from harness.analysis.gates import MAX_CEILING_SHARE
from harness.model.findings import TIE_MARGIN, Findings
from harness.model.host import Grade
from harness.model.host_speed import HOST_DEPENDENCE_LEVEL
from harness.model.naming import capitalised
from harness.model.run import Run
from harness.report.numbers import count, listed, percent
from harness.report.view.cast import Cast
from harness.report.view.headroom import ceiling_share
from harness.report.view.host import checks_of
from harness.report.view.host_dependence import unevenness_words
from harness.report.view.ratio_widths import are_hardly_known, is_one_ratio, known_words
from harness.report.view.validity import answers_words

_FEWEST_ROUNDS: Final = 3
"""Below it, a spread between starts is hardly known."""
_COMMIT_CHARACTERS: Final = 12


@dataclass(frozen=True, slots=True)
class QualityRow:
    """One property of the run. `limit` says from where on its grade is `good`."""

    name: str
    value: str
    grade: Grade
    limit: str
    anchor: str
    """The section that tells more, and how it is called."""
    where: str


@dataclass(frozen=True, slots=True)
class QualityView:
    """All properties, in the order of what they can spoil."""

    rows: tuple[QualityRow, ...]
    poor: int
    """How many are not good."""
    use: str
    """What the run is good for, and what not; empty where it is not to be trusted, or tells no ratio."""


def quality_view(run: Run, findings: Findings) -> QualityView:
    """The run's quality in one table."""
    rows = tuple(_rows(run, findings))
    return QualityView(rows, sum(row.grade is not Grade.GOOD for row in rows), _use(findings))


def _use(findings: Findings) -> str:
    known = "" if findings.distrust or are_hardly_known(findings) else known_words(findings)
    if not known:
        return ""
    figures = [each for each in findings.latency_rankings() if each.figure]
    unknown = listed(list(dict.fromkeys(each.figure.name for each in figures if each.figure and not each.rows)))
    lacking = f" Not known: the {unknown}." if unknown else ""
    return f"{known}: wider gaps mostly stand, narrower ones do not.{lacking}"


def _rows(run: Run, findings: Findings) -> Iterator[QualityRow]:
    yield _answers(run, findings)
    yield _cells(findings)
    yield _sanity(findings)
    yield _rounds(run, findings)
    yield _windows(findings)
    yield _precision(findings)
    yield _copies(findings)
    yield _dependence(findings)
    yield _headroom(run, findings)
    yield _host(run)
    yield _code(run)


def _good_if(good: bool) -> Grade:  # noqa: FBT001 - reads as a sentence
    return Grade.GOOD if good else Grade.POOR


def _answers(run: Run, findings: Findings) -> QualityRow:
    right = sum(finding.requests for finding in findings.cells)
    failed = sum(sum(finding.failures.values()) for finding in findings.cells)
    value = answers_words(findings.cells, Cast(run))
    grade = _good_if(failed == 0) if right else Grade.UNKNOWN
    return QualityRow("Answers checked", value, grade, "none wrong or failed", "validity", "Gates and invalid cells")


def _cells(findings: Findings) -> QualityRow:
    cells = findings.all_cells
    judged = [finding for finding in cells if not finding.unmeasured]
    valid = sum(finding.valid for finding in judged)
    value = f"{count(valid)} of {count(len(judged))}, each an app on an endpoint under one load"
    if left := next((finding.unmeasured for finding in cells if finding.unmeasured), None):
        value += f"; {left}: {count(len(cells) - len(judged))}"
    grade = _good_if(valid == len(judged)) if judged else Grade.UNKNOWN
    return QualityRow("Cells that passed every gate", value, grade, "all", "validity", "Gates and invalid cells")


def _sanity(findings: Findings) -> QualityRow:
    held = sum(check.held for check in findings.sanity)
    value = f"{held} of {len(findings.sanity)} held" if findings.sanity else "none applied"
    grade = _good_if(held == len(findings.sanity)) if findings.sanity else Grade.UNKNOWN
    return QualityRow(
        "Sanity checks", value, grade, "all held: they have to if the numbers are true", "sanity", "Sanity checks"
    )


def _rounds(run: Run, findings: Findings) -> QualityRow:
    done, planned = findings.rounds_complete, findings.rounds_planned
    ended = done == planned or run.stopped is not None
    if run.stopped is None:
        value, least = f"{done} of {planned} complete", "all that were planned"
    else:
        by_time = "by its limit of time, and intervals are as wide as so few make them"
        end = "as it was decided" if run.plan.looks_to_end else by_time
        value, least = f"{done}, of {planned} at most: it ended {end}", "as many as it came to"
    limit = f"{least}, and at least {_FEWEST_ROUNDS}"
    grade = _good_if(ended and done >= _FEWEST_ROUNDS)
    return QualityRow("Rounds of fresh starts", value, grade, limit, "method", "Method and limits")


def _windows(findings: Findings) -> QualityRow:
    used = sum(finding.windows for finding in findings.cells)
    lost = sum(finding.windows_lost for finding in findings.cells)
    value = f"{count(used)} used, {count(lost)} lost"
    grade = _good_if(not lost) if used + lost else Grade.UNKNOWN
    return QualityRow(
        "Windows, the stretches of load", value, grade, "none lost", "validity", "Gates and invalid cells"
    )


def _precision(findings: Findings) -> QualityRow:
    width = findings.median_ratio_half_width
    value = "unknown" if width is None else f"±{percent(width)}{'' if is_one_ratio(findings) else ' (median)'}"
    grade = Grade.UNKNOWN if width is None else _good_if(width <= TIE_MARGIN)
    limit = f"at most ±{percent(TIE_MARGIN)}, the smallest difference that counts"
    return QualityRow("Capacity ratios known to within", value, grade, limit, "overview", "At a glance")


def _copies(findings: Findings) -> QualityRow:
    copies = findings.copies
    value = f"{copies.outside} of {len(copies.pairs)}" if copies.pairs else "unknown"
    grade = _good_if(not copies.distrust) if copies.pairs else Grade.UNKNOWN
    limit = f"at most {copies.allowed}, as many as chance tells apart, and none by much"
    return QualityRow("Comparisons that told copies of one app apart", value, grade, limit, "copies", "A/A pair")


def _dependence(findings: Findings) -> QualityRow:
    tests = findings.host_dependence
    value = capitalised("; ".join(map(unevenness_words, tests))) or "unknown"
    grade = _good_if(not any(each.found for each in tests)) if tests else Grade.UNKNOWN
    chance = f"1 of {1 / HOST_DEPENDENCE_LEVEL:.0f} runs (p of at least {HOST_DEPENDENCE_LEVEL})"
    limit = f"no more unlike than chance makes it in {chance}"
    return QualityRow("Whether the host treated all apps alike", value, grade, limit, "speed", "Host speed")


def _headroom(run: Run, findings: Findings) -> QualityRow:
    limit = f"at most {percent(MAX_CEILING_SHARE)}"
    shares = [share for each in findings.cells if each.valid and (share := ceiling_share(each)) is not None]
    if run.ceiling is None or not shares:
        value, grade = "unknown", Grade.UNKNOWN
    else:
        value, grade = percent(max(shares)), _good_if(max(shares) <= MAX_CEILING_SHARE)
    return QualityRow(
        "Most that a capacity took of what the load generator can do",
        value,
        grade,
        limit,
        "headroom",
        "Generator headroom",
    )


def _host(run: Run) -> QualityRow:
    grades = [check.grade for check in checks_of(run)]
    counts = [f"{grades.count(grade)} {grade.value}" for grade in Grade if grade in grades]
    worst = next((grade for grade in (Grade.UNFIT, Grade.POOR, Grade.GOOD) if grade in grades), Grade.UNKNOWN)
    return QualityRow("Checks of the host", ", ".join(counts) or "none", worst, "none poor or unfit", "host", "Host")


def _code(run: Run) -> QualityRow:
    revision = run.harness_revision
    value = "unknown" if revision is None else _short(revision)
    grade = Grade.UNKNOWN if revision is None else _good_if("+" not in revision)
    return QualityRow(
        "Harness that measured", value, grade, "a commit without changes on top", "reproduce", "Run it again"
    )


def _short(revision: str) -> str:
    commit, changed, _ = revision.partition("+")
    return f"commit {commit[:_COMMIT_CHARACTERS]}{', with changes on top' if changed else ''}"
