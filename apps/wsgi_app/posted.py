"""The body of a request."""

import json
from typing import Any

from parameters import BadParameterError, Environ


def posted_json(environ: Environ) -> Any:
    """The body as JSON; `BadParameterError` where it is none."""
    # Without a length, only a server that says so ends the stream where the body ends (of a chunked one, say).
    length = environ.get("CONTENT_LENGTH") or (None if environ.get("wsgi.input_terminated") else 0)
    try:
        return json.loads(environ["wsgi.input"].read(*([] if length is None else [int(length)])))
    except (ValueError, RecursionError):
        raise BadParameterError("the body is no JSON") from None
