"""Query parameters read from a request's scope; `HTTPError` 400 for one that can't be used."""

from http import HTTPStatus
from urllib.parse import parse_qs

from responses import HTTPError, Scope


def integer(scope: Scope, name: str) -> int:
    """The parameter as an integer."""
    return _parsed(text_of(scope, name), name)


def bounded_integer(scope: Scope, name: str, low: int, high: int) -> int:
    """The parameter as an integer from `low` to `high`."""
    value = integer(scope, name)
    if not low <= value <= high:
        raise HTTPError(HTTPStatus.BAD_REQUEST, f"{name} must lie between {low} and {high}")
    return value


def integers(scope: Scope, name: str, most: int) -> list[int]:
    """The parameter as a list of 1 to `most` integers with commas between them."""
    texts = text_of(scope, name).split(",")
    if len(texts) > most:
        raise HTTPError(HTTPStatus.BAD_REQUEST, f"{name} must hold at most {most} integers")
    return [_parsed(text, name) for text in texts]


def text_of(scope: Scope, name: str) -> str:
    """The parameter as it came; empty where it did not."""
    values = parse_qs(scope["query_string"].decode("latin-1")).get(name)
    return values[-1] if values else ""


def _parsed(text: str, name: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise HTTPError(HTTPStatus.BAD_REQUEST, f"{name} must be an integer") from None
