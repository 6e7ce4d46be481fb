"""What the parts of a run take, and how long a host takes for them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from pydantic import Field

from harness.model.base import Contract
from harness.model.cell import OfferedRate


class Part(StrEnum):
    """The parts of a run. All but the first and the last come again in each round."""

    SETUP = "setup"
    """The host's description and its checks, the calibration, the database."""
    STARTS = "starts"
    IMPORTS = "imports"
    CHECKS = "checks"
    """The contract's, and the probes for security: in the first round."""
    WARMING = "warming"
    WINDOWS = "windows"
    """Measured windows of all workloads but the next two."""
    WAITING = "waiting"
    FEEDS = "feeds"
    """And chats."""
    STOPS = "stops"
    BETWEEN = "between"
    """After a round: writing down how servers were deployed, and judging whether a claim is decided."""
    REPORT = "report"


_A_YEAR_S: Final = 366 * 24 * 3600


class Span(Contract):
    """A stretch of time, in seconds, by what it depends on."""

    by_clock_s: float = Field(default=0.0, ge=0, le=_A_YEAR_S)
    """Passes by the clock, on a fast host as on a slow one: the lengths that windows are given."""
    by_host_s: float = Field(default=0.0, ge=0, le=_A_YEAR_S)
    """Takes the host's speed: starting, opening connections, awaiting last answers, writing, analysing."""

    @property
    def total_s(self) -> float:
        """Both together."""
        return self.by_clock_s + self.by_host_s

    def __add__(self, other: "Span") -> "Span":
        """One after the other."""
        return Span(by_clock_s=self.by_clock_s + other.by_clock_s, by_host_s=self.by_host_s + other.by_host_s)

    def __mul__(self, times: float) -> "Span":
        """So many times."""
        return Span(by_clock_s=self.by_clock_s * times, by_host_s=self.by_host_s * times)


type Parts = Mapping[Part, Span]


def summed(each: Iterable[Parts]) -> dict[Part, Span]:
    """The same parts of several stretches, together."""
    total: dict[Part, Span] = {}
    for parts in each:
        for part, span in parts.items():
            total[part] = total.get(part, Span()) + span
    return total


class Course(Contract):
    """What the parts of a run take or took; of a run that was cut off, those that were completed."""

    setup: Span | None = None
    rounds: dict[int, dict[Part, Span]] = Field(default_factory=dict)
    """The complete ones, by their index."""
    report: Span | None = None

    @property
    def measured_s(self) -> float:
        """How long all of it took but the report, which can't tell of itself; without what was cut off, in seconds."""
        spans = [span for parts in self.rounds.values() for span in parts.values()]
        return sum(span.total_s for span in [*spans, *([self.setup] if self.setup else [])])

    def parts(self) -> dict[Part, Span]:
        """Each part over the whole run."""
        ends = ((Part.SETUP, self.setup), (Part.REPORT, self.report))
        return summed([*self.rounds.values(), {part: span for part, span in ends if span is not None}])


class Times(Contract):
    """How many times as long something takes as planned for the host that the budget was read off."""

    by_clock: float = Field(default=1.0, ge=0)
    """Not 1 where the data decide how many or how long: warm-up windows, lead-ins."""
    by_host: float = Field(default=1.0, ge=0)


class Pace(Contract):
    """How long a host takes for the parts of a run."""

    told: str = "on a calm host; a slow or busy one takes longer"
    """Where it comes from, in a phrase that goes on after an announced time."""
    usual: Times = Times()
    """Of parts that stand for nothing below."""
    parts: dict[Part, Times] = Field(default_factory=dict)
    rates: tuple[OfferedRate, ...] = ()
    """At which requests arrived in a run there: the next one of these apps takes them again as far as they suit."""

    def of(self, part: Part) -> Times:
        """Of one part."""
        return self.parts.get(part, self.usual)
