import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from harness.report.figure.canvas import Canvas, Lettering, Pen, colour, shortened
from harness.report.figure.curve_grid import draw_curve_grid
from harness.report.figure.render import Renderer
from harness.report.figure.spec import (
    Axis,
    Caption,
    CurveGrid,
    CurvePanel,
    DotPlot,
    DotRow,
    LegendEntry,
    Mark,
    ReferenceLine,
    SeriesGrid,
    SeriesLine,
    SeriesPanel,
    Shape,
    Tick,
    Tone,
)
from harness.report.figure.style_sheet import StyleSheet
from harness.report.figure.svg import inline_svg
from harness.report.view.curves import nines
from tests.unit.report.test_path_data import absolute

HOSTILE = '<img src=x onerror=alert(1)> $\\frac{1}{0}$ & "quoted" \x00'
AXIS = Axis("requests/s", 0, 10, (Tick(0, "0"), Tick(10, "10")))


def caption(title: str) -> Caption:
    return Caption(name="sample", title=f"Title {title}", description="What it shows.", text="Caption.")


def two_rows(title: str) -> DotPlot:
    mark = Mark(value=5, low=4, high=60, shape=Shape.DOT, tone=Tone.WSGI, hover=f"{title}: 5 (4 to 60)")
    return DotPlot(
        caption(title),
        AXIS,
        (
            DotRow(
                title,
                "controlled, gunicorn gthread",
                (mark,),
                rank="1=",
                value="5",
                interval="4\N{EN DASH}60",
                tie_group=1,
                key="a",
            ),
            DotRow("Other", "default", rank="\N{EN DASH}", note=f"invalid: {title}", key="b"),
        ),
    )


def curves(title: str) -> CurveGrid:
    panel = CurvePanel(title, "controlled", Tone.WSGI, ((0.0, 1.0), (1.0, 2.0)), (1.0, 2.0), "2 ms")
    return CurveGrid(caption(title), (panel,), (Tick(0, "p0"), Tick(1, "p90")), "quantile", AXIS)


def series(title: str) -> SeriesGrid:
    line = SeriesLine(
        points=((0, 1.0), (1, 2.0), (2, 4.0), (4, 5.0)), breaks=(2,), changed_at=(4,), hover=f"{title}: doubled"
    )
    panel = SeriesPanel(title, "1 change", Tone.WSGI, (line,))
    return SeriesGrid(caption(title), (panel, panel), 5, (Tick(0, "1 May"), Tick(4, "5 May")), AXIS, breaks=(2,))


