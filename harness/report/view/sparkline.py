"""A series over runs as a sparkline with its words, for whoever has a history to show."""

from collections.abc import Sequence

from harness.model.findings import Estimate
from harness.report.figure.spec import Caption, Sparkline
from harness.report.numbers import counted, reading


def sparkline(
    name: str, what: str, unit: str, series: Sequence[Estimate], breaks: Sequence[int] = ()
) -> Sparkline | None:
    """The series as a figure; None where there are fewer than two runs, which show no course.

    Args:
        name: The figure's, unique in its page.
        what: What was measured, such as `capacity of Flask (gunicorn gthread) on json`.
        unit: Of the estimates.
        series: One estimate a run, oldest first, all of the same host and method but for `breaks`.
        breaks: Places in the series before which host or method changed.

    Raises:
        ValueError: A break lies outside of the series, or they are out of order.
    """
    if list(breaks) != sorted(set(breaks)) or any(not 0 < at < len(series) for at in breaks):
        raise ValueError(f"breaks {list(breaks)} are no ascending places within a series of {len(series)}")
    if len(series) < 2:  # noqa: PLR2004 - one run has no course
        return None
    first, last = reading(series[0]), reading(series[-1])
    apart = f", with {counted(len(breaks), 'break')} where host or method changed" if breaks else ""
    text = f"{counted(len(series), 'run')}{apart}: from {first.with_unit(unit)} to {last.with_unit(unit)}."
    return Sparkline(
        caption=Caption(name=name, title=f"Course of {what}", description=text, text=text),
        estimates=tuple((each.value, each.low, each.high) for each in series),
        breaks=tuple(breaks),
    )
