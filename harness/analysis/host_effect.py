"""Taking the host's changing speed out of the scatter between windows.

A shared host changes the speed of its CPUs from moment to moment, by tens of percent, and every throughput and CPU time
follows. Three things tell what a window had of it, none of which looks at how fast its subject is:

- The speed probe, which times the same piece of work on the server's CPU in each window.
- The hypervisor's account of the time that it took from the CPUs in use (steal). What goes with these two is taken
  off by linear regression of the logarithms (control variates: S. S. Lavenberg and P. D. Welch, "A Perspective on the
  Use of Control Variables to Increase the Efficiency of Monte Carlo Simulations", Management Science 27(3), 1981).
- The windows just before and after it, which are other subjects': what is left of the host's speed goes on for some
  windows. It is predicted as a process whose correlation decays exponentially in time (best linear unbiased prediction:
  G. K. Robinson, "That BLUP is a Good Thing", Statistical Science 6(1), 1991), with its share and its duration
  estimated from the run. The mean of a subject's windows without it is the generalised least squares estimate (A. C.
  Aitken, "On Least Squares and Linear Combination of Observations", Proc. R. Soc. Edinburgh 55, 1936).

Everything is estimated from how windows of the same cell in the same round differ; what sets subjects or server
processes apart has no part in it. All figures are stated at the mean speed, and the mean steal, of the windows they are
compared with: of a subject that was robbed more than the others, that part is given back. The corrections are linear
in the results; how well the model holds decides how much scatter is left, and what is left is what the intervals are
made of.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log
from typing import Final

import numpy as np
import scipy
from numpy.typing import NDArray

from harness.analysis.table import Array
from harness.analysis.windows import CellWindows, UsedWindow

MIN_DF: Final = 30
"""With fewer degrees of freedom within rounds, what is estimated here would be known too badly to be of use."""

_LAGS: Final = 12
"""How many windows apart two can be to be compared; farther apart, next to nothing is left in common."""
_SURE: Final = 3.0
"""A correlation counts if it is so many times its standard error."""
_SHARE_MOST: Final = 0.95
_LEAST_LEFT: Final = 0.05
"""Of the CPUs' time. What is stolen is told in ticks of 10 ms, so it may seem to be all of a short window."""
_DURATION_S: Final = (0.05, 10.0)
_SPEED, _STEAL = 0, 1
"""Columns of what is known of the host."""
_PRIOR_DF: Final = 10.0
"""Draws the scatter of a cell with few windows towards that of all."""

type LogRate = Callable[[UsedWindow], float | None]
"""The logarithm of a window's rate, or None where it was not read."""


@dataclass(frozen=True)
class HostSlopes:
    """How the cells of one kind follow what is known of the host; 0 where too little is."""

    speed: float = 0.0
    """Change of the logarithm by change of the logarithm of the speed probe's time."""
    steal: float = 0.0
    """Change of the logarithm by change of the logarithm of the share of CPU time that was left."""
    explained: float = 0.0
    """Share of the variance within rounds that goes with the two."""
    inflation: float = 1.0
    """By how much what is left scatters more than it shows: the slopes were fitted to it, and are known but so well."""


@dataclass(frozen=True)
class Drift:
    """What the speed probe leaves of the host's speed, as neighbouring windows show it."""

    share: float = 0.0
    """Of the variance that is left."""
    duration_s: float = 0.0
    """Time after which the correlation has decayed to 1/e."""


@dataclass(frozen=True)
class HostEffect:
    """What the host's changing speed did to a quantity."""

    by_sequence: Mapping[int, float] = field(default_factory=dict)
    """For each window, by its place in the run, the change of the quantity's logarithm."""
    slopes: tuple[HostSlopes, ...] = ()
    """One for each kind, in the order given."""
    drift: Drift = field(default_factory=Drift)

    @property
    def inflation(self) -> float:
        """What to multiply the variance of what is left with; the largest of all kinds, which differ little."""
        return max((each.inflation for each in self.slopes), default=1.0)

    def correction(self, window: UsedWindow) -> float:
        """What to multiply a window's quantity with."""
        return exp(-self.by_sequence.get(window.sequence, 0.0))


NO_EFFECT: Final = HostEffect()


