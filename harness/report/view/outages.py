"""Who ended by itself, or stopped answering, under load."""

from collections.abc import Iterator

from harness.model.cell import Subject
from harness.model.findings import Findings
from harness.model.validity import GateName
from harness.report.view.cast import Cast


def outage_sentences(findings: Findings, cast: Cast) -> Iterator[str]:
    """A sentence on each; what became of the A/A pair's second copy stands with the first."""
    told: dict[Subject, dict[str, None]] = {}
    for finding in findings.all_cells:
        for gate in finding.gates:
            if gate.name is GateName.LASTED and not gate.held and not finding.cell.subject.twin:
                told.setdefault(finding.cell.subject, {})[gate.explanation] = None
    for subject, explanations in told.items():
        yield (
            f"{cast.label(subject).in_sentence} did not last under load, so what was asked of it then takes no rank: "
            f"{'; '.join(explanations)}."
        )
