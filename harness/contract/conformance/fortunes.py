"""The fortunes page: what a browser would show, and that nothing in it would run."""

from itertools import zip_longest
from typing import Final

from harness.contract import dataset
from harness.contract.conformance.server_under_test import Check, NotApplicable, ServerUnderTest, Wrong
from harness.contract.fortunes_page import fortune_rows, has_doctype, has_headings, scripts
from harness.model.app import Endpoint

_OK: Final = 200
_STORED_TEXT: Final = "this must never run"
_AUTOESCAPE: Final = "leave the template engine's autoescaping on, and don't mark messages as safe"
_ESCAPED_TWICE: Final = ("&lt;", "&amp;", "&#39;", "&#x27;", "&quot;", "&#34;")
"""Of what the messages have to escape. No message says any of these itself."""


def _page(server: ServerUnderTest) -> bytes:
    response = server.get("/fortunes")
    if response.status != _OK:
        raise Wrong(f"GET /fortunes: {response}, where status 200 belongs")
    return response.body


def _table(server: ServerUnderTest) -> str:
    page = _page(server)
    found = fortune_rows(page)
    # What a browser takes for a script is no text of a row.
    hint = _AUTOESCAPE if any(_STORED_TEXT in script for script in scripts(page)) else None
    expected = [(str(row), message) for row, message in dataset.expected_fortunes()]
    for place, (row, right) in enumerate(zip_longest(found, expected), start=1):
        if row != right:
            raise Wrong(f"row {place} of {len(found)} is {row}, where {right} belongs", hint=hint)
    return f"{len(found)} rows in order"


def _stored_script(server: ServerUnderTest) -> str:
    page = _page(server)
    if any(_STORED_TEXT in script for script in scripts(page)):
        raise Wrong("the stored <script> tag stands in the page as markup: a browser would run it", refutes=True)
    if _STORED_TEXT not in str(fortune_rows(page)):
        raise NotApplicable("the stored <script> tag is not in the page at all")
    return "the stored script tag is shown as text"


def _escaping(server: ServerUnderTest) -> str:
    shown = " ".join(text for row in fortune_rows(_page(server)) for text in row)
    twice = next((mark for mark in _ESCAPED_TWICE if mark in shown), None)
    if twice:
        raise Wrong(f"the messages are escaped twice: a browser shows {twice}")
    return "no message shows its escapes"


def _document(server: ServerUnderTest) -> str:
    page = _page(server)
    if not has_doctype(page):
        raise Wrong(f"the page begins with {page.lstrip()[:40]!r}")
    if not has_headings(page, "id", "message"):
        raise Wrong("no table row with the headings 'id' and 'message'")
    return "HTML5 with headings"


CHECKS: Final = (
    Check(
        name="table",
        endpoint=Endpoint.FORTUNES,
        expected="all stored rows and the added one, sorted by message in code point order",
        hint="select all rows, add (0, the added message) in the request, sort in the app by message, and render",
        run=_table,
    ),
    Check(
        name="stored script",
        endpoint=Endpoint.FORTUNES,
        expected="the stored script tag as text, and never as markup",
        hint=_AUTOESCAPE,
        run=_stored_script,
    ),
    Check(
        name="escaping",
        endpoint=Endpoint.FORTUNES,
        expected="every message HTML-escaped once, not twice",
        hint="leave escaping to the template engine: don't escape what it is given",
        run=_escaping,
    ),
    Check(
        name="document",
        endpoint=Endpoint.FORTUNES,
        expected="an HTML5 document: doctype, and a table with the headings id and message",
        hint="begin the template with <!doctype html> and the table with <tr><th>id</th><th>message</th></tr>",
        run=_document,
    ),
)
