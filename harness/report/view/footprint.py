"""The section on memory and start-up, from the records of the servers' starts."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from harness.digits import significant
from harness.model.app import Family
from harness.model.cell import Subject
from harness.model.findings import Estimate, Findings, FootprintFinding
from harness.model.run import Run, Start
from harness.report.figure.axes import zero_axis
from harness.report.figure.spec import Caption, DotPlot, DotRow, LegendEntry, Mark, Shape, Tone
from harness.report.numbers import Reading, listed, mebibytes, reading
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.terms import tone

_NOT_TIMED: Final = "not timed"


@dataclass(frozen=True, slots=True)
class FootprintRow:
    """One subject's starts: medians and, as bounds, the lowest and highest of them."""

    label: SubjectLabel
    starts: int
    start_s: Reading | None
    idle_mib: Reading | None
    loaded_mib: Reading | None
    resident_mib: Reading | None
    charged_mib: Reading | None
    import_s: Reading | None
    import_unknown: str
    """Why nothing is known of it."""
    installed_mib: str
    """Of the framework and what it requires; empty where nothing is known of it."""
    dependencies: str
    installed_unknown: str
    """Why nothing is."""
    processes: str
    faults: tuple[str, ...]
    unmeasured: str
    """`to come` or `not reached`, where the run has not come to it; else empty."""


@dataclass(frozen=True, slots=True)
class FootprintView:
    """Memory and start-up of every subject that was to be started."""

    rows: tuple[FootprintRow, ...]
    plot: DotPlot | None
    asked: bool
    """Whether the run measures footprints; else its servers were started all the same, for other workloads."""

    @property
    def unknown_imports(self) -> tuple[str, ...]:
        """Of whom it is not known how long an import takes, and why, where it was asked for."""
        apps: dict[str, dict[str, None]] = {}
        for row in self.rows:
            if row.import_s is None and row.import_unknown != _NOT_TIMED:
                apps.setdefault(row.import_unknown, {})[row.label.title] = None
        return tuple(
            f"{listed([*titles])}: {why if len(titles) == 1 else why.replace('it names', 'they name', 1)}"
            for why, titles in apps.items()
        )

    @property
    def charged(self) -> bool:
        """Whether containers' control groups were read."""
        return any(row.charged_mib for row in self.rows)


def footprint_view(run: Run, findings: Findings, starts: Sequence[Start], cast: Cast) -> FootprintView:
    """Medians over the starts; the interval shown is their full range, as they are too few for another."""
    groups = [(cast.label(subject), _last_of_each_round(starts, subject)) for subject in run.plan.subjects]
    groups = [(label, own) for label, own in groups if not label.special]
    groups.sort(key=lambda group: _middle(_pss_idle(group[1])))
    found = {cast.label(each.cell.subject): each for each in findings.footprints}
    rows = tuple(_row(label, own, found.get(label)) for label, own in groups)
    return FootprintView(rows, _plot(groups, rows), asked=bool(found))


def _last_of_each_round(starts: Sequence[Start], subject: Subject) -> list[Start]:
    """A start is recorded when the server answers and again, with more known, when it is stopped."""
    return list({start.round_index: start for start in starts if start.subject == subject}.values())


def _middle(values: Sequence[float]) -> float:
    return median(values) if values else float("inf")


def _pss_idle(starts: Sequence[Start]) -> list[float]:
    return [mebibytes(start.pss_idle_bytes) for start in starts if start.pss_idle_bytes is not None]


def _pss_loaded(starts: Sequence[Start]) -> list[float]:
    return [mebibytes(start.pss_loaded_bytes) for start in starts if start.pss_loaded_bytes is not None]


def _rss_loaded(starts: Sequence[Start]) -> list[float]:
    return [mebibytes(start.rss_loaded_bytes) for start in starts if start.rss_loaded_bytes is not None]


def _charged_loaded(starts: Sequence[Start]) -> list[float]:
    return [mebibytes(start.charged_loaded_bytes) for start in starts if start.charged_loaded_bytes is not None]


def _over_starts(values: Sequence[float]) -> Estimate | None:
    return Estimate(value=median(values), low=min(values), high=max(values)) if values else None


def _shown(values: Sequence[float]) -> Reading | None:
    estimate = _over_starts(values)
    return reading(estimate) if estimate else None


def _row(label: SubjectLabel, starts: Sequence[Start], found: FootprintFinding | None) -> FootprintRow:
    processes = sorted({start.processes for start in starts if start.processes is not None})
    return FootprintRow(
        label=label,
        starts=len(starts),
        start_s=_shown([start.start_s for start in starts if start.start_s is not None]),
        idle_mib=_shown(_pss_idle(starts)),
        loaded_mib=_shown(_pss_loaded(starts)),
        resident_mib=_shown(_rss_loaded(starts)),
        import_s=_shown([start.import_s for start in starts if start.import_s is not None]),
        import_unknown=next((start.import_unknown for start in starts if start.import_unknown), _NOT_TIMED),
        installed_mib=""
        if found is None or found.installed_bytes is None
        else significant(mebibytes(found.installed_bytes)),
        dependencies="" if found is None or found.dependencies is None else str(len(found.dependencies)),
        installed_unknown="no framework" if label.family is Family.BASELINE else "not looked at",
        charged_mib=_shown(_charged_loaded(starts)),
        processes=" or ".join(str(number) for number in processes) or "unknown",
        faults=tuple(f"Round {start.round_index + 1}: {start.fault}" for start in starts if start.fault),
        unmeasured=(found.unmeasured or "") if found else "",
    )


def _plot(groups: Sequence[tuple[SubjectLabel, list[Start]]], told: Sequence[FootprintRow]) -> DotPlot | None:
    rows = tuple(_dot_row(label, starts, row.unmeasured) for (label, starts), row in zip(groups, told, strict=True))
    bounds = [bound for row in rows for mark in row.marks for bound in (mark.low, mark.high)]
    if not bounds:
        return None
    return DotPlot(
        Caption(
            name="memory",
            title="Memory of the server, idle and after load",
            description="Proportional set size in MiB of each subject's processes, before the first request and after "
            "load; the table below holds the same numbers.",
            text="Memory before load and after it: medians, with bars from the lowest to the highest start.",
            legend=(LegendEntry(Shape.RING, Tone.INK, "idle"), LegendEntry(Shape.DOT, Tone.INK, "after load")),
        ),
        zero_axis("MiB (proportional set size), less is better", bounds),
        rows,
    )


def _dot_row(label: SubjectLabel, starts: Sequence[Start], unmeasured: str) -> DotRow:
    marks = [
        Mark(
            estimate.value,
            estimate.low,
            estimate.high,
            shape,
            tone(label),
            f"{state}: {reading(estimate).with_unit('MiB')}",
        )
        for state, shape, estimate in (
            ("idle", Shape.RING, _over_starts(_pss_idle(starts))),
            ("after load", Shape.DOT, _over_starts(_pss_loaded(starts))),
        )
        if estimate
    ]
    loaded = _shown(_pss_loaded(starts))
    return DotRow(
        label.title,
        label.deployment,
        tuple(marks),
        value=loaded.value if loaded else "",
        interval=loaded.interval_beside if loaded else "",
        note="" if marks else unmeasured or "did not start",
        href=label.href,
        key=label.key,
        linked=True,
    )
