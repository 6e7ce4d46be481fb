"""The page that lists all runs and draws their history."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from harness.claims.verdict_sentences import METRICS
from harness.comparison.conditions import concerned_words
from harness.comparison.from_run_to_run import MIN_APPS
from harness.comparison.uncompared import uncompared_words
from harness.digits import significant
from harness.model.claim import Metric
from harness.model.comparison import RunHead
from harness.model.history import Break, History, HostHistory, RunDigest, Series, UnreadRun
from harness.model.naming import capitalised, cell_words, titled
from harness.model.run import RuntimeName
from harness.report.figure.axes import log_axis
from harness.report.figure.spec import (
    Caption,
    DotPlot,
    LegendEntry,
    SeriesGrid,
    SeriesLine,
    SeriesPanel,
    Shape,
    Tick,
    Tone,
)
from harness.report.numbers import NOTHING, TIMES, counted, moment, reading
from harness.report.view.newest_run import newest_plot
from harness.report.view.run_list import RunRow, revision_words, run_row
from harness.report.view.terms import INVALID

_COLUMNS: Final = 6
"""So many of the newest runs stand in the tables; the figures have all."""
_FEWEST_DRAWN: Final = 3
"""A line through two runs says no more than their table."""
_DRAWN: Final = (Metric.THROUGHPUT, Metric.SERVER_CPU)
"""Percentiles scatter too much from run to run for a line to mean anything; they are in the tables."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change of level."""

    app: str
    cell: str
    metric: str
    direction: str
    ratio: str
    interval: str
    run: str
    before: str


