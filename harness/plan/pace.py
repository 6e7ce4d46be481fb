"""From what parts of a run took on a host to what others will take there."""

from collections.abc import Mapping
from typing import Final

from harness.model.course import Course, Pace, Part, Parts, Span, Times
from harness.model.plan import Plan
from harness.model.run import Run
from harness.plan.budget import course_of

DOUBT_S: Final = 10.0
"""What a run's first parts say of the others counts as much as the announcement does once they took so long."""
TELLING_S: Final = 2.0
"""A part that was planned to take so long says as much of itself in other runs as all parts together do."""


def at_pace(plan: Plan, pace: Pace) -> Plan:
    """The plan with the time that it takes at this pace."""
    return plan.model_copy(update={"pace": pace, "estimated_s": expected_s(course_of(plan).parts(), pace)})


def expected_s(parts: Parts, pace: Pace) -> float:
    """How long planned parts take at this pace, in seconds."""
    return sum(at(span, pace.of(part)) for part, span in parts.items())


def at(span: Span, times: Times) -> float:
    """How long one planned stretch takes, in seconds."""
    return span.by_clock_s * times.by_clock + span.by_host_s * times.by_host


def learned(run: Run) -> Pace | None:
    """The pace of the host that a run was measured on; None where the run did not come far enough to tell."""
    took = run.took
    if took is None or took.setup is None or not took.rounds:
        return None
    planned = course_of(run.plan)
    there = Course(
        setup=planned.setup,
        rounds={index: parts for index, parts in planned.rounds.items() if index in took.rounds},
        report=None if took.report is None else planned.report,
    )
    usual = _ratio(_whole(there.parts()), _whole(took.parts())).by_host
    found = {
        part: times.model_copy(update={"by_host": _as_far_as_told(there.parts()[part], times.by_host, usual)})
        for part, times in _times(there.parts(), took.parts()).items()
    }
    told = f"as learned from the run of {run.started_at:%Y-%m-%d %H:%M} UTC"
    return Pace(told=told, usual=Times(by_host=usual), parts=found)


def corrected(pace: Pace, planned: Parts, took: Parts) -> Pace:
    """The pace after parts of a run took so long.

    What a part took stands for the same part in later rounds. Other parts have their pace changed by how the
    completed ones kept to theirs, as far as these took long enough to say.
    """
    found = _times(planned, took)
    expected_s = sum(span.by_host_s * pace.of(part).by_host for part, span in planned.items())
    took_s = sum(took.get(part, Span()).by_host_s for part in planned)
    drift = (took_s + DOUBT_S) / (expected_s + DOUBT_S)
    others = {part: times for part, times in pace.parts.items() if part not in found}
    return Pace(
        told=pace.told,
        usual=_drifted(pace.usual, drift),
        parts={part: _drifted(times, drift) for part, times in others.items()} | found,
    )


def _as_far_as_told(planned: Span, times: float, usual: float) -> float:
    """A part's own multiple, or that of all parts together where the part was too short to tell one."""
    return (planned.by_host_s * times + TELLING_S * usual) / (planned.by_host_s + TELLING_S)


def _drifted(times: Times, drift: float) -> Times:
    return times.model_copy(update={"by_host": times.by_host * drift})


def _times(planned: Parts, took: Parts) -> dict[Part, Times]:
    """Of the parts that were planned and took place."""
    return {part: _ratio(span, took[part]) for part, span in planned.items() if span.total_s and part in took}


def _ratio(planned: Span, took: Span) -> Times:
    if not planned.by_clock_s:
        return Times(by_host=took.total_s / planned.by_host_s)
    if not planned.by_host_s:
        return Times(by_clock=took.total_s / planned.by_clock_s)
    return Times(by_clock=took.by_clock_s / planned.by_clock_s, by_host=took.by_host_s / planned.by_host_s)


def _whole(parts: Mapping[Part, Span]) -> Span:
    return sum(parts.values(), start=Span())
