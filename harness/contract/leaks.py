"""What an error page must not show."""

from typing import Final

from harness.contract.conformance.message import Response

_TRACES: Final = {
    b"Traceback (most recent call last)": "a stack trace",
    b"site-packages": "file paths of the installation",
    b'File "/': "file paths of the app",
    b"psycopg": "the database driver's error",
    b"You're seeing this error because": "a framework's debug page",
    b"DETAIL:": "PostgreSQL's error message",
}

MARKUP: Final = b"<script>alert("
"""The start of the markup that hostile requests carry."""

ECHO: Final = "markup from the request, which a browser would run"
"""The one leak that comes of the request, and not from within the server."""


def leak_in(response: Response) -> str | None:
    """What the response gives away or lets run, in a few words; None where nothing is wrong with it."""
    for mark, meaning in _TRACES.items():
        if mark in response.body:
            return meaning
    # Without a content type a browser guesses, and may guess HTML.
    if response.media_type in {"text/html", ""} and MARKUP in response.body:
        return ECHO
    return None
