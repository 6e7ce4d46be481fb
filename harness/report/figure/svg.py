"""Turns matplotlib's SVG document into an element that can stand inside the page."""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Final
from xml.etree import ElementTree as ET

from harness.printable import printable
from harness.report.figure.canvas import NAMED, Again, tone_of_colour
from harness.report.figure.path_data import relative
from harness.report.figure.style_sheet import StyleSheet

_SVG: Final = "http://www.w3.org/2000/svg"
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}\b")
_FONT_FAMILY: Final = re.compile(r"\s*font-family:[^;]*;?")
_LONG_DECIMAL: Final = re.compile(r"-?\d+\.\d{2,}")
_NO_ROTATION: Final = "rotate(-0 "
_TONES: Final = tone_of_colour()
_INVISIBLE: Final = "fill: none"
"""The style of matplotlib's backgrounds, which are switched off."""

ET.register_namespace("", _SVG)


def inline_svg(  # noqa: PLR0913 - all that an element in a page needs
    document: str,
    again: Sequence[Again] = (),
    *,
    prefix: str,
    drawn_first: str,
    title: str,
    description: str,
    styles: StyleSheet,
) -> str:
    """The `<svg>` element of `document`, named for screen readers and coloured by CSS variables.

    `prefix` goes before every id, so that several figures share a page; `drawn_first` is that of the figure in which
    what is drawn `again` here was drawn first. `styles` takes up the element's styles, which a policy may forbid as
    attributes.

    Raises:
        ValueError: A colour was drawn that is no tone; it would not follow the page into dark mode.
    """
    root = ET.fromstring(document)  # noqa: S314 - written by matplotlib a moment ago
    for element in root.iter():
        if not element.get("id", "").startswith(NAMED):
            element.attrib.pop("id", None)
        _recolour(element)
        _shorten(element)
    _drop_definitions(root)
    _flatten(root)
    _gather(root, prefix)
    _draw_again(root, again, prefix, drawn_first)
    _classify(root, styles)
    _gather_words(root)
    _name_for_readers(root, prefix, title, description)
    return ET.tostring(root, encoding="unicode")


def _drop_definitions(root: ET.Element) -> None:
    """What matplotlib defines is a rule that would reach out into the whole page."""
    for definitions in root.findall(f"{{{_SVG}}}defs"):
        root.remove(definitions)


def _flatten(parent: ET.Element) -> None:
    """Replace groups that say nothing by what is in them, and drop the white space between elements."""
    flat: list[ET.Element] = []
    for child in list(parent):
        _flatten(child)
        child.tail = None
        if child.tag == f"{{{_SVG}}}g" and not child.attrib:
            flat.extend(child)
        elif child.get("style") != _INVISIBLE:
            flat.append(child)
    parent[:] = flat
    if parent.text is not None and not parent.text.strip():
        parent.text = None


def _gather(root: ET.Element, prefix: str) -> None:
    """One group for all that was drawn under one name, before what has none."""
    groups: dict[str, ET.Element] = {}
    nameless = []
    for child in root:
        name = child.get("id", "").removeprefix(NAMED)
        if name:
            groups.setdefault(name, ET.Element(f"{{{_SVG}}}g", {"id": f"{prefix}-{name}"})).extend(child)
        else:
            nameless.append(child)
    root[:] = [*groups.values(), *nameless]


def _draw_again(root: ET.Element, again: Sequence[Again], prefix: str, drawn_first: str) -> None:
    """Each use behind all that lies upon it."""
    places = {child.get("id"): child for child in root}
    before: list[ET.Element] = []
    for each in again:
        name = f"{drawn_first}-{each.name}"
        moved = (("x", round(each.right_px, 1)), ("y", round(each.down_px, 1)))
        use = ET.Element(f"{{{_SVG}}}use", {"href": f"#{name}"} | {axis: f"{by:g}" for axis, by in moved if by})
        if each.within:
            places[f"{prefix}-{each.within}"].insert(0, use)
        else:
            before.append(use)
    root[:] = [*before, *root]


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
    path = relative(element.get("d", ""))
    if path is not None:
        element.set("d", path)
    for name in ("x", "y", "transform", "width", "height"):
        value = element.get(name)
        if value is not None:
            element.set(name, " ".join(_LONG_DECIMAL.sub(_tenths, value).split()))
    if element.get("transform", "").startswith(_NO_ROTATION):
        del element.attrib["transform"]


def _tenths(found: re.Match[str]) -> str:
    return f"{float(found.group()):.1f}".removesuffix(".0")


def _classify(root: ET.Element, styles: StyleSheet) -> None:
    for element in root.iter():
        style = element.attrib.pop("style", None)
        if style:
            element.set("class", styles.class_of(style))


def _gather_words(root: ET.Element) -> None:
    """Words that are written alike say so together."""
    words = [child for child in root if child.tag == f"{{{_SVG}}}text"]
    for child in words:
        root.remove(child)
    for style, alike in groupby(sorted(words, key=_class), key=_class):
        group = ET.SubElement(root, f"{{{_SVG}}}g", {"class": style})
        for child in alike:
            child.attrib.pop("class", None)
            group.append(child)


def _class(element: ET.Element) -> str:
    return element.get("class", "")


def _name_for_readers(root: ET.Element, prefix: str, title: str, description: str) -> None:
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}-title {prefix}-description")
    for place, (tag, words) in enumerate((("title", title), ("desc", description))):
        element = ET.Element(f"{{{_SVG}}}{tag}")
        element.set("id", f"{prefix}-{'title' if tag == 'title' else 'description'}")
        element.text = printable(words)
        root.insert(place, element)
