"""What all rounds of a run have in common."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harness.measure.capacities import Capacities
from harness.measure.instruments import Instruments
from harness.measure.limit_trials import Trials
from harness.measure.timekeeper import Timekeeper
from harness.model.app import App, Variant
from harness.model.cell import Subject
from harness.model.plan import Plan
from harness.results.folder import RunWriter
from harness.runtime.roles import Runtime


@dataclass(frozen=True)
class RunContext:
    """The means with which a plan is carried out."""

    plan: Plan
    apps: Mapping[str, App]
    """By name."""
    runtime: Runtime
    instruments: Instruments
    writer: RunWriter
    progress: Timekeeper
    sequence: Iterator[int]
    """Numbers the windows of the run."""
    checked: set[Subject]
    """Of whom it was seen whether they keep the contract: each is checked in the first round that it runs in."""
    capacities: Capacities
    """What was seen of them by now."""
    most_connections: int | None = None
    """What this host allows; None for any number."""
    wordy: set[Subject] = field(default_factory=set)
    """Whose servers write so much that not all of it is kept: each is told of once."""

    trials: Trials = field(default_factory=lambda: defaultdict(list))
    """What was tried of the cells whose rate is searched."""

    def variant(self, subject: Subject) -> Variant:
        """How this subject is deployed."""
        return self.apps[subject.app].variant(subject.variant)
