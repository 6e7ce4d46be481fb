"""The fortunes page as a browser sees it: parsed as WHATWG HTML says, whatever tags the app leaves out."""

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser

_DOCTYPE: Final = re.compile(r"\s*(?:<!--.*?-->\s*)*<!doctype\s+html\b", re.IGNORECASE | re.DOTALL)
_NEVER_SHOWN: Final = ["script", "style", "template"]


def fortune_rows(body: bytes) -> list[tuple[str, ...]]:
    """The texts of the body rows of all tables; none where the page is not in UTF-8.

    Markup that an app failed to escape is markup here too, so that the stored script tag is then missing from the text.
    """
    return [cells for cells in _rows(body, "td") if cells]


def has_headings(body: bytes, *names: str) -> bool:
    """Whether a row has just these headings, in any case of letters."""
    return any([cell.lower() for cell in cells] == list(names) for cells in _rows(body, "th"))


def scripts(body: bytes) -> list[str]:
    """What a browser would run: the texts of all script elements."""
    return [each.text() for each in LexborHTMLParser(_decoded(body) or "").css("script")]


def has_doctype(body: bytes) -> bool:
    """Whether it begins as an HTML5 document does."""
    return _DOCTYPE.match(_decoded(body) or "") is not None


def _rows(body: bytes, cell: str) -> list[tuple[str, ...]]:
    text = _decoded(body)
    if text is None:
        return []
    page = LexborHTMLParser(text)
    page.strip_tags(_NEVER_SHOWN)
    return [tuple(each.text().strip() for each in row.iter() if each.tag == cell) for row in page.css("tr")]


def _decoded(body: bytes) -> str | None:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
