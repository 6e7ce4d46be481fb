"""Turns matplotlib's SVG document into an element that can stand inside the page."""

import re
from itertools import count
from typing import Final
from xml.etree import ElementTree as ET

from harness.printable import printable
from harness.report.figure.canvas import tone_of_colour
from harness.report.figure.path_data import relative
from harness.report.figure.style_sheet import StyleSheet

_SVG: Final = "http://www.w3.org/2000/svg"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_HREF: Final = f"{{{_XLINK}}}href"
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}\b")
_FONT_FAMILY: Final = re.compile(r"\s*font-family:[^;]*;?")
_LONG_DECIMAL: Final = re.compile(r"-?\d+\.\d{2,}")
_WORTH_A_USE: Final = 80
"""A use takes so many characters itself."""
_NO_ROTATION: Final = "rotate(-0 "
_TONES: Final = tone_of_colour()
_INVISIBLE: Final = "fill: none"
"""The style of matplotlib's backgrounds, which are switched off."""

ET.register_namespace("", _SVG)


def inline_svg(document: str, *, prefix: str, title: str, description: str, styles: StyleSheet) -> str:
    """The `<svg>` element of `document`, named for screen readers and coloured by CSS variables.

    `prefix` goes before every id, so that several figures share a page. `styles` takes up the element's styles, which
    a policy may forbid as attributes.

    Raises:
        ValueError: A colour was drawn that is no tone; it would not follow the page into dark mode.
    """
    root = ET.fromstring(document)  # noqa: S314 - written by matplotlib a moment ago
    _draw_alike_once(root)
    needed = _referenced(root)
    for element in root.iter():
        if element.get("id") not in needed:
            element.attrib.pop("id", None)
        _recolour(element)
        _shorten(element)
    _rename(root, prefix)
    _flatten(root)
    _classify(root, styles)
    _name_for_readers(root, prefix, title, description)
    return ET.tostring(root, encoding="unicode")


def _referenced(root: ET.Element) -> set[str]:
    """The ids that other elements draw again."""
    return {element.get(_HREF, "").removeprefix("#") for element in root.iter() if element.get(_HREF)}


def _flatten(parent: ET.Element) -> None:
    """Replace groups that say nothing by what is in them, and drop the white space between elements."""
    flat: list[ET.Element] = []
    for child in list(parent):
        _flatten(child)
        child.tail = None
        if child.tag == f"{{{_SVG}}}g" and not child.attrib:
            flat.extend(child)
        elif child.get("style") != _INVISIBLE or child.get("id"):
            flat.append(child)
    parent[:] = flat
    if parent.text is not None and not parent.text.strip():
        parent.text = None


def _recolour(element: ET.Element) -> None:
    style = element.get("style")
    if style is None:
        return

    def variable(found: re.Match[str]) -> str:
        tone = _TONES.get(found.group())
        if tone is None:
            raise ValueError(f"a figure uses {found.group()}, which is no tone of the page")
        return f"var(--{tone.value})"

    element.set("style", _FONT_FAMILY.sub("", _COLOUR.sub(variable, style)).strip())


def _shorten(element: ET.Element) -> None:
    """A tenth of a pixel is enough, and unrotated text needs no rotation."""
    for name in ("d", "x", "y", "transform", "width", "height"):
        value = element.get(name)
        if value is not None:
            element.set(name, " ".join(_LONG_DECIMAL.sub(_tenths, value).split()))
    if element.get("transform", "").startswith(_NO_ROTATION):
        del element.attrib["transform"]


def _draw_alike_once(root: ET.Element) -> None:
    """Make each path of straight lines relative; what is drawn again elsewhere is a use of the first."""
    drawn: dict[tuple[str, str], tuple[ET.Element, float, float]] = {}
    numbers = count()
    for element in root.iter(f"{{{_SVG}}}path"):
        path = relative(element.get("d", "")) if element.get("id") is None else None
        if path is None:
            continue
        x, y, steps = path
        first, first_x, first_y = drawn.setdefault((steps, element.get("style", "")), (element, x, y))
        if first is element or len(steps) < _WORTH_A_USE:
            element.set("d", f"m{x:.1f} {y:.1f}{steps}")
            continue
        if first.get("id") is None:
            first.set("id", f"alike-{next(numbers)}")
        element.tag = f"{{{_SVG}}}use"
        element.attrib.clear()
        element.attrib.update({_HREF: f"#{first.get('id')}", "x": f"{x - first_x:.2f}", "y": f"{y - first_y:.2f}"})


def _tenths(found: re.Match[str]) -> str:
    return f"{float(found.group()):.1f}".removesuffix(".0")


def _rename(root: ET.Element, prefix: str) -> None:
    """Short ids: those of what is drawn again are counted, matplotlib's are long hashes."""
    names: dict[str, str] = {}
    for element in root.iter():
        old = element.get("id")
        if old is not None:
            names[old] = f"{prefix}-{len(names)}"
            element.set("id", names[old])
    for element in root.iter():
        target = element.get(_HREF)
        if target is not None:
            del element.attrib[_HREF]
            element.set("href", f"#{names[target.removeprefix('#')]}")


def _classify(root: ET.Element, styles: StyleSheet) -> None:
    for element in root.iter():
        style = element.attrib.pop("style", None)
        if style:
            element.set("class", styles.class_of(style))


def _name_for_readers(root: ET.Element, prefix: str, title: str, description: str) -> None:
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    for defs in root.findall(f"{{{_SVG}}}defs"):
        for style in defs.findall(f"{{{_SVG}}}style"):
            defs.remove(style)  # its rule would reach out into the whole page
        if len(defs) == 0:
            root.remove(defs)
    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}-title {prefix}-description")
    for place, (tag, words) in enumerate((("title", title), ("desc", description))):
        element = ET.Element(f"{{{_SVG}}}{tag}")
        element.set("id", f"{prefix}-{'title' if tag == 'title' else 'description'}")
        element.text = printable(words)
        root.insert(place, element)
