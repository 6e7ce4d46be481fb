"""Times the parts of a run, and corrects by them what was announced for the rest."""

import time
from collections.abc import Callable, Iterator
from typing import Final

from harness.measure.progress import Progress
from harness.model.course import Course, Part, Span, summed
from harness.model.plan import Plan
from harness.plan.budget import course_of
from harness.plan.pace import Expected, at, corrected, each_s, expected, expected_s, fitting, limit_words

MOVED: Final = 0.1
"""By this share of the time told last, the end of a run has moved so far that it is told."""
MOVED_S: Final = 10.0
"""And by this at least, which is no more than a look at the clock."""


class Timekeeper:
    """Knows which part of the run is under way, since when, and what is still to come.

    It begins when it is made, with the set-up. What a round took counts once the round is complete.
    """

    def __init__(
        self,
        plan: Plan,
        progress: Progress,
        before: Course | None = None,
        now_s: Callable[[], float] = time.monotonic,
        *,
        complete: int = 0,
    ) -> None:
        """`before` is what was completed of the run already, where it is resumed, and `complete` how many rounds were.

        Of one that was cut off just after its last window, it is not known how long it took.
        """
        self.resumed = before is not None or complete > 0
        """Whether a part of the run was completed before."""
        self._before_s = before.measured_s if before else 0.0
        self._plan = plan
        self._planned = course_of(plan)
        self._progress = progress
        self._now_s = now_s
        self._pace = plan.pace
        self._setup = before.setup if before else None
        self._rounds = dict(before.rounds) if before else {}
        planned = self._planned.rounds.items()
        self._untimed = {index: parts for index, parts in planned if index < complete and index not in self._rounds}
        self._report: Span | None = None
        self._round_index: int | None = None
        self._round: dict[Part, Span] = {}
        """Completed parts of the round under way, or of the last one."""
        self._part: Part | None = Part.SETUP
        self._began_s = self._part_began_s = now_s()
        self._part_by_clock_s = 0.0
        self._foreseen: dict[Part, float] = {}
        """Parts that will pass so many times as long by the clock as planned."""
        self._broken_off = False
        self._worked_off_s = 0.0
        """Of the planned length of the part under way."""
        self._told_rounds: int | None = None
        end = self._correct()
        self.announced_s = self._told_s = self._rest_s + self._part_left_s()
        """What was told at the start."""
        known = self._pace.told if self._setup is None else "as it has gone so far"
        rounds = limit_words(plan, end.few, end.many, takes_s=self._before_s + self._told_s)
        progress.announced(self._told_s, "; ".join(filter(None, (known, rounds))))

    @property
    def took(self) -> Course:
        """What was completed so far."""
        return Course(setup=self._setup, rounds=self._rounds, report=self._report)

    @property
    def rounds(self) -> int:
        """How many there will be, as far as can be told: those that fit into the limit of the run, or nearly do."""
        return self._told_rounds or 0

    def that_fit(self, first: int) -> Iterator[int]:
        """The rounds from this one on, each after the one before is over, while they fit into the limit of the run."""
        for index in range(first, self._plan.timing.rounds):
            if index not in self._fit:
                self._told_rounds = index
                return
            yield index

    def stage(self, text: str) -> None:
        """What is going on now."""
        self._progress.stage(text)

    def trouble(self, text: str) -> None:
        """Something went wrong that the run survives."""
        self._progress.trouble(text)

    def begin_round(self, index: int) -> None:
        """What was under way is over, and a round begins."""
        self._close()
        self._round_index, self._round = index, {}
        self._told_rounds = max(self._told_rounds or 0, index + 1)

    def begin(self, part: Part, text: str) -> None:
        """What was under way is over, and this part begins."""
        self._close()
        self._part = part
        self._correct()
        self._progress.stage(text)
        self._tell()

    def foresee(self, by_clock_s: float) -> None:
        """The part under way, here and in later rounds, will pass so long by the clock: its lengths are decided now."""
        planned = self._planned_part()
        if self._part is not None and planned.by_clock_s:
            self._foreseen[self._part] = by_clock_s / planned.by_clock_s
            self._correct()
            self._tell()

    def break_off(self) -> None:
        """Nothing more is measured: what was told of the time that it takes is no longer true, and not corrected."""
        self._broken_off = True

    def end_round(self) -> None:
        """The round is complete."""
        self._close()
        if self._round_index is not None:
            self._rounds[self._round_index] = self._round
        self._part = Part.BETWEEN
        self._correct()
        self._tell()

    def end(self) -> Course:
        """Nothing is under way any more; what it all took."""
        self._close()
        return self.took

    @property
    def lasted_s(self) -> float:
        """Since it was made."""
        return self._now_s() - self._began_s

    def by_clock(self, seconds: float) -> None:
        """So much of the part under way passes by the clock, however fast the host is."""
        self._part_by_clock_s += seconds

    def advance(self, seconds: float) -> None:
        """So much of what is planned for the part under way has been worked off."""
        self._worked_off_s += seconds
        self._tell()

    def _close(self) -> None:
        now_s = self._now_s()
        took_s = now_s - self._part_began_s
        by_clock_s = min(self._part_by_clock_s, took_s)
        span = Span(by_clock_s=by_clock_s, by_host_s=took_s - by_clock_s)
        match self._part:
            case None:
                pass
            case Part.SETUP:
                self._setup = self._setup or span
            case Part.REPORT:
                self._report = span
            case part:
                self._round[part] = self._round.get(part, Span()) + span
        self._part = None
        self._part_began_s, self._part_by_clock_s, self._worked_off_s = now_s, 0.0, 0.0

    def _correct(self) -> Expected:
        """Take into account what was completed, and sum up what has not begun; what there is to tell of its end."""
        planned, index = self._planned.rounds, self._round_index
        complete = dict(self._rounds) if index is None else self._rounds | {index: self._round}
        done = [
            {part: planned[each][part] for part in took if part in planned[each]} for each, took in complete.items()
        ]
        took = [*complete.values()]
        if self._setup is not None and self._planned.setup is not None:
            done.append({Part.SETUP: self._planned.setup})
            took.append({Part.SETUP: self._setup})
        self._pace = corrected(self._plan.pace, summed(done), summed(took))
        for part in self._foreseen.keys() - {part for parts in took for part in parts}:
            times = self._pace.of(part).model_copy(update={"by_clock": self._foreseen[part]})
            self._pace = self._pace.model_copy(update={"parts": self._pace.parts | {part: times}})
        if self._part is Part.REPORT:
            self._rest_s = 0.0
            return Expected(0, 0, self._part_left_s())
        under_way = {} if index is None else planned[index]
        gone = {*self._round, self._part}
        ends = [{part: span for part, span in under_way.items() if part not in gone}]
        if self._planned.report is not None:
            ends.append({Part.REPORT: self._planned.report})
        ends_s = expected_s(summed(ends), self._pace)
        over = {*complete, *self._untimed, index}
        to_come_s = each_s({each: parts for each, parts in planned.items() if each not in over}, self._pace)
        part_left_s, limit_left_s = self._part_left_s(), self._limit_left_s()
        left_s, begun = part_left_s + ends_s, min(to_come_s, default=len(planned))
        self._fit = fitting(to_come_s, left_s, limit_left_s)
        end = expected(to_come_s, left_s, limit_left_s)
        end = end._replace(few=begun + end.few, many=begun + end.many)
        # The number that was told stays where it is open. Which rounds take place is decided as each is about to begin.
        told = begun + len(self._fit) if self._told_rounds is None else self._told_rounds
        self._told_rounds = min(max(told, end.few), end.many)
        self._rest_s = end.left_s - part_left_s
        return end

    def _limit_left_s(self) -> float | None:
        if self._plan.limit_s is None:
            return None
        before_s = self._before_s + expected_s(summed(self._untimed.values()), self._pace)
        return self._plan.limit_s - (before_s + self._now_s() - self._began_s)

    def _part_left_s(self) -> float:
        planned = self._planned_part()
        expected_s, lasted_s = at(planned, self._pace.of(self._part)) if self._part else 0.0, self._lasted_s()
        if not self._worked_off_s or not planned.total_s:
            return max(0.0, expected_s - lasted_s)
        # The further it is, the more its own pace counts.
        left = max(0.0, 1 - self._worked_off_s / planned.total_s)
        return left * (left * expected_s + lasted_s)

    def _lasted_s(self) -> float:
        return self._now_s() - self._part_began_s

    def _planned_part(self) -> Span:
        match self._part:
            case None:
                return Span()
            case Part.SETUP:
                return self._planned.setup or Span()
            case Part.REPORT:
                return self._planned.report or Span()
            case part:
                return self._planned.rounds[self._round_index or 0].get(part, Span())

    def _tell(self) -> None:
        if self._broken_off:
            return
        done_s, left_s = self._now_s() - self._began_s, self._rest_s + self._part_left_s()
        if abs(done_s + left_s - self._told_s) > max(MOVED * self._told_s, MOVED_S):
            self._told_s = done_s + left_s
            self._progress.moved(done_s, left_s)
        self._progress.left(done_s, left_s)
