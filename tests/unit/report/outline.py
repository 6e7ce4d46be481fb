"""A page as a browser takes it: elements, attributes and texts, however they were written."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

type Outline = tuple[str, dict[str, str], list[Outline | str]]

AS_WRITTEN = {"pre", "code", "script", "style"}
OF_ELEMENTS = {
    *("html", "head", "body", "header", "nav", "main", "footer", "section", "article", "div", "figure", "fieldset"),
    *("ul", "ol", "dl", "table", "thead", "tbody", "tr", "select", "svg", "g", "defs", "use", "line", "rect", "path"),
}
"""White space between what stands in these is not shown: they hold blocks, or are laid out by the style sheet."""
INLINE = {"a", "b", "i", "em", "strong", "small", "span", "sup"}


def outline(node: LexborNode, *, exact: bool = False) -> Outline:
    """An element with its attributes and what is in it, white space as far as a browser shows it."""
    tag = str(node.tag)
    exact = exact or tag in AS_WRITTEN
    inside: list[Outline | str] = []
    for child in node.iter(include_text=True):
        if child.text_content is None:
            inside.append(outline(child, exact=exact))
            continue
        text = child.text_content if exact else re.sub(r"[ \t\n\r\f]+", " ", child.text_content)
        if text and not (tag in OF_ELEMENTS and text == " "):
            inside.append(text)
    if not exact and tag not in INLINE:
        for end, strip in ((0, str.lstrip), (-1, str.rstrip)):
            if inside and isinstance(text := inside[end], str):
                inside[end] = strip(text, " ")
    return tag, {name: value or "" for name, value in node.attributes.items()}, [each for each in inside if each != ""]


def outline_of(page: str) -> Outline:
    root = LexborHTMLParser(page).root
    assert root is not None
    return outline(root)


def apart(one: Outline | str, other: Outline | str) -> str:
    """Where two first differ, in words: both whole would be megabytes."""
    if isinstance(one, str) or isinstance(other, str) or one[:2] != other[:2] or len(one[2]) != len(other[2]):
        return "" if one == other else f"{str(one)[:500]}\n{str(other)[:500]}"
    return next((found for pair in zip(one[2], other[2], strict=True) if (found := apart(*pair))), "")
