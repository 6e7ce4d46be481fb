"""Query parameters read from the WSGI environment; `BadParameterError` for one that can't be used."""

from typing import Any
from urllib.parse import parse_qs

type Environ = dict[str, Any]


class BadParameterError(Exception):
    """The client sent a parameter that can't be used; the message says what is wrong with it."""


def integer(environ: Environ, name: str) -> int:
    """The parameter as an integer."""
    return _parsed(_text(environ, name), name)


def bounded_integer(environ: Environ, name: str, low: int, high: int) -> int:
    """The parameter as an integer from `low` to `high`."""
    value = integer(environ, name)
    if not low <= value <= high:
        raise BadParameterError(f"{name} must lie between {low} and {high}")
    return value


def integers(environ: Environ, name: str, most: int) -> list[int]:
    """The parameter as a list of 1 to `most` integers with commas between them."""
    texts = _text(environ, name).split(",")
    if len(texts) > most:
        raise BadParameterError(f"{name} must hold at most {most} integers")
    return [_parsed(text, name) for text in texts]


def _text(environ: Environ, name: str) -> str:
    return parse_qs(environ["QUERY_STRING"]).get(name, [""])[0]


def _parsed(text: str, name: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise BadParameterError(f"{name} must be an integer") from None
