"""From what parts of a run took on a host to what others will take there, and how many rounds its limit allows.

The clock alone ends a run, and never what was measured: how many rounds there are says nothing of who is faster, and
intervals are those of as many rounds as there were.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, NamedTuple

from harness.model.course import Course, Pace, Part, Parts, Span, Times
from harness.model.plan import Plan
from harness.model.run import Run
from harness.plan.budget import course_of
from harness.plan.foreseen import exchanges_at, foreseen_times

DOUBT_S: Final = 10.0
"""What a run's first parts say of the others counts as much as the announcement does once they took so long."""
DOUBT: Final = 0.1
"""By this share of what is left the end of a run may still move."""
_PACES: Final = tuple(1 + DOUBT * step / 4 for step in range(-4, 5))
"""Times as long as expected, as far as `DOUBT` goes."""
LEAST_ROUNDS: Final = 3
"""Measured however long they take: of two, the scatter can hardly be told."""
MUCH: Final = 1.5
"""Times as long or as short: what is announced then differs by more than it does from one calm run to the next."""
TELLING_S: Final = 2.0
"""A part that was planned to take so long says as much of itself in other runs as all parts together do."""


class Expected(NamedTuple):
    """What is to be told of a run's end, where a little may decide on its last round."""

    few: int
    """Rounds that fit into its limit if all takes longer by `DOUBT` of itself."""
    many: int
    """Those that fit if all takes less by as much."""
    left_s: float
    """Until it ends."""


def at_pace(plan: Plan, pace: Pace) -> Plan:
    """The plan with the time that it takes at this pace."""
    return plan.model_copy(update={"pace": pace, "estimated_s": _expected_whole(plan, pace).left_s})


def rounds_that_fit(plan: Plan) -> int:
    """How many of the planned rounds fit into the limit of the run, at the pace that it is announced for."""
    rounds_s, ends_s = _in_seconds(plan, plan.pace)
    return len(fitting(rounds_s, ends_s, plan.limit_s))


def rounds_expected(plan: Plan) -> tuple[int, int]:
    """As many rounds as the run that it is announced for has in any case, and as many as it may have."""
    whole = _expected_whole(plan, plan.pace)
    return whole.few, whole.many


def rounds_announced(plan: Plan) -> str:
    """How many rounds it is announced for, where its limit may leave some out; empty where it does not."""
    whole = _expected_whole(plan, plan.pace)
    return limit_words(plan, whole.few, whole.many, takes_s=whole.left_s)


def _expected_whole(plan: Plan, pace: Pace) -> Expected:
    rounds_s, ends_s = _in_seconds(plan, pace)
    return expected(rounds_s, ends_s, plan.limit_s)


def _in_seconds(plan: Plan, pace: Pace) -> tuple[dict[int, float], float]:
    """What each round takes, and what all else does."""
    course = course_of(plan)
    return each_s(course.rounds, pace), expected_s(course.model_copy(update={"rounds": {}}).parts(), pace)


def each_s(rounds: Mapping[int, Parts], pace: Pace) -> dict[int, float]:
    """How long each of some rounds takes at this pace, by their index, in seconds."""
    return {index: expected_s(parts, pace) for index, parts in rounds.items()}


def expected(rounds_s: Mapping[int, float], other_s: float, limit_s: float | None) -> Expected:
    """What is to be told of a run with these rounds to come, where the rest of it takes `other_s`.

    A round more or less may be more than a tenth of a run. Of the ends that it comes to at paces within `DOUBT` of this
    one, each with the rounds that then fit, the middle between the first and the last is told.
    """
    fits, ends_s = [], []
    for times in _PACES:
        fit = fitting(rounds_s, other_s, None if limit_s is None else limit_s / times)
        fits.append(len(fit))
        ends_s.append(times * (other_s + sum(fit.values())))
    return Expected(min(fits), max(fits), (min(ends_s) + max(ends_s)) / 2)


