"""The ratios of any subject to any other, for tables whose baseline a reader can choose."""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import Final, Self

from harness.model.app import Endpoint
from harness.model.cell import Subject, Workload
from harness.model.findings import Comparison, Estimate, Findings, Ranking
from harness.report.numbers import Reading, inverse, reading
from harness.report.view.both_ways import both_ways
from harness.report.view.cast import Cast
from harness.report.view.terms import RATE_SLUG

_COMPARED: Final = frozenset({Workload.CAPACITY, Workload.LATENCY})
"""What is measured at one number of connections, so that endpoint and rate tell which cells are meant."""

NOT_TOLD_APART: Final = "not told apart"

_STEPS_PER_DOUBLING: Final = 1.5
_MOST_STEPS: Final = 4

_TIED: Final = "="

type Texts = dict[str, tuple[str | None, ...]]
"""By the kind of cells: of each of `RatiosView.to` its ratios to all of them, in the same order; None of who has none.

Ratios are parted by `;`. Of two subjects the later one has theirs, as `value|spread|tint` (see `both_ways`); or each
has its own as it is read, `value|low|high|tint`. The tint is `=` where the two are tied. There are thousands: with
names at each they were a sixth of a page.
"""


@dataclass(frozen=True, slots=True)
class RatiosView:
    """All ratios of the findings. The page's script shows none but what the run has: `both_ways` has tried each."""

    baselines: tuple[tuple[str, str], ...]
    """(subject's key, its name), apps without a framework first."""
    to: tuple[str, ...]
    """The keys of all subjects that any ratio is to."""
    texts: Texts


@dataclass(frozen=True, slots=True)
class ShownRatio:
    """A ratio as a reader sees it, wherever one stands by itself."""

    reading: Reading
    tied: bool

    @property
    def remark(self) -> str:
        """What has to be said of it: that the two are not told apart, or nothing."""
        return NOT_TOLD_APART if self.tied else ""


def ratios_name(ranked: Comparison | Ranking) -> str:
    """What the ratios of one quantity are called: `capacity-json`, `latency-json-common-p99-as-met`."""
    rate = f"-{RATE_SLUG[ranked.rate]}" if ranked.rate else ""
    figure = f"-{ranked.figure.name.replace(' ', '-')}" if ranked.figure else ""
    return f"{ranked.workload.value}-{ranked.endpoint.value}{rate}{figure}"


def capacity_ratios_name(endpoint: Endpoint) -> str:
    """What the ratios of capacities are called: `capacity-json`."""
    return f"{Workload.CAPACITY.value}-{endpoint.value}"


def cpu_ratios_name(endpoint: Endpoint) -> str:
    """What the ratios of CPU time per request are called: `cpu-json`."""
    return f"cpu-{endpoint.value}"


def start_ratios_name(metric: str) -> str:
    """What the ratios of start-up or memory are called: `footprint-memory_idle_bytes`."""
    return f"{Workload.FOOTPRINT.value}-{metric}"


def crowd_ratios_name(workload: Workload) -> str:
    """What the ratios of the most held, or served, are called: `feed-most`."""
    return f"{workload.value}-most"


def heat_step(ratio: Estimate, workload: Workload, *, tied: bool = False) -> int:
    """The tint of a ratio, -4 to 4: below 0 worse than 1, above 0 better; 0 where the two are not told apart.

    Twice as much is as far from 1 as half.
    """
    if tied or ratio.low <= 1 <= ratio.high or not (math.isfinite(ratio.value) and ratio.value > 0):
        return 0
    step = round(math.log2(ratio.value) * _STEPS_PER_DOUBLING)
    return max(-_MOST_STEPS, min(_MOST_STEPS, -step if workload is Workload.LATENCY else step))