def fit_host_effect(kinds: Sequence[Sequence[CellWindows]], log_rate: LogRate) -> HostEffect:
    """The effect on the cells of one workload, given by kind: their windows were measured in one shuffled order."""
    fitted = [_Points.of(cells, log_rate) for cells in kinds]
    slopes = tuple(points.slopes() if points else HostSlopes() for points in fitted)
    known = [(points, each) for points, each in zip(fitted, slopes, strict=True) if points]
    if not known:
        return NO_EFFECT
    followed = np.concatenate([points.followed(each) for points, each in known])
    points = _Points.together([each for each, _ in known])
    left = points.less(followed)
    drift = left.drift()
    effect = followed + left.drifted(drift)
    return HostEffect(dict(zip(points.sequences.tolist(), effect.tolist(), strict=True)), slopes, drift)


@dataclass(frozen=True)
class _Points:
    """Windows as columns: where they belong, when they were, what they gave."""

    sequences: NDArray[np.int64]
    cells: NDArray[np.int64]
    rounds: NDArray[np.int64]
    times_s: Array
    host: Array
    """What is known of the host, a column each: the logarithms of the speed probe's time and of the share of CPU time
    that was not stolen; NaN where that was not read."""
    values: Array
    """Logarithm of the rate."""

    @classmethod
    def of(cls, cells: Sequence[CellWindows], log_rate: LogRate) -> "_Points | None":
        rows = [
            (window.sequence, place, window.round_index, window.started_s, _log_work(window), _log_left(window), value)
            for place, cell in enumerate(cells)
            for window in cell.used
            if (value := log_rate(window)) is not None
        ]
        if not rows:
            return None
        sequences, places, rounds, times, speeds, lefts, values = map(np.array, zip(*rows, strict=True))
        return cls(sequences, places, rounds, times, np.column_stack((speeds, lefts)), values)

    @classmethod
    def together(cls, parts: Sequence["_Points"]) -> "_Points":
        offsets = np.cumsum([0, *(int(part.cells.max()) + 1 for part in parts)])
        return cls(
            np.concatenate([part.sequences for part in parts]),
            np.concatenate([part.cells + offset for part, offset in zip(parts, offsets[:-1], strict=True)]),
            np.concatenate([part.rounds for part in parts]),
            np.concatenate([part.times_s for part in parts]),
            np.concatenate([part.host for part in parts]),
            np.concatenate([part.values for part in parts]),
        )

    def less(self, effect: Array) -> "_Points":
        return _Points(self.sequences, self.cells, self.rounds, self.times_s, self.host, self.values - effect)

    @property
    def groups(self) -> NDArray[np.int64]:
        """One number for each cell in each round; for each cell where its rounds have too few windows to tell.

        Then what sets its processes apart is part of the scatter, which has nothing to do with the host.
        """
        numbers = np.unique(self.cells * (self.rounds.max() + 1) + self.rounds, return_inverse=True)[1]
        enough = len(numbers) - (int(numbers.max()) + 1) >= MIN_DF
        return np.asarray(numbers if enough else np.unique(self.cells, return_inverse=True)[1], dtype=np.int64)

    def slopes(self) -> HostSlopes:
        """By least squares, within groups."""
        telling = [column for column in range(self.host.shape[1]) if self._tells([column])]
        while telling and not self._tells(telling):
            telling.pop()
        if not telling:
            return HostSlopes()
        seen, groups = self._seen(telling)
        host = np.column_stack([_centred(self.host[seen, column], groups) for column in telling])
        values = _centred(self.values[seen], groups)
        found, _, _, _ = np.linalg.lstsq(host, values, rcond=None)
        left, total = values - host @ found, float(values @ values)
        slopes = dict(zip(telling, found.tolist(), strict=True))
        explained = 1 - float(left @ left) / total if total else 0.0
        return HostSlopes(
            slopes.get(_SPEED, 0.0), slopes.get(_STEAL, 0.0), explained, self._inflation(seen, groups, len(telling))
        )

    def _inflation(self, seen: NDArray[np.bool_], groups: NDArray[np.int64], fitted: int) -> float:
        """By the slopes' own error; and by what they took of the scatter between rounds, where that is what they fit.

        Slopes that are fitted within rounds leave it alone.
        """
        df = int(seen.sum()) - (int(groups.max()) + 1)
        between_rounds = len(np.unique(self.rounds[seen])) > 1 and len(np.unique(self.cells)) == groups.max() + 1
        return (1 + fitted / df) * (df / (df - fitted) if between_rounds else 1.0)

    def followed(self, slopes: HostSlopes) -> Array:
        """What the slopes make of what is known of the host; nothing where that is not."""
        effect = np.zeros(len(self.values))
        for column, slope in ((_SPEED, slopes.speed), (_STEAL, slopes.steal)):
            if slope:
                effect += np.nan_to_num(slope * (self.host[:, column] - np.nanmean(self.host[:, column])))
        return effect

    def _seen(self, columns: Sequence[int]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """The windows of which all these columns are known, and the groups that they fall into."""
        seen = ~np.isnan(self.host[:, columns]).any(axis=1)
        return seen, np.unique(self.groups[seen], return_inverse=True)[1]

    def _tells(self, columns: Sequence[int]) -> bool:
        """Whether windows within groups differ in these columns, and there are enough of them."""
        seen, groups = self._seen(columns)
        enough = int(seen.sum()) - len(set(groups.tolist())) >= MIN_DF
        return enough and all(bool(np.ptp(_centred(self.host[seen, column], groups))) for column in columns)

    def drift(self) -> Drift:
        """From the products of deviations some windows apart (the covariogram of geostatistics)."""
        groups = self.groups
        if len(groups) - (int(groups.max()) + 1) < MIN_DF:
            return Drift()
        deviations = _centred(self.values, groups) / self._scatter()
        order = np.lexsort((self.sequences, self.rounds))
        deviations, rounds, times = deviations[order], self.rounds[order], self.times_s[order]
        apart: list[float] = []
        correlations: list[float] = []
        for lag in range(1, min(_LAGS + 1, len(order))):
            same = rounds[lag:] == rounds[:-lag]
            if same.sum() >= MIN_DF:
                apart.append(float((times[lag:] - times[:-lag])[same].mean()))
                correlations.append(float((deviations[lag:] * deviations[:-lag])[same].mean()))
        if len(apart) <= 2 or correlations[0] < _SURE / np.sqrt(len(order)):  # noqa: PLR2004 - two are estimated
            return Drift()
        (share, duration_s), _ = scipy.optimize.curve_fit(
            _decay, apart, correlations, p0=(0.5, 0.5), bounds=((0.0, _DURATION_S[0]), (_SHARE_MOST, _DURATION_S[1]))
        )
        return Drift(float(share), float(duration_s))

    def drifted(self, drift: Drift) -> Array:
        """The prediction of the drift in each window, round by round."""
        found = np.zeros(len(self.values))
        if not drift.share:
            return found
        scatter = self._scatter()
        for index in np.unique(self.rounds):
            here = np.flatnonzero(self.rounds == index)
            found[here] = scatter[here] * _predict(
                self.values[here] / scatter[here],
                (self.cells[here, None] == np.unique(self.cells[here])) / scatter[here, None],
                self.times_s[here],
                drift,
            )
        return found

    def _scatter(self) -> Array:
        """For each window, the standard deviation of the windows of its cell within rounds."""
        groups = self.groups
        squares = _centred(self.values, groups) ** 2
        df = np.bincount(self.cells) - np.bincount(self.cells[np.unique(groups, return_index=True)[1]])
        sums = np.bincount(self.cells, squares)
        mean = max(float(sums.sum() / df.sum()), np.finfo(float).tiny)
        return np.sqrt((sums + _PRIOR_DF * mean) / (df + _PRIOR_DF))[self.cells]


def _predict(values: Array, design: Array, times_s: Array, drift: Drift) -> Array:
    """The drift in values of unit variance, each of which has a mean given by the design."""
    common = drift.share * _decay(np.abs(times_s[:, None] - times_s), 1.0, drift.duration_s)
    covariance = common + (1 - drift.share) * np.eye(len(values))
    whitened = np.linalg.solve(covariance, np.column_stack((design, values)))
    means = np.linalg.solve(design.T @ whitened[:, :-1], design.T @ whitened[:, -1])
    return np.asarray(common @ (whitened[:, -1] - whitened[:, :-1] @ means))


def _decay(apart_s: Array, share: float, duration_s: float) -> Array:
    return share * np.exp(-np.asarray(apart_s) / duration_s)


def _centred(values: Array, groups: NDArray[np.int64]) -> Array:
    return np.asarray(values - (np.bincount(groups, values) / np.bincount(groups))[groups])


def _log_work(window: UsedWindow) -> float:
    return log(window.speed.work_ns) if window.speed else float("nan")


def _log_left(window: UsedWindow) -> float:
    return float("nan") if window.steal_share is None else log(max(1 - window.steal_share, _LEAST_LEFT))
