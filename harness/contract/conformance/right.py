"""How a wrong body differs from the right one, for a reader."""

import json
from collections.abc import Hashable

from harness.contract.answers import world_row
from harness.contract.conformance.message import excerpt
from harness.model.app import Endpoint


def difference(endpoint: Endpoint, key: Hashable, body: bytes) -> str | None:
    """What came and what belongs there; None for a page, which has a check of its own that tells more."""
    match endpoint, key:
        case Endpoint.HELLO, _:
            right = "Hello, World!"
        case Endpoint.JSON, _:
            right = json.dumps({"message": "Hello, World!"})
        case Endpoint.WAIT, wait_ms:
            right = json.dumps({"waited": wait_ms})
        case Endpoint.DB, int(world_id):
            right = json.dumps(world_row(world_id))
        case Endpoint.QUERIES, tuple(ids):
            return _first_wrong_row([json.dumps(world_row(world_id)) for world_id in ids], body)
        case _:
            return None
    return f"the body is {excerpt(body) or 'empty'}, where {right} belongs"


def _first_wrong_row(right: list[str], body: bytes) -> str:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list):
        return f"the body is {excerpt(body) or 'empty'}, where a list of {len(right)} rows belongs"
    for place, (row, belongs) in enumerate(zip(map(json.dumps, found), right, strict=False), start=1):
        if row != belongs:
            return f"row {place} is {excerpt(row.encode())}, where {belongs} belongs"
    return f"{len(found)} rows, where {len(right)} belong"
