"""Query parameters read from a request; `HTTPBadRequest` for one that can't be used."""

from aiohttp import web


def integer(request: web.Request, name: str) -> int:
    """The parameter as an integer."""
    return _parsed(request.query.get(name, ""), name)


def bounded_integer(request: web.Request, name: str, low: int, high: int) -> int:
    """The parameter as an integer from `low` to `high`."""
    value = integer(request, name)
    if not low <= value <= high:
        raise web.HTTPBadRequest(text=f"{name} must lie between {low} and {high}")
    return value


def integers(request: web.Request, name: str, most: int) -> list[int]:
    """The parameter as a list of 1 to `most` integers with commas between them."""
    texts = request.query.get(name, "").split(",")
    if len(texts) > most:
        raise web.HTTPBadRequest(text=f"{name} must hold at most {most} integers")
    return [_parsed(text, name) for text in texts]


def _parsed(text: str, name: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise web.HTTPBadRequest(text=f"{name} must be an integer") from None
