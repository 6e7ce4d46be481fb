"""How an answer differs from the right one, for a reader."""

import json
from collections.abc import Hashable
from typing import Final

from harness.contract.answers import world_row
from harness.contract.conformance.message import Response, excerpt
from harness.contract.items import Item, items
from harness.contract.orders import REFUSED, OrderKey
from harness.contract.strict_json import is_same_json, parsed_json
from harness.model.app import Endpoint

_OK: Final = 200
_CREATED: Final = 201


def difference(endpoint: Endpoint, key: Hashable, response: Response) -> str:
    """What came, what is wrong with it, and what belongs there. A page has a check of its own that tells more."""
    if response.status != _OK and not isinstance(key, OrderKey):
        return f"{response}, where status 200 belongs"
    if response.coding:
        return f"a body in Content-Encoding: {response.coding}, which was not asked for: it has to come as it is"
    if isinstance(key, OrderKey):
        return _order_difference(key, response)
    return _body_difference(endpoint, key, response)


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
