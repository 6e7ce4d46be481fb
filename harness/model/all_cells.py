"""All cells of a run, whatever they were loaded by. Whoever counts cells counts these."""

from harness.model.findings import CellFinding, CrowdFinding, Findings, FootprintFinding

type AnyFinding = CellFinding | CrowdFinding | FootprintFinding


def all_cells(findings: Findings) -> tuple[AnyFinding, ...]:
    """As many as the plan has, the A/A pair's second copy among them."""
    return (*findings.cells, *findings.feeds, *findings.chats, *findings.footprints)
