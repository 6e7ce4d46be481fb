"""What one check of the doctor is made of."""

from collections.abc import Callable
from dataclasses import dataclass

from harness.host.doctor.system import System
from harness.model.host import Check, Grade

NOT_TOLD = "not told"
"""The value of what this host does not let be read. It is never taken for good."""


@dataclass(frozen=True)
class Finding:
    """What a check found on one host."""

    value: str
    grade: Grade
    remedy: str | None = None
    """What mends it; only where there is something to mend."""
    source: str | None = None
    """Where the value was read, where that differs from host to host."""


@dataclass(frozen=True)
class Rule:
    """One check: the same on every host, but for what it finds there."""

    name: str
    threshold: str
    """Which values are good, and where poor or unfit begins, in one sentence."""
    why: str
    """Why it matters for the numbers, in one sentence."""
    source: str
    """Where the value is read: a path or an interface."""
    reference: str
    """The page of the kernel's or the tool's documentation that explains it."""
    look: Callable[[System], Finding]

    def check(self, system: System) -> Check:
        """Apply it to a host."""
        found = self.look(system)
        return Check(
            name=self.name,
            value=found.value,
            grade=found.grade,
            threshold=self.threshold,
            why=self.why,
            remedy=found.remedy,
            source=found.source or self.source,
            reference=self.reference,
        )


def not_told(source: str | None = None) -> Finding:
    """The host does not say."""
    return Finding(NOT_TOLD, Grade.UNKNOWN, source=source)


def graded(value: str, grade: Grade, remedy: str, source: str | None = None) -> Finding:
    """With the remedy only where the grade calls for one."""
    return Finding(value, grade, remedy if grade in {Grade.POOR, Grade.UNFIT} else None, source)
