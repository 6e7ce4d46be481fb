"""The fortunes page: what a browser would show, and that nothing in it would run."""

import re
from itertools import zip_longest
from typing import Final

from harness.contract import dataset
from harness.contract.answers import fortune_rows
from harness.contract.conformance.server_under_test import Check, ServerUnderTest, Wrong
from harness.model.app import Endpoint

_OK: Final = 200
_HEADINGS: Final = re.compile(rb"<tr>\s*<th[^>]*>\s*id\s*</th>\s*<th[^>]*>\s*message\s*</th>", re.IGNORECASE)


def _page(server: ServerUnderTest) -> bytes:
    response = server.get("/fortunes")
    if response.status != _OK:
        raise Wrong(f"GET /fortunes: {response}, where status 200 belongs")
    return response.body


def _table(server: ServerUnderTest) -> str:
    found = fortune_rows(_page(server))
    expected = [(str(row), message) for row, message in dataset.expected_fortunes()]
    for place, (row, right) in enumerate(zip_longest(found, expected), start=1):
        if row != right:
            raise Wrong(f"row {place} of {len(found)} is {row}, where {right} belongs")
    return f"{len(found)} rows in order"


def _escaping(server: ServerUnderTest) -> str:
    page = _page(server)
    if b"<script" in page.lower():
        raise Wrong("the stored <script> tag stands in the page as markup: a browser would run it")
    if b"&amp;lt;" in page or b"&amp;amp;" in page:
        raise Wrong("the messages are escaped twice")
    if b"&lt;script&gt;" not in page.lower() and "must never run" not in str(fortune_rows(page)):
        raise Wrong("the stored <script> text is missing from the page")
    return "the stored script tag is shown as text"


def _document(server: ServerUnderTest) -> str:
    page = _page(server)
    if not page.lstrip().lower().startswith(b"<!doctype html>"):
        raise Wrong(f"the page begins with {page.lstrip()[:40]!r}")
    if not _HEADINGS.search(page):
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
        name="escaping",
        endpoint=Endpoint.FORTUNES,
        expected="every message HTML-escaped exactly once",
        hint="leave the template engine's autoescaping on, and don't mark messages as safe",
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