def drawn(title: str) -> list[ET.Element]:
    markup = str(Renderer().render(curves(title)))
    return [ET.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", markup, flags=re.DOTALL)]


def written(title: str) -> ET.Element:
    return ET.fromstring(str(Renderer().render(two_rows(title))))


def words(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def test_curves_come_in_a_wide_and_a_narrow_layout_with_ids_of_their_own() -> None:
    wide, narrow = drawn("Flask")
    ids = [element.get("id") for svg in (wide, narrow) for element in svg.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert float(wide.get("viewBox", "").split()[2]) > float(narrow.get("viewBox", "").split()[2])


@pytest.mark.parametrize("figure", [two_rows("Flask"), curves("Flask"), series("Flask")])
def test_a_figure_takes_every_colour_from_the_page(figure: DotPlot | CurveGrid | SeriesGrid) -> None:
    renderer = Renderer()
    markup = str(renderer.render(figure))
    assert not re.search(r"#[0-9a-f]{6}", markup + renderer.styles.css)
    assert "wsgi" in markup + renderer.styles.css


def test_the_figures_of_a_page_share_their_styles_and_carry_none_as_an_attribute() -> None:
    renderer = Renderer()
    figures = [two_rows("Flask"), curves("Flask"), two_rows("Flask"), curves("Flask")]
    markup = [str(renderer.render(figure)) for figure in figures]
    assert "style=" not in "".join(markup)
    classes = set(re.findall(r'class="(f\d+)"', markup[1]))
    assert (
        classes == set(re.findall(r"\.(f\d+) ", renderer.styles.css)) == set(re.findall(r'class="(f\d+)"', markup[3]))
    )
    ids = re.findall(r' id="([^"]*)"', "".join(markup))
    assert len(ids) == len(set(ids))
    referred = set(re.findall(r'href="#([^"]*)"', "".join(markup)))
    assert {each for each in referred if each not in {shape.name.lower() for shape in Shape}} <= set(ids)


def test_a_colour_that_is_no_tone_is_refused_because_dark_mode_would_not_reach_it() -> None:
    canvas = Canvas(100, 100)
    canvas.line([0, 1], [0, 1], Pen(Tone.INK, 1))
    another = canvas.svg().replace(colour(Tone.INK), "#ff0000")
    with pytest.raises(ValueError, match="#ff0000"):
        inline_svg(another, prefix="p", drawn_first="p", title="t", description="d", styles=StyleSheet())


def test_hostile_text_stays_text_in_a_figure() -> None:
    for element in (*drawn(HOSTILE), written(HOSTILE), ET.fromstring(str(Renderer().render(series(HOSTILE))))):
        names = {each.tag.rpartition("}")[2] for each in element.iter()}
        assert "img" not in names
        assert "<img" in words(element)


def test_curves_are_named_and_described_for_those_who_cannot_see_them() -> None:
    for svg in drawn("Flask"):
        named = {element.get("id"): element.text for element in svg.iter()}
        title, description = (svg.get("aria-labelledby") or "").split()
        assert named[title] == "Title Flask"
        assert named[description] == "What it shows."
        assert svg.get("role") == "img"


def test_the_rows_of_a_plot_can_be_read_without_their_marks() -> None:
    first, second = written("Flask").iter("li")
    assert words(first).startswith("1= Flask controlled, gunicorn gthread")
    assert words(first).endswith("5 4\N{EN DASH}60")
    assert "invalid: Flask" in words(second)
    assert all(svg.get("aria-hidden") == "true" for svg in written("Flask").iter("svg"))


def test_under_the_pointer_marks_beside_each_other_tell_their_readings_and_one_alone_leaves_it_to_its_row() -> None:
    alone = two_rows("Flask")
    (mark,) = alone.rows[0].marks
    another = replace(mark, hover="of the server: 6")
    together = replace(alone, rows=(replace(alone.rows[0], marks=(mark, another)), alone.rows[1]))
    drawn = [ET.fromstring(str(Renderer().render(plot))) for plot in (alone, together)]
    titles = [[title.text for title in each.iter("title")] for each in drawn]
    assert titles == [[], ["Flask: 5 (4 to 60)", "of the server: 6"]]


@pytest.mark.parametrize("figure", [two_rows("Flask"), curves("Flask"), series("Flask")])
def test_the_same_figure_gives_the_same_bytes(figure: DotPlot | CurveGrid | SeriesGrid) -> None:
    assert Renderer().render(figure) == Renderer().render(figure)


def test_a_whisker_ends_at_the_edge_of_the_plot() -> None:
    (whisker,) = written("Flask").iter("line")
    assert (whisker.get("x1"), whisker.get("x2")) == ("40%", "100%")


def test_a_row_has_the_tone_of_most_of_its_marks_and_a_mark_of_another_one_its_own() -> None:
    tones = (Tone.MUTED, Tone.WSGI, Tone.WSGI)
    row = DotRow("x", "", tuple(Mark(5, 4, 6, Shape.RING, tone) for tone in tones))
    root = ET.fromstring(str(Renderer().render(DotPlot(caption("x"), AXIS, (row,)))))
    _, track = root.iter("svg")
    assert track.get("class") == "wsgi"
    for drawn_of in ("line", "use[@x]"):
        assert [each.get("class") for each in track.findall(drawn_of)] == ["muted", None, None]


def test_what_shares_a_rank_stands_on_one_band_and_two_bands_are_told_apart() -> None:
    rows = tuple(
        DotRow(str(group), "", tie_group=group, key=str(place)) for place, group in enumerate((1, 1, None, 3, 3))
    )
    plot = DotPlot(caption("x"), AXIS, rows)
    classes = [each.get("class") for each in ET.fromstring(str(Renderer().render(plot))).iter("li")]
    assert classes == ["tied first", "tied", None, "tied first", "tied"]
    renderer = Renderer()
    renderer.head(plot)
    assert [renderer.tie(str(place)) for place in range(5)] == ["tied first", "tied", "", "tied first", "tied"]


def test_a_table_finds_the_marks_of_its_row_on_the_scale_written_last() -> None:
    renderer = Renderer()
    renderer.head(two_rows("Django"))
    head = ET.fromstring(str(renderer.head(two_rows("Flask"))))
    (grid,) = [each.get("id") for each in head.iter("g")]
    assert f'href="#{grid}"' in renderer.marks("a")
    assert 'href="#dot"' in renderer.marks("a")
    assert "invalid: Flask" in renderer.marks("b")
    assert str(renderer.marks("none")) == f'<svg aria-hidden="true"><use href="#{grid}"/></svg>', "the lines go on"


def test_labels_that_would_touch_on_a_telephone_can_be_left_out_there() -> None:
    axis = Axis("x", 0, 10, tuple(Tick(at, f"{at * 1000:,}") for at in range(0, 11, 2)))
    plot = DotPlot(caption("x"), axis, ())
    head = ET.fromstring(str(Renderer().head(plot)))
    told = {each.text: each.get("class") for each in head.iter("text")}
    assert [text for text, crowded in told.items() if not crowded] == ["0", "4,000", "8,000"]


def test_a_small_interval_shows_where_a_claim_holds_and_needs_nothing_else_of_the_page() -> None:
    mark = Mark(2, 1, 3, Shape.CROSS, Tone.BAD, "2 (1 to 3)")
    plot = DotPlot(caption(""), AXIS, (DotRow("", "", (mark,)),), ReferenceLine(5, ""), (5, 10))
    svg = ET.fromstring(str(Renderer().small(plot)))
    margin = next(each for each in svg.iter("rect"))
    assert (margin.get("x"), margin.get("width")) == ("50%", "50%")
    assert [each.get("x1") for each in svg.iter("line")] == ["50%", "10%"]


def test_long_names_are_cut_and_control_characters_written_out() -> None:
    assert shortened("a" * 50, 10) == "a" * 9 + "…"
    assert shortened("a\x00 b\n c", 20) == "a\\x00 b c"


def test_equal_steps_on_the_quantile_axis_are_equal_shares_of_the_slower_requests() -> None:
    assert [nines(quantile) for quantile in (0.0, 0.9, 0.99, 0.999)] == pytest.approx([0, 1, 2, 3])


def test_a_dollar_sign_is_drawn_as_such() -> None:
    canvas = Canvas(100, 100)
    canvas.text(10, 10, "$x_1$", Lettering(12))
    assert "$x_1$" in canvas.svg()


def test_what_is_behind_all_panels_is_drawn_once_and_each_curve_once_for_both_widths() -> None:
    panel = CurvePanel("Flask", "controlled", Tone.WSGI, tuple((x / 39, 5 + x % 3) for x in range(40)), (0.5, 5))
    grid = CurveGrid(
        caption("x"), (panel,) * 5, (Tick(0, "p0"), Tick(1, "p90")), "quantile", AXIS, ((0, 1, 9), (1, 1, 9))
    )
    markup = str(Renderer().render(grid))
    wide, narrow = (ET.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", markup, flags=re.DOTALL))
    assert [each.tag for each in narrow.iter() if each.tag.endswith("}path")] == []
    assert words(wide).count("p90") == 1
    assert words(wide).count("Flask") == words(narrow).count("Flask") == 5
    parts = {each.get("id"): each for each in wide if each.tag.endswith("}g") and each.get("id")}
    numbered = [parts[f"w1-{number}"] for number in range(5)]
    assert {name for name, _, _ in uses(narrow)} == set(parts)
    again = [(x, y) for name, x, y in uses(wide) if name == "w1-b"]
    assert again == [(171, 0), (342, 0), (513, 0), (0, 166)]
    assert all(parts[f"w1-{number}"][0].get("href") == "#w1-b" for number in range(1, 5)), "below the curve"
    assert [name for name, _, _ in uses(narrow)].count("w1-b") == 1, "of the first; the others bring it along"
    curves = [path_of(each)[0] for each in numbered]
    assert [(x - curves[0][0], y - curves[0][1]) for x, y in curves] == [
        pytest.approx(place, abs=0.1) for place in ((0, 0), (171, 0), (342, 0), (513, 0), (0, 166))
    ]
    narrow_places = {name: (x, y) for name, x, y in uses(narrow)}
    begin = [(x + narrow_places[str(each.get("id"))][0], y) for each, (x, y) in zip(numbered, curves, strict=True)]
    assert [x - begin[0][0] for x, _ in begin] == [pytest.approx(x, abs=0.2) for x in (0, 154, 0, 154, 0)]


def test_the_deployment_above_a_curve_is_told_whole_and_the_curves_stay_at_their_numbers() -> None:
    deployments = ("controlled, gunicorn gthread", "default, uvicorn by fastapi run", "default")
    panels = tuple(CurvePanel("Flask", each, Tone.WSGI, ((0.0, 5.0), (1.0, 5.0)), None) for each in deployments)
    grid = CurveGrid(caption("x"), panels, (Tick(0, "p0"), Tick(1, "p90")), "quantile", AXIS)
    markup = str(Renderer().render(grid))
    wide, narrow = (ET.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", markup, flags=re.DOTALL))
    for svg in (wide, narrow):
        told = " ".join(each.text or "" for each in svg.iter() if each.tag.endswith("}text"))
        assert [each for each in deployments if each not in told] == []
    assert {y for name, _, y in uses(narrow) if name in {"w1-0", "w1-1"}} == {0}, "two lines above them in both"


def uses(svg: ET.Element) -> list[tuple[str, float, float]]:
    """(name, x, y) of what is drawn again."""
    return [
        (str(each.get("href")).removeprefix("#"), float(each.get("x", 0)), float(each.get("y", 0)))
        for each in svg.iter()
        if each.tag.endswith("}use")
    ]


def path_of(group: ET.Element) -> list[tuple[float, float]]:
    """The points of the first line in a group."""
    return absolute(next(each.get("d", "") for each in group.iter() if each.tag.endswith("}path")))


def test_the_intervals_of_a_curve_are_one_broken_line() -> None:
    intervals = tuple((place, 4.0, 6.0) for place in (0.0, 0.5, 1.0))
    panel = CurvePanel("Flask", "", Tone.WSGI, ((0.0, 5.0), (1.0, 5.0)), None, intervals=intervals)
    grid = CurveGrid(caption("x"), (panel,), (Tick(0, "p0"), Tick(1, "p90")), "quantile", AXIS)
    wide = ET.fromstring(re.findall(r"<svg.*?</svg>", str(Renderer().render(grid)), flags=re.DOTALL)[0])
    (drawn_once,) = (each for each in wide if each.get("id") == "w1-0")
    curve, bars = (absolute(each.get("d", "")) for each in drawn_once)
    middle = (curve[0][0] + curve[-1][0]) / 2
    assert [x for x, _ in bars] == pytest.approx([curve[0][0]] * 2 + [middle] * 2 + [curve[-1][0]] * 2, abs=0.1)
    assert len({round(y) for _, y in bars}) == 2, "each from low to high"


def test_points_that_nobody_sees_are_left_out_of_a_curve() -> None:
    straight = CurvePanel("Flask", "controlled", Tone.WSGI, tuple((x / 39, 1 + x / 39) for x in range(40)), None)
    bent = CurvePanel("Flask", "controlled", Tone.WSGI, tuple((x / 39, 1 + x % 2) for x in range(40)), None)
    grid = CurveGrid(caption("x"), (straight, bent), (Tick(0, "p0"), Tick(1, "p90")), "quantile", AXIS)
    wide = ET.fromstring(re.findall(r"<svg.*?</svg>", str(Renderer().render(grid)), flags=re.DOTALL)[0])
    lengths = {each.get("id"): len(path_of(each)) for each in wide if each.get("id") in {"w1-0", "w1-1"}}
    assert lengths == {"w1-0": 2, "w1-1": 40}


def test_a_line_of_a_history_is_broken_where_conditions_changed_and_marked_where_the_level_did() -> None:
    root = ET.fromstring(str(Renderer().render(series("Flask"))))
    paths = [each.get("d", "") for each in root.iter("path")]
    (pieces,) = {tuple(path.removeprefix("M").split("M")) for path in paths}
    points = [[int(x) for x in piece.split()[::2]] for piece in pieces]
    assert len(paths) == 2
    assert [len(piece) for piece in points] == [2, 2], "of the runs before the break, and of those from it on"
    (at,) = {float(each.get("x1", "").rstrip("%")) for each in root.iter("line") if each.get("class") == "break"}
    assert points[0][-1] < 10 * at < points[1][0]
    marks = [each for each in root.iter("use") if each.get("href") == "#diamond"]
    assert [float(each.get("x", "").rstrip("%")) for each in marks] == pytest.approx([points[1][-1] / 10] * 2, abs=0.1)
    assert [title.text for title in root.iter("title")] == ["Flask: doubled"] * 2
    assert words(root).count("1 May5 May") == 2


def test_a_curve_is_broken_where_a_logarithm_has_no_place_for_its_value() -> None:
    axis = Axis("ms", 0.1, 10, (Tick(1, "1"),), log=True)
    panel = CurvePanel("x", "", Tone.WSGI, ((0.0, 1.0), (0.3, 0.0), (0.6, 1.0), (1.0, 2.0)), None)
    canvas = draw_curve_grid(CurveGrid(caption("x"), (panel,), (Tick(0, "a"), Tick(1, "b")), "q", axis))
    (curve,) = (path for path in canvas.svg().split("<path") if colour(Tone.WSGI) in path)
    assert curve.partition("style")[0].count("L ") == 1, "there is a line between the last two points only"


def test_labels_of_places_that_would_touch_are_left_out_from_the_second_last_on() -> None:
    panel = CurvePanel("Flask", "", Tone.WSGI, ((0.0, 1.0), (9.0, 2.0)), None)
    places = tuple(Tick(place, str(2**place)) for place in (0, 2, 3, 4, 5, 6, 8, 9))
    grid = CurveGrid(caption("x"), (panel,), places, "connections", AXIS)
    wide = ET.fromstring(re.findall(r"<svg.*?</svg>", str(Renderer().render(grid)), flags=re.DOTALL)[0])
    (behind,) = (each for each in wide if each.get("id") == "w1-b")
    told = [each.text for each in behind.iter() if each.tag.endswith("}text")]
    assert sorted(map(int, filter(None, told))) == [1, 4, 8, 16, 32, 64, 512]


def test_a_legend_explains_what_is_drawn_and_nothing_else() -> None:
    entries = (
        LegendEntry(Shape.DOT, Tone.WSGI, "WSGI"),
        LegendEntry(Shape.DOT, Tone.ASGI, "ASGI"),
        LegendEntry(Shape.RING, Tone.MUTED, "hollow"),
        LegendEntry(Shape.DIAMOND, Tone.MUTED, "database"),
    )
    legend = replace(caption("x"), legend=entries)

    def told(*marks: Mark) -> list[str]:
        return [entry.text for entry in DotPlot(legend, AXIS, (DotRow("x", "", marks),)).legend]

    assert told(Mark(5, 4, 6, Shape.DOT, Tone.WSGI)) == ["WSGI"]
    assert told(Mark(5, 4, 6, Shape.RING, Tone.ASGI), Mark(5, 4, 6, Shape.DIAMOND, Tone.MUTED)) == [
        "ASGI",
        "hollow",
        "database",
    ]
    grid = curves("Flask")
    assert [entry.text for entry in replace(grid, caption=legend).legend] == ["WSGI"]
    changed = LegendEntry(Shape.DIAMOND, Tone.INK, "changed")
    shown = replace(series("Flask"), caption=replace(legend, legend=(changed,)))
    still = tuple(replace(panel, lines=(replace(panel.lines[0], changed_at=()),)) for panel in shown.panels)
    assert (shown.legend, replace(shown, panels=still).legend) == ((changed,), ())


@pytest.mark.parametrize("value", [1.0, 5.0, 9.9])
def test_words_at_the_end_of_a_curve_do_not_lie_upon_it(value: float) -> None:
    points = tuple((place / 10, value if place > 5 else 5.0) for place in range(11))
    intervals = tuple((place, low - 0.2, low + 0.1) for place, low in points)
    panel = CurvePanel("Flask", "x", Tone.WSGI, points, points[-1], "10,000 /s", intervals=intervals)
    grid = CurveGrid(caption("x"), (panel,), (Tick(0, "p0"), Tick(1, "p90")), "quantile", AXIS)
    wide = ET.fromstring(re.findall(r"<svg.*?</svg>", str(Renderer().render(grid)), flags=re.DOTALL)[0])
    texts = {each.text: float(each.get("y", "")) for each in wide.iter() if each.tag.endswith("}text")}
    (drawn_once,) = (each for each in wide if each.get("id") == "w1-0")
    ends = [absolute(each.get("d", "")) for each in drawn_once.iter() if each.tag.endswith("}path")][:2]
    behind = [y for line in ends for x, y in line if x > 120]
    baseline = texts["10,000 /s"]
    assert not [y for y in behind if baseline - 8 < y <= baseline]
    assert baseline - 11 > texts["x"], "below the words that head the panel"
