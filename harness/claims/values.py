"""The values of a metric, of all subjects that have one, whatever they were measured by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, log
from typing import Protocol

from harness.analysis.intervals import LogInterval
from harness.model.cell import Subject
from harness.model.findings import Estimate


class Values(Protocol):
    """One metric of several subjects."""

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Those that have a value."""

    def value(self, subject: Subject) -> Estimate:
        """A subject's value."""

    def log_value(self, subject: Subject) -> LogInterval:
        """Its logarithm."""

    def log_ratio_to_mean(self, subject: Subject, others: Sequence[Subject]) -> LogInterval:
        """Logarithm of the value of a subject over the geometric mean of some others'."""


@dataclass(frozen=True)
class Exact:
    """What is counted and not measured, and so has no interval."""

    values: Mapping[Subject, float]
    """All positive."""

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Those that have a value."""
        return tuple(self.values)

    def value(self, subject: Subject) -> Estimate:
        """A subject's value."""
        return self.log_value(subject).estimate()

    def log_value(self, subject: Subject) -> LogInterval:
        """Its logarithm."""
        return LogInterval(log(self.values[subject]), 0.0, inf)

    def log_ratio_to_mean(self, subject: Subject, others: Sequence[Subject]) -> LogInterval:
        """Logarithm of the value of a subject over the geometric mean of some others'."""
        mean = sum(log(self.values[other]) for other in others) / len(others)
        return LogInterval(log(self.values[subject]) - mean, 0.0, inf)