class RatioBook:
    """Every comparison of usual deployments, in both directions."""

    def __init__(
        self,
        comparisons: Sequence[Comparison],
        of_cpu: Sequence[Comparison] = (),
        of_starts: Mapping[str, Sequence[Comparison]] = MappingProxyType({}),
        of_crowds: Mapping[Workload, Sequence[Comparison]] = MappingProxyType({}),
    ) -> None:
        """`of_cpu` are of CPU time per request, `of_starts` by metric of starts, `of_crowds` of feeds and chats."""
        self._workloads: dict[str, Workload] = {}
        self._tied: set[tuple[str, str, str]] = set()
        self._ratios: dict[str, dict[Subject, dict[Subject, Estimate]]] = defaultdict(lambda: defaultdict(dict))
        named = [(ratios_name(each), each) for each in comparisons if each.workload in _COMPARED]
        named += [(cpu_ratios_name(each.endpoint), each) for each in of_cpu]
        named += [(start_ratios_name(metric), each) for metric, pairs in of_starts.items() for each in pairs]
        named += [(crowd_ratios_name(workload), each) for workload, pairs in of_crowds.items() for each in pairs]
        for name, each in named:
            if each.a.is_original and each.b.is_original:
                self._workloads[name] = each.workload
                of = self._ratios[name]
                of[each.a][each.b] = each.ratio
                of[each.b][each.a] = inverse(each.ratio)
                if each.tied:
                    self._tied |= {(name, each.a.key, each.b.key), (name, each.b.key, each.a.key)}

    @classmethod
    def of(cls, findings: Findings) -> Self:
        """All that a run's analysis compared."""
        of_starts, of_crowds = findings.start_comparisons, findings.crowd_comparisons
        return cls(findings.comparisons, findings.cpu_comparisons, of_starts, of_crowds)

    def between(self, name: str, subject: Subject, baseline: Subject) -> Estimate | None:
        """Value of `subject` over value of `baseline`; None where the two were not compared."""
        return self._ratios.get(name, {}).get(subject, {}).get(baseline)

    def tied(self, name: str, subject: Subject, baseline: Subject) -> bool:
        """Whether the analysis found the two tied."""
        return (name, subject.key, baseline.key) in self._tied

    def shown(self, name: str, subject: Subject, baseline: Subject) -> ShownRatio | None:
        """The ratio as a table shows it; None where the two were not compared."""
        ratio = self.between(name, subject, baseline)
        return ShownRatio(reading(ratio), self.tied(name, subject, baseline)) if ratio else None

    def pair(self, name: str, subject: str, baseline: str) -> tuple[Estimate, bool] | None:
        """The same by the subjects' keys, and whether the two are tied."""
        for one, ratios in self._ratios.get(name, {}).items():
            for other, ratio in ratios.items():
                if (one.key, other.key) == (subject, baseline):
                    return ratio, (name, subject, baseline) in self._tied
        return None

    def view(self, cast: Cast, shown: Collection[str]) -> RatiosView:
        """Those that are called so, as texts: the page gets none that no table of it has a place for."""
        compared = (of for name, of in self._ratios.items() if self._workloads[name] in _COMPARED)
        subjects = {subject for of in compared for subject in of}
        labels = sorted(
            (cast.label(subject) for subject in subjects),
            key=lambda label: (label.is_framework, label.title, label.key),
        )
        chosen = {name: of for name, of in self._ratios.items() if name in shown}
        to = sorted({subject for of in chosen.values() for subject in of}, key=lambda subject: subject.key)
        return RatiosView(
            baselines=tuple((label.key, label.in_sentence) for label in labels),
            to=tuple(subject.key for subject in to),
            texts={name: self._told(name, to) for name in chosen},
        )

    def _told(self, name: str, to: Sequence[Subject]) -> tuple[str | None, ...]:
        """What each is to each, as the page has it."""
        told = [[""] * len(to) for _ in to]
        for (earlier, one), (later, other) in combinations(enumerate(to), 2):
            ratio = self.between(name, other, one)
            if ratio is None:
                continue
            if short := both_ways(ratio):
                told[later][earlier] = f"{short}|{self._tint(name, other, one)}"
            else:
                told[later][earlier], told[earlier][later] = self._read(name, other, one), self._read(name, one, other)
        return tuple(
            ";".join(row).rstrip(";") if subject in self._ratios[name] else None
            for subject, row in zip(to, told, strict=True)
        )

    def _read(self, name: str, subject: Subject, baseline: Subject) -> str:
        shown = reading(self._ratios[name][subject][baseline])
        return "|".join((shown.value, shown.low, shown.high, self._tint(name, subject, baseline)))

    def _tint(self, name: str, subject: Subject, baseline: Subject) -> str:
        ratio = self._ratios[name][subject][baseline]
        tied = self.tied(name, subject, baseline)
        return _TIED if tied else str(heat_step(ratio, self._workloads[name]))
