"""What each subject answers in closed loop, from all windows of a run that tell it: what offered rates derive from.

A host that others share has slow moments: of a second or of some, in which a server answers half as much, and hardly
ever fast ones. So it is the **median** of windows at several moments that counts. The mean of two that follow each
other is that of one moment: with windows that scatter by 12 %, and a slow moment of some seconds a minute, it gave two
runs of one host another common rate in a third of cases (`tests/unit/measure/test_same_rate.py`).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final

from harness.model.app import Endpoint
from harness.model.cell import Cell, Subject
from harness.model.run import Window, WindowKind
from harness.plan.budget import warmed_up

MAX_FAILURE_SHARE: Final = 0.001
"""A window with more failures than this shows no capacity."""

type Throughputs = dict[tuple[Subject, Endpoint], float]
"""Requests per second that a subject answers in closed loop."""

type _Shown = list[float | None]
"""By windows: requests per second; None of those whose requests failed."""


class Capacities:
    """Takes in windows as they come, and those that a run has already."""

    def __init__(self, cells: Iterable[Cell], windows: Iterable[Window] = ()) -> None:
        """Of the cells of a plan, those count by which servers are warmed up; `windows` are those before."""
        self._cells = {cell.key: cell for cell in warmed_up(tuple(cells)) if cell.workload.saturates}
        self._warm: defaultdict[str, defaultdict[int, _Shown]] = defaultdict(lambda: defaultdict(list))
        self._measured: defaultdict[str, _Shown] = defaultdict(list)
        for window in windows:
            self.see(window)

    def see(self, window: Window) -> None:
        """Take in a window, in the order in which they were measured; others are passed over."""
        if window.report is None or window.cell not in self._cells:
            return
        report, failures = window.report, sum(window.report.failures.values())
        fails = failures > MAX_FAILURE_SHARE * (report.responses + failures)
        shown = None if fails else report.responses / report.duration_ns * 1e9
        if window.kind is WindowKind.WARM:
            self._warm[window.cell][window.round_index].append(shown)
        else:
            self._measured[window.cell].append(shown)

    def of_round(self, index: int) -> Throughputs:
        """What the warm-up of one round showed; nothing of whom half of its windows failed, or more."""
        return {
            (cell.subject, cell.endpoint): throughput_rps
            for key, cell in self._cells.items()
            if (throughput_rps := _shown_by(_warmed(self._warm[key].get(index, []))))
        }

    def so_far(self) -> Throughputs:
        """What all windows showed by now, measured ones too, of whom the warm-up of any round showed something."""
        found: Throughputs = {}
        for key, cell in self._cells.items():
            warmed = [_warmed(of_round) for of_round in self._warm[key].values()]
            if any(map(_shown_by, warmed)):
                shown = [each for of_round in (*warmed, self._measured[key]) for each in of_round]
                found[cell.subject, cell.endpoint] = median(each for each in shown if each is not None)
        return found


def _warmed(of_round: Sequence[float | None]) -> Sequence[float | None]:
    """Without the first window, in which the server was cold."""
    return of_round[1:] or of_round


def _shown_by(windows: Sequence[float | None]) -> float | None:
    known = [each for each in windows if each is not None]
    return (median(known) or None) if 2 * len(known) > len(windows) else None
