"""Whether what the host did depended on who was measured.

Windows of a pass over all cells follow each other in shuffled order. If the host does not care who is measured, then of
the windows of one kind in one pass any might as well have got what any other got. So the readings are shuffled within
these blocks, and it is counted how often subjects come out as unlike each other as they did: a randomisation
test, exact whatever the readings' distribution, since it was chance that set the order (R. A. Fisher, "The Design of
Experiments", 1935; E. S. Edgington and P. Onghena, "Randomization Tests", 4th ed., 2007, chapters 3 and 6). Ranks
within blocks are compared, so that a few windows that lost half of their time do not hide who is robbed each time.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.cells import JudgedCell
from harness.analysis.table import PAIR, Array
from harness.analysis.windows import UsedWindow
from harness.model.cell import Kind, Subject
from harness.model.host_speed import HostDependence, HostQuantity

DRAWS: Final = 1_999
"""So the smallest p-value that can come out is 1 in 2,000."""

_SEED: Final = 19_350_101
"""Fixed: the same run folder gives the same report."""
_CHUNK: Final = 100

type Reading = Callable[[UsedWindow], float | None]


def host_dependence(judged: Sequence[JudgedCell]) -> tuple[HostDependence, ...]:
    """Of what was stolen and of the CPU's speed, as far as they were read."""
    readings: dict[HostQuantity, Reading] = {
        HostQuantity.STEAL: lambda window: window.steal_share,
        HostQuantity.SPEED: lambda window: log(window.speed.work_ns) if window.speed else None,
    }
    found = ((quantity, _Blocks.of(judged, reading)) for quantity, reading in readings.items())
    return tuple(blocks.tested(quantity) for quantity, blocks in found if blocks)


class _Blocks:
    """The readings of all windows, in order of their blocks."""

    def __init__(self, blocks: NDArray[np.int64], subjects: Sequence[Subject], values: Array) -> None:
        order = np.argsort(blocks, kind="stable")
        self._blocks = np.unique(blocks[order], return_inverse=True)[1]
        self._subjects = list(dict.fromkeys(subjects))
        places = {subject: place for place, subject in enumerate(self._subjects)}
        whose = [places[each] for each in subjects]
        self._whose = np.eye(len(self._subjects))[np.array(whose)[order]]
        means = np.bincount(self._blocks, values[order]) / np.bincount(self._blocks)
        self._deviations = values[order] - means[self._blocks]
        self._ranks = _ranks_within(self._blocks, self._deviations)

    @classmethod
    def of(cls, judged: Sequence[JudgedCell], reading: Reading) -> "_Blocks | None":
        """None where no block has the readings of two subjects."""
        rows = list(_rows(judged, reading))
        members: dict[tuple[object, ...], int] = defaultdict(int)
        for block, _, _ in rows:
            members[block] += 1
        kept = [row for row in rows if members[row[0]] >= PAIR]
        if not kept:
            return None
        numbers: dict[tuple[object, ...], int] = defaultdict(count().__next__)
        blocks = np.array([numbers[block] for block, _, _ in kept])
        return cls(blocks, [subject for _, subject, _ in kept], np.array([value for _, _, value in kept]))

    def tested(self, quantity: HostQuantity) -> HostDependence:
        """How unlike the subjects are, and how often chance makes them so."""
        excess = (self._deviations @ self._whose) / self._whose.sum(axis=0)
        most, least = int(excess.argmax()), int(excess.argmin())
        return HostDependence(
            quantity=quantity,
            p_value=self._p_value(),
            windows=len(self._deviations),
            most=self._subjects[most],
            most_excess=float(excess[most]),
            least=self._subjects[least],
            least_excess=float(excess[least]),
        )

    def _p_value(self) -> float:
        generator = np.random.default_rng(_SEED)
        seen = self._unlikeness(self._ranks[None, :])[0]
        as_unlike = 0
        for done in range(0, DRAWS, _CHUNK):
            draws = min(_CHUNK, DRAWS - done)
            # Sorting by block and chance shuffles within blocks.
            order = np.argsort(self._blocks + generator.random((draws, len(self._blocks))), axis=1)
            # What differs in the last digits only is not less.
            as_unlike += int((self._unlikeness(self._ranks[order]) >= seen * (1 - 1e-9)).sum())
        return (1 + as_unlike) / (1 + DRAWS)

    def _unlikeness(self, ranks: Array) -> Array:
        """Sum of squares between subjects."""
        return np.asarray(((ranks @ self._whose) ** 2 / self._whose.sum(axis=0)).sum(axis=1))


def _ranks_within(blocks: NDArray[np.int64], values: Array) -> Array:
    """The place of each value in its block, from the middle; equal values share the mean of their places."""
    order = np.lexsort((values, blocks))
    sizes = np.bincount(blocks)
    places = np.empty(len(values))
    places[order] = np.arange(len(values)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    alike = np.unique(np.column_stack((blocks, values)), axis=0, return_inverse=True)[1].ravel()
    shared = np.bincount(alike, places) / np.bincount(alike)
    return np.asarray(shared[alike] - (sizes[blocks] - 1) / 2)


def _rows(judged: Sequence[JudgedCell], reading: Reading) -> Iterator[tuple[tuple[object, ...], Subject, float]]:
    """Block, subject and reading of each window that has one.

    A block is the n-th pass of a round over one kind, and of that the windows of one length: of what is stolen now and
    then, in ticks, a long window never has as little or as much as a short one, whoever is measured.
    """
    for each in judged:
        kind, passes = Kind.of(each.cell), defaultdict[int, int](int)
        for window in each.windows.used:
            index = window.round_index
            value = reading(window)
            if value is not None:
                place = passes[index] if window.pass_index is None else window.pass_index
                yield (kind, index, place, window.report.duration_ns), each.cell.subject, value
            passes[index] += 1
