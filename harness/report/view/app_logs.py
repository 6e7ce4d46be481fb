"""What apps wrote last whose cells are invalid by their own fault: on their cards, and as a file beside the report."""

from collections.abc import Iterator, Sequence
from typing import Final

from harness.model.cell import Subject
from harness.model.findings import Findings
from harness.model.run import Start
from harness.model.validity import GateName
from harness.printable import printable
from harness.report.view.cast import Cast

_OWN_FAULTS: Final = frozenset(
    {GateName.VERIFIED, GateName.ERRORS, GateName.RECONNECTS, GateName.STARTED, GateName.LASTED}
)
"""What no host and no generator does."""

_HEAD: Final = (
    "What apps wrote last whose cells are invalid by their own fault, as it was when that was seen. "
    "Secrets that are known stand as ***.\n"
)
_WROTE_NOTHING: Final = "(it wrote nothing)"


def at_fault(findings: Findings) -> frozenset[Subject]:
    """Who has a cell that is invalid by its own fault."""
    return frozenset(
        finding.cell.subject
        for finding in findings.all_cells
        if any(gate.name in _OWN_FAULTS and not gate.held for gate in finding.gates)
    )


def logs_of(subject: Subject, findings: Findings, starts: Sequence[Start]) -> Iterator[tuple[Start, str, str]]:
    """The starts of which a log was kept, each with what was wrong and with the last lines, in the order of rounds.

    Where requests failed here and there and its cells are valid, nothing is wrong, and the log is nobody's business.
    """
    own = {start.round_index: start for start in starts if start.subject == subject}
    blamed = subject in at_fault(findings)
    for start in own.values():
        if start.log_excerpt is not None and (blamed or start.fault):
            what = start.fault or "requests of it failed under load"
            yield start, what, start.log_excerpt or _WROTE_NOTHING


def app_logs(findings: Findings, starts: Sequence[Start], cast: Cast) -> str:
    """The logs of all who are at fault, as one text; empty where none was kept."""
    subjects = at_fault(findings)
    parts = [
        f"== {cast.label(subject).in_sentence}, round {start.round_index + 1}: {what}\n\n{text}\n"
        for subject in dict.fromkeys(start.subject for start in starts)
        if subject in subjects
        for start, what, text in logs_of(subject, findings, starts)
    ]
    return printable("\n".join((_HEAD, *parts))) if parts else ""
