"""Plans of the shipped apps, and what their parts would take on hosts of other speeds."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from harness.catalog.discover import discover
from harness.model.app import App
from harness.model.course import Course, Pace, Part, Span
from harness.model.host import CpuLayout
from harness.model.plan import Plan, ProfileName
from harness.plan.budget import course_of
from harness.plan.build import Choices, build_plan
from harness.plan.foreseen import Foreseen
from harness.plan.pace import at_pace

CPUS = CpuLayout(server=(0,), generator=(1,), database=(1,))
LENGTHENED = frozenset({Part.WARMING, Part.WINDOWS})
"""The parts whose windows a slow subject may get more or longer ones of."""


@cache
def shipped_apps() -> tuple[App, ...]:
    return discover((Path(__file__).parents[3] / "apps",))


@cache
def plan_of(
    profile: ProfileName = ProfileName.QUICK,
    *,
    apps: int | None = None,
    rounds: int | None = None,
    limit_s: float | None = None,
) -> Plan:
    plan = build_plan(shipped_apps()[:apps], Choices(profile=profile, rounds=rounds), CPUS)
    return at_pace(plan.model_copy(update={"limit_s": limit_s}), Pace())


def course_on(
    plan: Plan,
    *,
    slow: float = 1.0,
    starts: float = 1.0,
    windows: float = 1.0,
    others: Mapping[Part, Foreseen] = MappingProxyType({}),
) -> Course:
    """The course of a run on a host `slow` times as slow.

    Starts take `starts` times as long as the rest beside what was planned, and windows are `windows` times as long.
    `others` are parts of which another number came, of other lengths.
    """

    def lasted(part: Part, span: Span) -> Span:
        longer, more = others.get(part, (1.0, 1.0))
        return Span(
            by_clock_s=span.by_clock_s * longer * (windows if part in LENGTHENED else 1.0),
            by_host_s=span.by_host_s * more * slow * (starts if part is Part.STARTS else 1.0),
        )

    planned = course_of(plan)
    assert planned.setup
    assert planned.report
    return Course(
        setup=lasted(Part.SETUP, planned.setup),
        rounds={
            index: {part: lasted(part, span) for part, span in parts.items()} for index, parts in planned.rounds.items()
        },
        report=lasted(Part.REPORT, planned.report),
    )


def lasts_s(course: Course) -> float:
    return sum(span.total_s for span in course.parts().values())
