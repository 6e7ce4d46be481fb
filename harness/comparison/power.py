"""What a comparison of two runs could have found.

A comparison that finds nothing says little unless it could have found something. An app that became slower did so in
all of its cells, more or less; so it is found where the cell is that is known best. With a chance of one half a line
comes out apart where its true change is what has to be measured for that; with 90 %, where it is by so much more as its
error is off in one case of ten.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from statistics import median_high
from typing import Final

import scipy

from harness.analysis.table import from_log
from harness.model.cell import Workload
from harness.model.claim import Metric
from harness.model.comparison import Change, RunComparison

CHANCE: Final = 0.90
"""What would have been seen is what is found so often."""

_OF_SPEED: Final = frozenset({Metric.THROUGHPUT, Metric.SERVER_CPU})


@dataclass(frozen=True)
class Seen:
    """The slow-downs that would have been seen, as relative changes."""

    in_half: float
    """Of the apps."""
    in_all: float
    apps: int


def would_have_been_seen(found: RunComparison) -> Seen | None:
    """In the apps whose capacity was compared; None where there is none."""
    by_app = _by_app(found)
    if not by_app:
        return None
    return Seen(in_half=median_high(by_app.values()), in_all=max(by_app.values()), apps=len(by_app))


def _by_app(found: RunComparison) -> Mapping[str, float]:
    least: dict[str, float] = {}
    for change in found.changes:
        seen = _seen(change)
        if change.metric in _OF_SPEED and change.cell.workload is Workload.CAPACITY and seen is not None:
            app = change.cell.subject.app
            least[app] = min(seen, least.get(app, seen))
    return least


def _seen(change: Change) -> float | None:
    ratio = change.ratio
    if change.detectable is None or ratio is None or ratio.log_standard_error is None:
        return None
    beyond = float(scipy.special.stdtrit(max(ratio.degrees_of_freedom or 1.0, 1.0), CHANCE)) * ratio.log_standard_error
    return from_log(log(1 + change.detectable) + beyond) - 1
