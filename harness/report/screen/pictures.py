"""The picture of the first screen: the frameworks in order, once for each endpoint and each quantity."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from harness.model.app import NEAREST_TO_WORK, Endpoint
from harness.model.cell import RateRule
from harness.model.naming import RATE_WORDS
from harness.report.figure.axes import value_axis, zero_axis
from harness.report.figure.spec import Axis, DotPlot
from harness.report.view.capacity import CapacityView
from harness.report.view.cast import DEVIATION_MARK, ORM_MARK, SubjectLabel, drawn_first
from harness.report.view.cpu_per_request import CpuView
from harness.report.view.figure_rows import bounds_of
from harness.report.view.latency import LatencyGroup, LatencyView
from harness.report.view.terms import ENDPOINT_MEANING, nobody_words

_MARKS: Final = {
    DEVIATION_MARK: f"{DEVIATION_MARK}: not all as in the contract.",
    ORM_MARK: f"{ORM_MARK}: rows pass through an ORM.",
}
"""What marks mean, in short: the notes with all of it stand under what to beware of."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One quantity on one endpoint; `plot` is None where it was not measured, and `text` says so."""

    quantity: str
    """`capacity`, `latency` or `cpu`."""
    title: str
    text: str
    plot: DotPlot | None
    href: str
    """The section with the numbers."""


@dataclass(frozen=True, slots=True)
class EndpointPictures:
    """All pictures of one endpoint."""

    endpoint: str
    meaning: str
    first: bool
    """Whether the screen opens on it."""
    pictures: tuple[Picture, ...]


def endpoint_pictures(capacity: CapacityView, latency: LatencyView, cpu: CpuView) -> tuple[EndpointPictures, ...]:
    """The pictures of all frameworks that were measured: whoever is measured beside the article's was asked for."""
    groups = {each.endpoint: each for each in latency.groups if each.rate == RATE_WORDS[RateRule.COMMON]}
    costs = {each.endpoint: each for each in cpu.endpoints}
    measured = [each.endpoint for each in capacity.endpoints]
    opens = next((each.value for each in NEAREST_TO_WORK if each.value in measured), "")
    return tuple(
        EndpointPictures(
            endpoint=each.endpoint,
            meaning=ENDPOINT_MEANING[Endpoint(each.endpoint)],
            first=each.endpoint == opens,
            pictures=(
                _picture(
                    "capacity",
                    f"Capacity on {each.endpoint}, requests per second",
                    each.table.plot,
                    [row.label for row in each.table.rows],
                    value_axis,
                    f"#capacity-{each.endpoint}-heading",
                ),
                _latency_picture(each.endpoint, groups.get(each.endpoint), tuple(groups)),
                _picture(
                    "cpu",
                    f"Server CPU per request on {each.endpoint}, in µs",
                    costs[each.endpoint].plot,
                    [row.label for row in costs[each.endpoint].rows],
                    zero_axis,
                    f"#cpu-{each.endpoint}-heading",
                ),
            ),
        )
        for each in capacity.endpoints
    )


def mark_words(endpoints: Sequence[EndpointPictures]) -> str:
    """What the marks behind the names in these pictures mean; empty where there is none."""
    plots = [picture.plot for each in endpoints for picture in each.pictures if picture.plot]
    titles = "".join(row.title for plot in plots for row in plot.rows)
    return " ".join(words for mark, words in _MARKS.items() if mark in titles)


def _latency_picture(endpoint: str, group: LatencyGroup | None, measured: Sequence[str]) -> Picture:
    if group is None or group.leading is None:
        where = f"; it was on {' and '.join(measured)}" if measured else ""
        text = f"Latency at one rate for all was not measured on {endpoint} in this run{where}."
        return Picture("latency", f"Latency on {endpoint}", text, None, "#latency")
    table = group.leading
    what = table.plot.axis.label.partition(",")[0] if table.plot else "latency"
    return _picture(
        "latency",
        f"{what[0].upper()}{what[1:]} on {endpoint}, in ms, at {group.offered or 'the common rate'}",
        table.plot,
        [row.label for row in table.rows],
        value_axis,
        f"#{group.slug}-heading",
    )


def _picture(  # noqa: PLR0913, PLR0917 - all that a picture is made of
    quantity: str,
    title: str,
    plot: DotPlot | None,
    labels: Sequence[SubjectLabel],
    axis: Callable[[str, Sequence[float]], Axis],
    href: str,
) -> Picture:
    if plot is None:
        return Picture(quantity, title, "Nothing was measured.", None, href)
    drawn = [label for label in labels if not label.special]
    shown = set(drawn_first([label for label in drawn if label.is_framework]))
    rows = tuple(
        replace(row, title=label.marked) for row, label in zip(plot.rows, drawn, strict=True) if label.key in shown
    )
    bounds = bounds_of(rows)
    if not bounds:
        return Picture(quantity, title, nobody_words(row.note.partition(":")[0] for row in rows), None, href)
    fewer = len(rows) < len([label for label in drawn if label.is_framework])
    caption = replace(plot.caption, name=f"first-{plot.caption.name}", title=title)
    return Picture(
        quantity,
        title,
        "What else was measured stands in the table." if fewer else "",
        replace(plot, caption=caption, axis=axis(plot.axis.label, bounds), rows=rows),
        href,
    )
