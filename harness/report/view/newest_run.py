"""The picture of the newest run: who has what rank on the endpoint that is nearest to real work."""

from urllib.parse import quote

from harness.model.findings import TIE_MARGIN
from harness.model.history import Place, RunDigest
from harness.model.naming import server_words
from harness.report.figure.axes import value_axis
from harness.report.figure.spec import Caption, DotPlot, DotRow, Mark, Shape
from harness.report.numbers import reading
from harness.report.view.capacity import REQUESTS_PER_SECOND
from harness.report.view.cast import SubjectLabel, drawn_first
from harness.report.view.figure_rows import bounds_of
from harness.report.view.ranking import DOTS_READ, rank_note, ranking_caption
from harness.report.view.terms import INTERFACE_LEGEND, tone


def newest_plot(digest: RunDigest) -> DotPlot | None:
    """What the run's own first screen opens on, of all that it ranks; None where nothing is ranked."""
    standing = digest.standing
    if standing is None or not standing.places:
        return None
    labels = {place.subject.key: _label(place) for place in standing.places}
    shown = set(drawn_first(list(labels.values())))
    rows = tuple(
        _row(place, labels[place.subject.key], digest.summary.name)
        for place in standing.places
        if place.subject.key in shown
    )
    bounds = bounds_of(rows)
    note = rank_note([(place.rank, labels[place.subject.key].in_sentence) for place in standing.places])
    return DotPlot(
        Caption(
            name="newest",
            title=f"Capacity on {standing.endpoint.value}, requests per second",
            description=f"Requests per second of each deployment on {standing.endpoint.value} in the newest run, with "
            "95 % intervals.",
            text=DOTS_READ,
            ranks=f"{ranking_caption(TIE_MARGIN, [place.rank for place in standing.places])} {note}".rstrip(),
            legend=INTERFACE_LEGEND[:-1],
        ),
        value_axis(REQUESTS_PER_SECOND.axis, bounds),
        rows,
    )


def _label(place: Place) -> SubjectLabel:
    return SubjectLabel(
        key=place.subject.key,
        title=place.title,
        variant=place.subject.variant,
        server=server_words(place.title, place.server, own=place.own_server),
        interface=place.interface,
        own_server=place.own_server,
        family=None,
        broken="",
        deviates=False,
        special="",
        revision=place.revision,
        also=place.also,
    )


def _row(place: Place, label: SubjectLabel, run: str) -> DotRow:
    estimate, shown = place.throughput_rps, reading(place.throughput_rps)
    hover = shown.with_unit(REQUESTS_PER_SECOND.unit)
    return DotRow(
        title=label.title,
        detail=label.deployment,
        marks=(Mark(estimate.value, estimate.low, estimate.high, Shape.DOT, tone(label), hover),),
        rank=f"{place.rank}=" if place.tied else str(place.rank),
        value=shown.value,
        interval=shown.interval_beside,
        href=f"{quote(run)}/index.html{label.href}",
        key=label.key,
        tie_group=place.rank if place.tied else None,
    )
