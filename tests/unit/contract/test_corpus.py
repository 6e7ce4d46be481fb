"""The hostile values are what they say, and their readings are those of a real parser."""

import re
from urllib.parse import parse_qs

import pytest

from harness.contract.conformance.corpus import CORPUS, Hostile
from harness.contract.conformance.message import Response
from harness.contract.leaks import leak_in


def plain_integer(hostile: Hostile) -> int | None:
    """What Python's own parsers make of a value, as an app that does nothing special would."""
    try:
        return int(parse_qs(hostile.query("id"), keep_blank_values=True)["id"][-1])
    except (KeyError, ValueError):
        return None


@pytest.mark.parametrize("hostile", CORPUS, ids=lambda hostile: hostile.template[:40])
def test_what_int_accepts_is_among_the_readings(hostile: Hostile) -> None:
    value = plain_integer(hostile)
    assert value is None or (value,) in hostile.readings


@pytest.mark.parametrize("hostile", CORPUS, ids=lambda hostile: hostile.template[:40])
def test_a_value_fits_into_a_request_line_that_every_server_reads(hostile: Hostile) -> None:
    query = hostile.query("interval_ms")
    assert re.fullmatch(r"[!-~]+", query)
    assert len(query) < 4_000


def test_no_value_stands_twice() -> None:
    assert len({hostile.template for hostile in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize(
    ("content_type", "body", "found"),
    [
        ("text/plain", b"Traceback (most recent call last):\n", "a stack trace"),
        ("text/html", b"no <script>alert(1)</script>", "markup"),
        (None, b"no <script>alert(1)</script>", "markup"),
        ("application/json", b'{"input": "<script>alert(1)</script>"}', None),
        ("text/html", b"no &lt;script&gt;alert(1)", None),
        ("text/plain", b"not found", None),
    ],
)
def test_an_error_page_leaks_only_what_it_should_not_show(
    content_type: str | None, body: bytes, found: str | None
) -> None:
    headers = [] if content_type is None else [("content-type", content_type)]
    leak = leak_in(Response(400, headers, body))
    assert (leak is None) if found is None else (leak is not None and leak.startswith(found))
