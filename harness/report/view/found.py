"""What was found, in plain sentences: who leads, who is tied, how sure that is, and what to beware of."""

from dataclasses import dataclass

from harness.model.findings import Findings
from harness.model.run import Run
from harness.report.view.cast import Cast
from harness.report.view.caveats import caveats
from harness.report.view.certainty import certainty
from harness.report.view.standings import capacity_standings, latency_standings


@dataclass(frozen=True, slots=True)
class Statement:
    """One paragraph: what it is about, and what is said of it."""

    about: str
    text: str
    short: str = ""
    """The same without what is between the ends of a ranking."""
    section: str = ""
    """The section's anchor, of a figure that no ranking has."""


@dataclass(frozen=True, slots=True)
class FoundView:
    """The statements by kind; each tuple may be empty."""

    capacity: tuple[Statement, ...]
    latency: tuple[Statement, ...]
    certainty: tuple[str, ...]
    caveats: tuple[str, ...]


def found_view(run: Run, findings: Findings, cast: Cast) -> FoundView:
    """Everything that follows from the findings by rule."""
    return FoundView(
        capacity=tuple(Statement(*each) for each in capacity_standings(findings, cast)),
        latency=tuple(Statement(*each) for each in latency_standings(findings, cast)),
        certainty=tuple(certainty(run, findings, cast)),
        caveats=tuple(caveats(run, findings, cast)),
    )
