"""What the page's script makes of the ratios that a page has."""

from harness.report.numbers import Reading
from harness.report.view.both_ways import read_both_ways
from harness.report.view.ratios import RatiosView


def told(view: RatiosView, name: str, subject: str, baseline: str) -> tuple[Reading, str] | None:
    """The reading and the tint of what a subject is to a baseline; None where the page has no such ratio."""
    one, other = view.to.index(subject), view.to.index(baseline)
    rows = [(row or "").split(";") for row in view.texts[name]]
    for own, to, way in ((one, other, 0), (other, one, 1)):
        *numbers, tint = (rows[own][to] if to < len(rows[own]) else "").split("|")
        if len(numbers) == 3:
            return Reading(*numbers), tint
        if numbers:
            value, spread = map(float, numbers)
            found = read_both_ways(value, spread)[way]
            assert found is not None
            return found, str(-int(tint)) if way and tint != "=" else tint
    return None
