"""The list of all runs: what each holds, at a glance."""

from dataclasses import dataclass
from typing import Final

from harness.model.comparison import RunHead
from harness.model.history import RunDigest
from harness.model.verdict import Verdict
from harness.report.numbers import NBSP, NOTHING, moment
from harness.report.view.terms import VERDICT_KINDS, VERDICT_MARKS

_REVISION_LENGTH: Final = 9
_COMMIT_LENGTH: Final = 40


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run in the list."""

    name: str
    href: str
    started: str
    apps: str
    measured: str
    """By which workloads, on which endpoints."""
    profile: str
    runtime: str
    host: str
    revision: str
    rounds: str
    cells: str
    verdicts: str
    counts: tuple[tuple[str, str, int, str], ...]
    """(mark, verdict, how many claims, class of the mark)."""
    remark: str


def run_row(digest: RunDigest, apart: str = "") -> RunRow:
    """One run in the list; `apart` is why it is in no series, if it is in none."""
    run = digest.summary
    remarks = [
        *(["two revisions side by side"] if digest.two_revisions else []),
        *([] if digest.finished else ["not finished"]),
        *([f"in no series: {apart}"] if apart and not digest.two_revisions else []),
    ]
    return RunRow(
        name=run.name,
        href=f"{run.name}/index.html",
        started=moment(run.started_at),
        apps=", ".join(digest.apps) or NOTHING,
        measured=_measured_words(digest),
        profile=run.profile.value,
        runtime=run.runtime.value,
        host=run.conditions["host"],
        revision=revision_words(run),
        rounds=f"{run.rounds} of {digest.rounds_planned}",
        cells=f"{digest.cells_valid} of {digest.cells}",
        verdicts=", ".join(
            f"{digest.verdicts[verdict]}{NBSP}{verdict.value}"
            for verdict in (Verdict.SUPPORTED, Verdict.REFUTED, Verdict.INCONCLUSIVE)
            if digest.verdicts.get(verdict)
        )
        or NOTHING,
        counts=tuple(
            (VERDICT_MARKS[verdict], verdict.value, digest.verdicts[verdict], VERDICT_KINDS.get(verdict, ""))
            for verdict in VERDICT_MARKS
            if digest.verdicts.get(verdict)
        ),
        remark=", ".join(remarks),
    )


def revision_words(run: RunHead) -> str:
    """The commit as a reader knows it: `baca659b7`, `baca659b7 with changes`."""
    if run.revision is None:
        return NOTHING
    changed = " with changes" if run.revision[_COMMIT_LENGTH:] else ""
    return f"{run.revision[:_REVISION_LENGTH]}{changed}"


def _measured_words(digest: RunDigest) -> str:
    workloads = ", ".join(each.value for each in digest.workloads)
    return f"{workloads} on {', '.join(each.value for each in digest.endpoints)}" if digest.endpoints else workloads
