"""The body of a request."""

import json
from http import HTTPStatus
from typing import Any

from responses import HTTPError, Receive


async def posted_json(receive: Receive) -> Any:
    """The body as JSON; `HTTPError` 400 where it is none."""
    try:
        return json.loads(await posted_body(receive))
    except (ValueError, RecursionError):
        raise HTTPError(HTTPStatus.BAD_REQUEST, "the body is no JSON") from None


async def posted_body(receive: Receive) -> bytes:
    """The whole body."""
    parts = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HTTPError(HTTPStatus.BAD_REQUEST, "the client left")
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)
