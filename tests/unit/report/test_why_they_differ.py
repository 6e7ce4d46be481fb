"""Where the page has two figures of what looks like one thing, it says why they differ."""

from harness.report.page import compose
from tests.unit.report.part_of_a_page import sections_of
from tests.unit.report.standard_run import standard_run


def test_the_usual_throughput_beside_many_routes_is_not_that_of_capacity() -> None:
    page = sections_of(compose(*standard_run(), ()), "growth")
    told = "The usual ones have windows of their own beside the others, so they differ from Capacity"
    assert told in page.partition("<caption>")[2].partition("</caption>")[0]
