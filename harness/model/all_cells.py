"""All cells of a run, whatever they were loaded by. Whoever counts cells counts these."""

from harness.model.findings import CellFinding, FeedFinding, Findings, FootprintFinding

type AnyFinding = CellFinding | FeedFinding | FootprintFinding


def all_cells(findings: Findings) -> tuple[AnyFinding, ...]:
    """As many as the plan has, the A/A pair's second copy among them."""
    return (*findings.cells, *findings.feeds, *findings.footprints)