@dataclass(frozen=True, slots=True)
class BreakRow:
    """Where conditions changed."""

    run: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One series in a table."""

    title: str
    detail: str
    values: tuple[str, ...]
    changes: str


@dataclass(frozen=True, slots=True)
class MetricView:
    """One metric of all apps over the runs."""

    heading: str
    unit: str
    plot: SeriesGrid | None
    columns: tuple[str, ...]
    rows: tuple[SeriesRow, ...]


@dataclass(frozen=True, slots=True)
class HostView:
    """The history of one host."""

    anchor: str
    heading: str
    host: str
    sentence: str
    breaks: tuple[BreakRow, ...]
    changes: tuple[ChangeRow, ...]
    metrics: tuple[MetricView, ...]


@dataclass(frozen=True, slots=True)
class IndexView:
    """The whole page."""

    subtitle: str
    newest: DotPlot | None
    """The ranks in the newest run; None where there are none."""
    runs: tuple[RunRow, ...]
    unread: tuple[UnreadRun, ...]
    hosts: tuple[HostView, ...]


def index_view(digests: Sequence[RunDigest], unread: Sequence[UnreadRun], history: History) -> IndexView:
    """All runs, the newest first, and a section for each host that has two of them at least."""
    hosts = [host for host in history.hosts if host.runs[1:]]
    apart = {each.run_id: each.reason for each in history.apart}
    return IndexView(
        subtitle=f"{counted(len(digests), 'run')}, newest first."
        + (f" {counted(len(hosts), 'host')} with a history below." if hosts else ""),
        newest=newest_plot(digests[-1]) if digests else None,
        runs=tuple(run_row(digest, apart.get(digest.summary.run_id, "")) for digest in reversed(digests)),
        unread=tuple(unread),
        hosts=tuple(_host_view(place, host) for place, host in enumerate(hosts, start=1)),
    )


def _host_view(place: int, host: HostHistory) -> HostView:
    anchor = f"host-{place}"
    changes = [(series, change) for series in host.series for change in series.change_points]
    place_words = "in containers" if host.runtime == RuntimeName.DOCKER else "as local processes"
    return HostView(
        anchor=anchor,
        heading=f"{host.profile.capitalize()} runs, {place_words}",
        host=host.host,
        sentence=_sentence(host, len(changes)),
        breaks=tuple(_break_row(each, host) for each in host.breaks),
        changes=tuple(
            ChangeRow(
                app=series.title,
                cell=_cell_words(series),
                metric=METRICS[series.metric].name,
                direction="better" if change.better else "worse",
                ratio=reading(change.ratio).value,
                interval=reading(change.ratio).interval,
                run=_run_words(host.runs[change.run]),
                before=_run_words(host.runs[change.run - 1]),
            )
            for series, change in sorted(changes, key=lambda pair: -pair[1].run)
        ),
        metrics=tuple(_metric_view(anchor, metric, host) for metric in Metric if _of(host, metric)),
    )


def _sentence(host: HostHistory, changes: int) -> str:
    without = f" In no series: {uncompared_words(host.uncompared)}." if host.uncompared else ""
    return f"{_looked_for(host, changes)}{without}"


def _looked_for(host: HostHistory, changes: int) -> str:
    runs = counted(len(host.runs), "run")
    if host.longest_stretch < host.needs_runs:
        return (
            f"{runs}. Changes are looked for from {host.needs_runs} runs under equal conditions on; so far, "
            f"{host.longest_stretch} at most follow each other."
        )
    if not any(series.looked_at for series in host.series):
        return (
            f"{runs}. Changes are not looked for: that takes {host.needs_runs} runs under equal conditions, with "
            f"{MIN_APPS} apps in common, or what moved them all can't be told from what happened to one."
        )
    found = counted(changes, "change") if changes else "No change"
    return f"{runs}. {found} of level found."


def _of(host: HostHistory, metric: Metric) -> list[Series]:
    return [series for series in host.series if series.metric is metric]


def _metric_view(anchor: str, metric: Metric, host: HostHistory) -> MetricView:
    newest = range(max(0, len(host.runs) - _COLUMNS), len(host.runs))
    own = _of(host, metric)
    return MetricView(
        heading=capitalised(METRICS[metric].name),
        unit=METRICS[metric].unit,
        plot=_plot(f"{anchor}-{metric.value.replace('_', '-')}", metric, own, host)
        if metric in _DRAWN and len(host.runs) >= _FEWEST_DRAWN
        else None,
        columns=tuple(_short(host.runs[run]) for run in newest),
        rows=tuple(
            SeriesRow(
                title=series.title,
                detail=_cell_words(series),
                values=tuple(_value(series, run) for run in newest),
                changes=", ".join(
                    f"{reading(change.ratio).value}{TIMES} on {_short(host.runs[change.run])}"
                    for change in series.change_points
                )
                or NOTHING,
            )
            for series in own
        ),
    )


def _value(series: Series, run: int) -> str:
    point = next((point for point in series.points if point.run == run), None)
    if point is None:
        return NOTHING
    if point.estimate is None:
        return point.unmeasured or INVALID
    return significant(point.estimate.value * METRICS[series.metric].scale)


def _plot(name: str, metric: Metric, own: Sequence[Series], host: HostHistory) -> SeriesGrid | None:
    by_app: dict[str, list[Series]] = defaultdict(list)
    for series in own:
        by_app[series.title].append(series)
    panels = [_panel(title, members, host) for title, members in by_app.items()]
    empty = [panel.title for panel in panels if not panel.lines]
    panels = [panel for panel in panels if panel.lines]
    values = [value for panel in panels for line in panel.lines for _, value in line.points]
    if not values:
        return None
    last = len(host.runs) - 1
    return SeriesGrid(
        Caption(
            name=name,
            title=f"{METRICS[metric].name} over the runs, by app",
            description="A line for each endpoint and deployment of an app; the table below has the values.",
            text=f"{capitalised(METRICS[metric].name)} of each endpoint and deployment, relative to its own median "
            "over the runs under equal conditions, without what moved all apps of a run alike."
            + (f" Not drawn, as no two runs under equal conditions have it: {', '.join(empty)}." if empty else ""),
            legend=(LegendEntry(Shape.DIAMOND, Tone.INK, "a change of level begins here"),),
        ),
        tuple(panels),
        runs=len(host.runs),
        run_ticks=(Tick(0, _day(host.runs[0])), Tick(last, _day(host.runs[last]))),
        axis=log_axis("relative to the median", [0.9, 1.1, *values]),
        breaks=tuple(sorted({run for series in own for run in series.breaks})),
    )


def _panel(title: str, members: Sequence[Series], host: HostHistory) -> SeriesPanel:
    lines = [line for line in (_line(series, host) for series in members) if line.points]
    changes = sum(len(series.change_points) for series in members)
    none = "no change" if any(series.looked_at for series in members) else "too few runs to tell"
    return SeriesPanel(
        title=title,
        detail=counted(changes, "change") if changes else none,
        tone=Tone.WSGI,
        lines=tuple(lines),
    )


def _line(series: Series, host: HostHistory) -> SeriesLine:
    by_stretch: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for point in series.points:
        if point.level is not None:
            by_stretch[sum(run <= point.run for run in series.breaks)].append((point.run, point.level))
    drawn = [known for known in by_stretch.values() if known[1:]]  # One point is no line.
    usual = [median(level for _, level in known) for known in drawn]
    return SeriesLine(
        points=tuple((run, level / own) for known, own in zip(drawn, usual, strict=True) for run, level in known),
        breaks=series.breaks,
        changed_at=tuple(change.run for change in series.change_points),
        hover="; ".join(
            f"{_cell_words(series)}: {reading(change.ratio).with_unit(TIMES)} from {_run_words(host.runs[change.run])}"
            for change in series.change_points
        ),
    )


def _break_row(each: Break, host: HostHistory) -> BreakRow:
    return BreakRow(
        run=_run_words(host.runs[each.run]),
        changes=tuple(
            f"{found.condition}: {found.a} → {found.b}"
            + (f" ({words} only)" if (words := concerned_words(found.condition)) else "")
            for found in each.differences
        ),
    )


def _cell_words(series: Series) -> str:
    return f"{series.cell.subject.variant}, {cell_words(series.cell)}"


def _whose(series: Series) -> str:
    subject = series.cell.subject
    return f"{titled(series.title, subject.variant, subject.special)}: {cell_words(series.cell)}"


def _run_words(run: RunHead) -> str:
    return f"{moment(run.started_at)}, commit {revision_words(run)}"


def _day(run: RunHead) -> str:
    return f"{run.started_at.day} {run.started_at:%b}"


def _short(run: RunHead) -> str:
    return f"{run.started_at.day} {run.started_at:%b %H:%M}"


def history_lines(history: History) -> Iterable[str]:
    """Changes, breaks and runs in no series as sentences, for the terminal."""
    for host in history.hosts:
        changes = [(series, change) for series in host.series for change in series.change_points]
        yield f"{host.profile}, {host.runtime}, {host.host}: {_sentence(host, len(changes))}"
        for each in host.breaks:
            row = _break_row(each, host)
            yield f"  conditions changed with the run of {row.run}: {'; '.join(row.changes)}"
        for series, change in changes:
            ratio = reading(change.ratio).with_unit(TIMES)
            way = "better" if change.better else "worse"
            since = _run_words(host.runs[change.run])
            yield f"  {_whose(series)}: {METRICS[series.metric].name} {way}, {ratio}, from {since} on"
    for left in history.apart:
        yield f"in no series: {left.name}: {left.reason}"
