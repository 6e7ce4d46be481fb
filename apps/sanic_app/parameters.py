"""Query parameters read from a request; `BadRequest` for one that can't be used."""

from sanic import Request
from sanic.exceptions import BadRequest


def integer(request: Request, name: str) -> int:
    """The parameter as an integer."""
    return _parsed(request.args.get(name, ""), name)


def bounded_integer(request: Request, name: str, low: int, high: int) -> int:
    """The parameter as an integer from `low` to `high`."""
    value = integer(request, name)
    if not low <= value <= high:
        raise BadRequest(f"{name} must lie between {low} and {high}")
    return value


def integers(request: Request, name: str, most: int) -> list[int]:
    """The parameter as a list of 1 to `most` integers with commas between them."""
    texts = request.args.get(name, "").split(",")
    if len(texts) > most:
        raise BadRequest(f"{name} must hold at most {most} integers")
    return [_parsed(text, name) for text in texts]


def _parsed(text: str, name: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise BadRequest(f"{name} must be an integer") from None
