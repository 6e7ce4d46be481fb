import re
from xml.etree import ElementTree as ET

import pytest

from harness.report.figure.canvas import LAYOUTS, Canvas, Lettering, shortened
from harness.report.figure.render import Renderer
from harness.report.figure.spec import Axis, Caption, DotPlot, DotRow, Mark, Shape, Tick, Tone
from harness.report.figure.style_sheet import StyleSheet
from harness.report.figure.svg import inline_svg
from harness.report.view.curves import nines

HOSTILE = '<img src=x onerror=alert(1)> $\\frac{1}{0}$ & "quoted" \x00'


def one_row_plot(title: str) -> DotPlot:
    mark = Mark(value=5, low=4, high=60, shape=Shape.DOT, tone=Tone.WSGI, hover=f"{title}: 5 (4 to 60)")
    return DotPlot(
        Caption(name="sample", title=f"Title {title}", description="What it shows.", text="Caption."),
        Axis("requests/s", 0, 10, (Tick(0, "0"), Tick(10, "10"))),
        (
            DotRow(
                title,
                "controlled, gunicorn gthread",
                (mark,),
                rank="1=",
                value="5",
                interval="4\N{EN DASH}60",
                tie_group=1,
            ),
            DotRow("Other", "default", rank="\N{EN DASH}", note=f"invalid: {title}"),
        ),
    )


def parts(figure: DotPlot) -> list[ET.Element]:
    return [ET.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", str(Renderer().render(figure)), flags=re.DOTALL)]


def test_a_figure_comes_in_a_wide_and_a_narrow_layout_with_ids_of_their_own() -> None:
    wide, narrow = parts(one_row_plot("Flask"))
    ids = [element.get("id") for svg in (wide, narrow) for element in svg.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert float(wide.get("viewBox", "").split()[2]) > float(narrow.get("viewBox", "").split()[2])


def test_a_figure_takes_every_colour_from_the_page() -> None:
    renderer = Renderer()
    markup = str(renderer.render(one_row_plot("Flask")))
    assert not re.search(r"#[0-9a-f]{6}", markup + renderer.styles.css)
    assert "var(--wsgi)" in renderer.styles.css


def test_the_figures_of_a_page_share_their_styles_and_carry_none_as_an_attribute() -> None:
    renderer = Renderer()
    first, second = (str(renderer.render(one_row_plot("Flask"))) for _ in range(2))
    assert "style=" not in first
    classes = set(re.findall(r'class="(f\d+)"', first))
    assert classes == set(re.findall(r"\.(f\d+) ", renderer.styles.css)) == set(re.findall(r'class="(f\d+)"', second))
    ids = re.findall(r' id="([^"]*)"', first + second)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]*)"', first)) <= set(ids)


def test_a_colour_that_is_no_tone_is_refused_because_dark_mode_would_not_reach_it() -> None:
    canvas = Canvas(100, 100)
    axes = canvas.plot(0, 0, 100, 100)
    axes.plot([0, 1], [0, 1], color="#ff0000")
    with pytest.raises(ValueError, match="#ff0000"):
        inline_svg(canvas.svg(), prefix="p", title="t", description="d", hover={}, styles=StyleSheet())


def test_hostile_text_stays_text_in_a_figure() -> None:
    for svg in parts(one_row_plot(HOSTILE)):
        names = {element.tag.rpartition("}")[2] for element in svg.iter()}
        assert "img" not in names
        assert any("<img" in (element.text or "") for element in svg.iter())


def test_a_figure_is_named_and_described_for_those_who_cannot_see_it() -> None:
    for svg in parts(one_row_plot("Flask")):
        named = {element.get("id"): element.text for element in svg.iter()}
        title, description = (svg.get("aria-labelledby") or "").split()
        assert named[title] == "Title Flask"
        assert named[description] == "What it shows."
        assert svg.get("role") == "img"


def test_a_mark_tells_its_whole_reading_under_the_pointer() -> None:
    assert "Flask: 5 (4 to 60)" in str(Renderer().render(one_row_plot("Flask")))


def test_the_same_figure_gives_the_same_bytes() -> None:
    assert Renderer().render(one_row_plot("Flask")) == Renderer().render(one_row_plot("Flask"))


def test_a_whisker_ends_at_the_edge_of_the_plot() -> None:
    wide = parts(one_row_plot("Flask"))[0]
    ends = [float(x) for d in wide.iter() if d.get("d") for x in re.findall(r"[ML] (-?[\d.]+)", d.get("d") or "")]
    assert max(ends) <= LAYOUTS[0].width_px


def test_long_names_are_cut_and_control_characters_written_out() -> None:
    assert shortened("a" * 50, 10) == "a" * 9 + "…"
    assert shortened("a\x00 b\n c", 20) == "a\\x00 b c"


def test_equal_steps_on_the_quantile_axis_are_equal_shares_of_the_slower_requests() -> None:
    assert [nines(quantile) for quantile in (0.0, 0.9, 0.99, 0.999)] == pytest.approx([0, 1, 2, 3])


def test_a_dollar_sign_is_drawn_as_such() -> None:
    canvas = Canvas(100, 100)
    canvas.text(10, 10, "$x_1$", Lettering(12))
    assert "$x_1$" in canvas.svg()
