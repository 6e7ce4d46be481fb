"""The fortunes page is read as a browser reads it, not by the tags that an app happens to write."""

from collections.abc import Callable
from html import escape

import pytest

from harness.contract.answers import EXCHANGES
from harness.contract.dataset import expected_fortunes
from harness.contract.fortunes_page import fortune_rows, has_doctype, has_headings
from harness.model.app import Endpoint

ROWS = [(str(row), message) for row, message in expected_fortunes()]
HEADINGS = "<tr><th>id</th><th>message</th></tr>"


def page(row: Callable[[str, str], str], headings: str = HEADINGS) -> bytes:
    rows = "".join(row(number, message) for number, message in ROWS)
    return f"<!doctype html><title>Fortunes</title><table>{headings}{rows}</table>".encode()


USUAL = page(lambda row, text: f"<tr><td>{row}</td><td>{escape(text)}</td></tr>")
LEGAL = {
    "usual": USUAL,
    "end tags left out": page(lambda row, text: f"<tr><td>{row}<td>{escape(text)}", "<tr><th>id<th>message"),
    "some end tags left out": page(lambda row, text: f"<tr><td>{row}</td><td>{escape(text)}</tr>"),
    "sections": USUAL.replace(b"<table>", b"<table><thead>").replace(b"</th></tr>", b"</th></tr></thead><tbody>"),
    "capitals and attributes": page(
        lambda row, text: f"<TR class=odd>\n  <TD align='right'>{row}</TD>\n  <TD>\n{escape(text)}\n</TD>\n</TR>",
        "<TR id=head><TH scope=col> Id </TH><TH> Message </TH></TR>",
    ),
    "numeric references": page(
        lambda row, text: f"<tr><td>{row}</td><td>{''.join(f'&#{ord(each)};' for each in text)}</td></tr>"
    ),
    "markup within a cell": page(lambda row, text: f"<tr><td><b>{row}</b></td><td><q>{escape(text)}</q></td></tr>"),
    "byte order mark": b"\xef\xbb\xbf" + USUAL,
    "comments": USUAL.replace(b"<table>", b"<!-- <tr><td>9 --><table>").replace(b"<!doc", b"<!-- first -->\n<!doc"),
    "script of its own": USUAL.replace(b"</table>", b"</table><script>document.write('<tr><td>9')</script>"),
}


@pytest.mark.parametrize("body", LEGAL.values(), ids=LEGAL)
def test_every_legal_spelling_shows_the_same_rows_to_the_checks_and_to_the_load(body: bytes) -> None:
    assert fortune_rows(body) == ROWS
    assert has_headings(body, "id", "message")
    assert has_doctype(body)
    assert EXCHANGES[Endpoint.FORTUNES]("localhost", 80, 0).is_right(None, body)


WRONG = {
    "one text": USUAL.replace(b"Measure twice", b"Measure once"),
    "markup that runs": USUAL.replace(b"&lt;script&gt;", b"<script>").replace(b"&lt;/script&gt;", b"</script>"),
    "escaped twice": USUAL.replace(b"&lt;", b"&amp;lt;"),
    "rows outside the table": USUAL.replace(b"</th></tr>", b"</th></tr></table>"),
    "a cell more": USUAL.replace(b"</td></tr>", b"</td><td></td></tr>"),
    "not in UTF-8": USUAL.decode().encode("utf-16"),
    "empty": b"",
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_what_a_browser_would_show_otherwise_is_wrong(body: bytes) -> None:
    assert fortune_rows(body) != ROWS
    assert not EXCHANGES[Endpoint.FORTUNES]("localhost", 80, 0).is_right(None, body)


@pytest.mark.parametrize(
    "body", [b"<html>", b"<!doctype htmlx>", b"x<!doctype html>", "<!doctype html>".encode("utf-16"), b""]
)
def test_what_begins_otherwise_is_no_html5_document(body: bytes) -> None:
    assert not has_doctype(body)


@pytest.mark.parametrize("headings", ["", "<tr><td>id<td>message", "<tr><th>message<th>id", "<tr><th>id"])
def test_headings_are_a_row_of_their_own(headings: str) -> None:
    assert not has_headings(page(lambda row, text: f"<tr><td>{row}<td>{escape(text)}", headings), "id", "message")
