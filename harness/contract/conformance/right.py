"""How an answer differs from the right one, and what to change, for a reader."""

import json
from collections.abc import Hashable
from functools import partial
from typing import Final

from harness.contract.answers import world_row
from harness.contract.conformance.answer_shape import misshapen
from harness.contract.conformance.message import Response, excerpt
from harness.contract.items import Item, items
from harness.contract.orders import REFUSED, OrderKey
from harness.contract.strict_json import is_same_json, parsed_json
from harness.model.app import Endpoint

_OK: Final = 200
_CREATED: Final = 201
_HELLO: Final = b"Hello, World!"

_NO_JSON: Final = "write the answer as JSON: in UTF-8, without a byte order mark, and each name once in its object"
_OF_ITEMS: Final = {
    "id": ": items are counted from 1",
    "previous": ": items are counted from 1, and the first has null",
    "price": ": a fraction of eighths, not rounded",
    "made_on": ": as YYYY-MM-DD, counted from 2000-01-01",
}
"""What is easily overlooked in the rule of a field."""


def difference(endpoint: Endpoint, key: Hashable, response: Response) -> str:
    """What came, what is wrong with it, and what belongs there. A page has a check of its own that tells more."""
    if response.status != _OK and not isinstance(key, OrderKey):
        return f"{response}, where status 200 belongs"
    if response.coding:
        return f"a body in Content-Encoding: {response.coding}, which was not asked for: it has to come as it is"
    if isinstance(key, OrderKey):
        return _order_difference(key, response)
    return _body_difference(endpoint, key, response)


def what_to_mend(endpoint: Endpoint, key: Hashable, response: Response) -> str | None:
    """What to change in the app, as far as the answer that came tells it; None where it could be anything.

    What is known of a body is told by its form before its values: a name that is spelt otherwise is no lost row.
    """
    if response.coding or response.status != (_CREATED if isinstance(key, OrderKey) else _OK):
        return None
    if endpoint is Endpoint.HELLO:
        near = response.body.decode(errors="replace").strip(" \r\n\t\"'").casefold()
        just = f"send just `{_HELLO.decode()}`: {len(_HELLO)} bytes, no line break, no quotes"
        return just if near == _HELLO.decode().casefold() else None
    right = _right_value(endpoint, key)
    if right is None:
        return None
    try:
        found = parsed_json(response.body)
    except ValueError:
        return _NO_JSON
    return misshapen(found, right) or _wrong_values(endpoint, found, right)


def _wrong_values(endpoint: Endpoint, found: object, right: object) -> str | None:
    """What to change in an answer of the right form; None where it could be anything."""
    match endpoint, found, right:
        case Endpoint.QUERIES, list(), list():
            return _other_rows(found, right)
        case Endpoint.ITEMS, dict(), dict():
            return _other_items(found["items"], right["items"])
    return None


def _right_value(endpoint: Endpoint, key: Hashable) -> object:
    match endpoint, key:
        case Endpoint.ITEMS, (int(count), int(factor)):
            return items(count, factor)
        case Endpoint.QUERIES, tuple(ids):
            return [world_row(world_id) for world_id in ids]
        case Endpoint.ORDERS, OrderKey(wrong_field=None):
            return key.answer
        case _:
            return _right_json(endpoint, key)


def _other_rows(found: list[object], right: list[object]) -> str | None:
    """What to change in rows of the right form; None where a value is wrong."""
    in_order = partial(sorted, key=str)
    if in_order(found) == in_order(right):
        return "the rows are right, and not in the order of the ids: select them one by one, in the order given"
    if len(found) < len(right) and all(row in right for row in found):
        return "answer with one row for each id in the order given, also where an id stands there twice"
    return None


def _other_items(found: list[Item], right: list[Item]) -> str | None:
    """What to change in items of the right form, some of which have wrong values."""
    for one, belongs in zip(found, right, strict=False):
        for name, value in belongs.items():
            if one[name] != value:
                return f"follow the rule of `{name}` in docs/contract.md{_OF_ITEMS.get(name, '')}"
    return "answer with as many items as `count` says"


def _body_difference(endpoint: Endpoint, key: Hashable, response: Response) -> str:
    match endpoint, key:
        case Endpoint.HELLO, _:
            return f"the body is {excerpt(response.body) or 'empty'}, where Hello, World! belongs"
        case Endpoint.ITEMS, (int(count), int(factor)):
            return _first_wrong_item(items(count, factor)["items"], response.body)
        case Endpoint.QUERIES, tuple(ids):
            return _first_wrong_row([world_row(world_id) for world_id in ids], response.body)
        case _:
            right = _right_json(endpoint, key)
            return str(response) if right is None else _wrong_json(response.body, right)


def _order_difference(key: OrderKey, response: Response) -> str:
    if key.wrong_field and response.status in REFUSED:
        return f"{response}, which does not name the field '{key.wrong_field}'"
    if key.wrong_field or response.status != _CREATED:
        return f"{response}, where status {'400 or 422' if key.wrong_field else _CREATED} belongs"
    return _wrong_json(response.body, key.answer)


def _right_json(endpoint: Endpoint, key: Hashable) -> dict[str, object] | None:
    match endpoint, key:
        case Endpoint.JSON, _:
            return {"message": "Hello, World!"}
        case Endpoint.WAIT, wait_ms:
            return {"waited": wait_ms}
        case Endpoint.DB, int(world_id):
            return {**world_row(world_id)}
        case _:
            return None


def _wrong_json(body: bytes, right: dict[str, object]) -> str:
    _, why = _read(body)
    return f"the body is {excerpt(body) or 'empty'}{why}, where {json.dumps(right)} belongs"


def _first_wrong_row(right: list[dict[str, int]], body: bytes) -> str:
    found, why = _read(body)
    if not isinstance(found, list):
        return f"the body is {excerpt(body) or 'empty'}{why}, where a list of {len(right)} rows belongs"
    for place, (row, belongs) in enumerate(zip(found, right, strict=False), start=1):
        if not is_same_json(row, belongs):
            return f"row {place} is {excerpt(json.dumps(row).encode())}, where {json.dumps(belongs)} belongs"
    return f"{len(found)} rows, where {len(right)} belong"


def _first_wrong_item(right: list[Item], body: bytes) -> str:
    found, why = _read(body)
    match found:
        case {"items": list(came), **others} if not others:
            pass
        case _:
            return (
                f'the body is {excerpt(body) or "empty"}{why}, where {{"items": [...]}} with {len(right)} items belongs'
            )
    for place, (one, belongs) in enumerate(zip(came, right, strict=False), start=1):
        if not is_same_json(one, belongs):
            return f"item {place}: {_first_wrong_field(one, belongs)}"
    return f"{len(came)} items, where {len(right)} belong"


def _first_wrong_field(found: object, right: Item) -> str:
    if not isinstance(found, dict):
        return f"it is {_shown(found)}, where {json.dumps(right)} belongs"
    for name, belongs in right.items():
        if name not in found:
            return f"{name} is missing, where {json.dumps(belongs)} belongs"
        if not is_same_json(found[name], belongs):
            return f"{name} is {_shown(found[name])}, where {json.dumps(belongs)} belongs"
    return f"{next(name for name in found if name not in right)} is a name too many"


def _shown(value: object) -> str:
    return excerpt(json.dumps(value).encode())


def _read(body: bytes) -> tuple[object, str]:
    """The value, or why it is no JSON."""
    try:
        return parsed_json(body), ""
    except ValueError as error:
        return None, f" (no JSON: {error})" if body else ""