def limit_words(plan: Plan, rounds: int, most: int | None = None, takes_s: float = 0.0) -> str:
    """How many rounds a run has, where its limit leaves some of those planned out; empty where it does not.

    Args:
        plan: Of the run.
        rounds: As many as there are in any case.
        most: As many as there may be; None where that is no longer open.
        takes_s: How long it is expected to take, where it is yet to be: that it exceeds its limit is told as well.
    """
    planned, limit_s = plan.timing.rounds, plan.limit_s
    if limit_s is None:
        return ""
    minutes = limit_s / 60
    limit = f"its limit of {minutes:g} minute{'' if minutes == 1 else 's'}"
    exceeded = takes_s > limit_s
    if rounds >= planned:
        all_of_them = "1 round" if planned == 1 else f"{planned} rounds"
        least = f"the first {LEAST_ROUNDS} are measured however long they take"
        return f"{all_of_them}, longer than {limit}: {least}" if exceeded else ""
    many = rounds if most is None else most
    numbers = f"{rounds}" if many == rounds else f"{rounds} {'or' if many == rounds + 1 else 'to'} {many}"
    how = ", which take longer" if exceeded else ""
    least = "" if rounds > LEAST_ROUNDS else f" (and {LEAST_ROUNDS} at least{how})"
    return f"{numbers} of {planned} rounds, by {limit}{least}; --rounds {planned} takes all"


def fitting(rounds_s: Mapping[int, float], other_s: float, limit_s: float | None) -> dict[int, float]:
    """Those of the planned rounds, in their order, that end within the limit where the rest of the run takes `other_s`.

    `rounds_s` are by their index: the first `LEAST_ROUNDS` of a run fit in any case.
    """
    fit: dict[int, float] = {}
    for index, round_s in sorted(rounds_s.items()):
        other_s += round_s
        if limit_s is not None and index >= LEAST_ROUNDS and other_s > limit_s:
            break
        fit[index] = round_s
    return fit


def expected_s(parts: Parts, pace: Pace) -> float:
    """How long planned parts take at this pace, in seconds."""
    return sum(at(span, pace.of(part)) for part, span in parts.items())


def at(span: Span, times: Times) -> float:
    """How long one planned stretch takes, in seconds."""
    return span.by_clock_s * times.by_clock + span.by_host_s * times.by_host


def learned(run: Run, plan: Plan) -> Pace | None:
    """The pace at which a plan is carried out on the host that a run was measured on.

    None where the run did not come far enough to tell.
    """
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
    shown = Pace(told=told, usual=Times(by_host=usual), parts=found, rates=run.rates)
    return carried_over(shown, run.plan, plan)


def moved_words(run: Run, plan: Plan, pace: Pace) -> str:
    """What a plan was announced for before a run showed its `pace`; empty where that is about the same.

    A run says how fast its host was while it lasted: where others used that too, the next one is announced for a host
    that is as busy.
    """
    now_s = at_pace(plan, pace).estimated_s
    before_s = at_pace(plan, carried_over(run.plan.pace, run.plan, plan)).estimated_s
    if 1 / MUCH < now_s / before_s < MUCH:
        return ""
    how = "slower" if now_s > before_s else "faster"
    before = timedelta(seconds=round(before_s))
    return f", in which this host was {how} than was foreseen for it: by what was known before, {before}"


def pace_shown(run: Run, plan: Plan) -> Pace:
    """The same; that which the run was announced for where it does not tell one."""
    try:
        return learned(run, plan) or carried_over(run.plan.pace, run.plan, plan)
    except (ValueError, ArithmeticError):  # lengths that no run has: its header is damaged
        return run.plan.pace


def carried_over(pace: Pace, measured: Plan, plan: Plan) -> Pace:
    """The pace that a run by one plan showed, or is announced for, for another on the same host.

    By how much windows pass longer than a profile sets them, how many of them are taken, and how many feeds are tried,
    is no matter of the host alone: it goes by what is measured, as far as that can be foreseen of either plan.
    """
    exchanges = exchanges_at(pace)
    there = foreseen_times(measured, exchanges)
    parts = dict(pace.parts)
    for part, (by_clock, number) in foreseen_times(plan, exchanges).items():
        times = pace.of(part)
        longer, more = there[part] if part in pace.parts else (1.0, 1.0)
        parts[part] = Times(by_clock=times.by_clock * by_clock / longer, by_host=times.by_host * number / more)
    return pace.model_copy(update={"parts": parts})


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
        rates=pace.rates,
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
