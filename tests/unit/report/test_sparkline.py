import re

import pytest

from harness.model.findings import Estimate
from harness.report.figure.render import Renderer
from harness.report.view.sparkline import sparkline

SERIES = [Estimate(value=value, low=value * 0.98, high=value * 1.02) for value in (100.0, 102.0, 99.0, 140.0, 141.0)]


def test_a_series_says_where_it_began_where_it_ended_and_how_often_it_broke() -> None:
    spark = sparkline("flask-json", "capacity of Flask on json", "requests/s", SERIES, [3])
    assert spark is not None
    text = spark.caption.text.replace("\N{NO-BREAK SPACE}", " ")
    assert text == (
        "5 runs, with 1 break where host or method changed: from 100 requests/s (98 to 102) to "
        "141 requests/s (138 to 144)."
    )


def test_no_line_is_drawn_across_a_break() -> None:
    lines = []
    for breaks in ((), (3,)):
        spark = sparkline("flask-json", "capacity", "requests/s", SERIES, breaks)
        assert spark is not None
        renderer = Renderer()
        wide = str(renderer.render(spark)).split("</svg>", maxsplit=1)[0]
        stroked = re.search(r"\.(f\d+) \{ fill: none; stroke: var\(--ink\)", renderer.styles.css)
        assert stroked is not None
        lines.append(len(re.findall(f'<path [^>]*class="{stroked.group(1)}"', wide)))
    assert lines == [1, 2]


def test_one_run_has_no_course() -> None:
    assert sparkline("flask-json", "capacity", "requests/s", SERIES[:1]) is None


@pytest.mark.parametrize("breaks", [[0], [5], [3, 2], [2, 2]])
def test_breaks_outside_of_the_series_or_out_of_order_are_refused(breaks: list[int]) -> None:
    with pytest.raises(ValueError, match="ascending places"):
        sparkline("flask-json", "capacity", "requests/s", SERIES, breaks)
