"""What a job says: the summary of a run beside the one before it, and the text of an issue."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from harness.ci.predecessor import Beside
from harness.comparison.app_sentences import app_sentence
from harness.comparison.conditions import differences
from harness.comparison.sentences import markdown, rows, side_words, verdict
from harness.model.comparison import RunComparison, RunSummary
from harness.report.file_names import SUMMARY_FILE

_MOST_LINES: Final = 100
"""Of a table or list in an issue's text, which GitHub refuses beyond 65,536 characters."""

_HEADING: Final = re.compile(r"^(#+ )", flags=re.MULTILINE)


def incomplete(name: str) -> str:
    """Of a run of which rounds or windows are missing."""
    return (
        "## Comparison\n\n"
        f"**Run {name} is incomplete: rounds or windows are missing.** It is kept, and what finished is reported\n"
        "below. It was not compared, and it is not in the history.\n"
    )


def alone(run: RunSummary, history: Sequence[RunSummary]) -> str:
    """Of a run that there is nothing to compare with, and why not with the one before it."""
    said = (
        "## Comparison\n\n"
        f"Nothing to compare with: {run.name} is the first run kept under its conditions. The next one under the same\n"
        "conditions will be compared with it.\n"
    )
    if not history:
        return said
    last = max(history, key=lambda each: each.started_at)
    if last.distrust:
        return (
            "## Comparison\n\n"
            f"Nothing to compare with: the run before, {last.name}, can't be trusted ({last.distrust}),\n"
            "and no earlier one was made under the same conditions.\n"
        )
    table = "".join(
        f"| {each.condition} | `{each.a}` | `{each.b}` |\n" for each in differences(last.conditions, run.conditions)
    )
    if not table:
        return f"{said}\nIt shares no cell with the run before it, {last.name}.\n"
    return f"{said}\n| what differs | the run before, {last.name} | this run |\n|---|---|---|\n{table}"


def summary(comparison: str, folder: Path) -> str:
    """The job's summary: the comparison, then the run's own summary with its headings one level down."""
    file = folder / SUMMARY_FILE
    own = file.read_text(encoding="utf-8") if file.is_file() else "# Run\n\nIt has no report.\n"
    return f"# Benchmark\n\n{comparison}\n{_HEADING.sub(r'#\1', own)}"


def beside(measured: Beside) -> str:
    """The section on what was measured beside the last kept run."""
    heading = f"## Beside {measured.base[:12]}"
    left_out = "".join(f"- not measured: `{each.replace('`', "'")}`\n" for each in measured.left_out)
    if not measured.settled:
        left_out += "\nThe next job measures what changed since then once more.\n"
    if measured.found is None:
        return f"{heading}\n\nNothing was measured beside `{measured.base}`: {measured.why_not}.\n{left_out}\n"
    said = markdown(measured.found).replace("## Comparison", heading, 1)
    return f"{said}\n{left_out}\n"


def regressions(found: RunComparison | None, measured: Beside | None) -> str | None:
    """The text of an issue on all that became slower; None where nothing surely did."""
    parts = []
    if measured and measured.found and measured.found.test and measured.slower:
        slower = [f"- {app_sentence(app, measured.found.test)}" for app in measured.found.slower]
        changes = [f"- {line}" for line in measured.found.app_changes]
        parts.append(
            f"Measured in one sitting beside commit `{measured.base}`, that of the last kept run:\n\n"
            f"{_shortened(slower)}\n\nWhat changed between them:\n\n{_shortened(changes)}\n\n"
            "Both sides had the host, the interpreter, the database and the harness of now, so none of these is why.\n"
        )
    if found and found.regressions:
        parts.append(regression(found))
    return "\n\n".join(parts) or None


def regression(found: RunComparison) -> str:
    """The text of an issue: what became slower, between which runs, and how to look into it."""
    table = rows(found.regressions)
    columns = [name for name in table[0] if name]
    lines = [f"| {' | '.join(f'`{row[name]}`' for name in columns)} |" for row in table]
    heading = f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n"
    changes = [f"- {line}" for line in found.app_changes] or ["- nothing of the apps themselves"]
    return "\n\n".join(
        (
            verdict(found),
            f"A: {side_words(found.a)}  \nB: {side_words(found.b)}",
            heading + _shortened(lines),
            f"What changed between them:\n\n{_shortened(changes)}",
            (
                "Each is worse by surely more than the regression margin, corrected for how many were compared.\n"
                "`bench ab` measures two revisions side by side in one run, which settles it.\n"
            ),
        )
    )


def _shortened(lines: Sequence[str]) -> str:
    left = len(lines) - _MOST_LINES
    return "\n".join(lines[:_MOST_LINES]) + (f"\n\nand {left:,} more, which the summary has." if left > 0 else "")
