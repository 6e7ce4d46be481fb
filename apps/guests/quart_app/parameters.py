"""Query parameters read from the request; a response with status 400 for one that can't be used."""

from quart import abort, request


def integer(name: str) -> int:
    """The parameter as an integer."""
    value = request.args.get(name, type=int)
    if value is None:
        abort(400, f"{name} must be an integer")
    return value


def bounded_integer(name: str, low: int, high: int) -> int:
    """The parameter as an integer from `low` to `high`."""
    value = integer(name)
    if not low <= value <= high:
        abort(400, f"{name} must lie between {low} and {high}")
    return value


def integers(name: str, most: int) -> list[int]:
    """The parameter as a list of 1 to `most` integers with commas between them."""
    texts = request.args.get(name, "").split(",")
    if len(texts) > most:
        abort(400, f"{name} must hold at most {most} integers")
    try:
        return [int(text) for text in texts]
    except ValueError:
        abort(400, f"{name} must hold integers")
