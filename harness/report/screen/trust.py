"""How far a run is to be trusted, and the gravest thing that speaks against it: beside its figures and its verdicts."""

from dataclasses import dataclass
from typing import Final

from harness.model.findings import Findings
from harness.model.host import Grade
from harness.report.numbers import counted
from harness.report.view.quality import QualityView

_GRAVITY: Final = (Grade.UNFIT, Grade.POOR, Grade.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Trust:
    """How far the run is to be trusted, and the gravest thing that speaks against it."""

    grade: str
    kind: str
    """The grade's class."""
    doubt: str
    """Empty where there is none."""
    href: str
    use: str = ""
    """What the run is good for, and what not."""

    @property
    def line(self) -> str:
        """Both in one line."""
        return f"Quality: {self.grade}. {self.doubt}".rstrip()


def trust_in(findings: Findings, quality: QualityView) -> Trust:
    """By the grades of the run's properties, whether its second copies were told apart, and whether it is whole."""
    if findings.distrust:
        told = "#copies" if findings.distrust == findings.copies.distrust else "#beware"
        return Trust("not to be trusted", Grade.UNFIT.value, findings.distrust, told)
    doubts = [row for row in quality.rows if row.grade is not Grade.GOOD]
    if not doubts:
        return Trust("good", Grade.GOOD.value, "", "#quality", quality.use)
    first = min(doubts, key=lambda row: _GRAVITY.index(row.grade))
    return Trust(
        grade=f"{len(doubts)} of {counted(len(quality.rows), 'property', 'properties')} not good",
        kind=first.grade.value,
        doubt=f"{first.name}: {first.value}; good is {first.limit}.",
        href=f"#{first.anchor}",
        use=quality.use,
    )
