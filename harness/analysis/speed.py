"""Taking the host's changing speed out of the scatter: the speed probe as a control variate.

Throughput and CPU time per request follow the speed of the server's CPU, which a shared host changes from moment
to moment, and which a probe measures in each window without looking at the server. What the probe explains
of a window's result is taken off by linear regression on the logarithms, so every figure is stated at the mean speed
of the run (control variates: S. S. Lavenberg and P. D. Welch, "A Perspective on the Use of Control Variables to
Increase the Efficiency of Monte Carlo Simulations", Management Science 27(3), 1981).

The slope is estimated from how windows of the same subject in the same round differ, so what sets subjects apart has
no part in it. It is one slope for all: a subject that follows the speed more or less than others gets some scatter
too much, but no bias, as its windows are spread over fast and slow moments like everybody's.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import exp, log
from typing import Final

import numpy as np

from harness.analysis.table import Array
from harness.analysis.windows import CellWindows, UsedWindow

MIN_DF: Final = 40
"""With fewer degrees of freedom within rounds, the slope would be known too badly to be of use."""

type LogAmount = Callable[[UsedWindow], float | None]


@dataclass(frozen=True)
class SpeedControl:
    """How one quantity follows the time that the probe's fixed work takes."""

    slope: float = 0.0
    """Change of the quantity's logarithm by change of the work's; about -1 for throughput. 0: not taken out."""
    reference: float = 0.0
    """Mean logarithm of the work's nanoseconds: the speed at which figures are stated."""
    explained: float = 0.0
    """Share of the variance within rounds that goes with the speed."""

    def at_mean_speed(self, window: UsedWindow) -> float:
        """What to multiply a window's quantity with; 1 where the speed is not known."""
        if not self.slope or window.speed is None:
            return 1.0
        return exp(-self.slope * (log(window.speed.work_ns) - self.reference))


NO_CONTROL: Final = SpeedControl()


def fit_speed_control(cells: Iterable[CellWindows], amount: LogAmount) -> SpeedControl:
    """The regression of `amount` on the speed, within subjects and rounds; none where too little is known."""
    points: dict[tuple[str, int], list[tuple[float, float]]] = defaultdict(list)
    for cell in cells:
        for window in cell.used:
            value = amount(window)
            if window.speed is not None and value is not None:
                points[cell.cell.key, window.round_index].append((log(window.speed.work_ns), value))
    groups = [np.array(group) for group in points.values()]
    if sum(len(group) - 1 for group in groups) < MIN_DF:
        return NO_CONTROL
    speeds, values = _within(groups).T
    spread = float(speeds @ speeds)
    if not spread:
        return NO_CONTROL
    slope = float(speeds @ values) / spread
    total = float(values @ values)
    explained = slope**2 * spread / total if total else 0.0
    return SpeedControl(slope, float(np.concatenate(groups)[:, 0].mean()), explained)


def _within(groups: list[Array]) -> Array:
    return np.concatenate([group - group.mean(axis=0) for group in groups])
