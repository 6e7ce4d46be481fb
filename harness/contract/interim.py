"""Interim responses: what a server may say before its answer, such as `100 Continue` or `103 Early Hints`.

RFC 9110, 15.2: a client reads over them, unasked for as they are, and the final response is the answer. `101 Switching
Protocols` is none of them here: nothing of HTTP/1.1 follows it.
"""

import re
from http import HTTPStatus
from typing import Final

_INTERIM: Final = re.compile(rb"[\r\n]*HTTP/1\.\d 1(?!01)\d\d(?: [^\r\n]*)?\r\n(?:[^\r\n]+\r\n)*\r\n")
"""A whole one: it has no body (RFC 9112, 6.3), so it ends with its first empty line."""


def is_interim(status: int) -> bool:
    """Whether a response of this status is followed by another one to the same request."""
    return HTTPStatus.CONTINUE <= status < HTTPStatus.OK and status != HTTPStatus.SWITCHING_PROTOCOLS


def cut_interim(received: bytes) -> tuple[int, bytes]:
    """How many interim responses stand at the start of these bytes, and what follows them."""
    count = end = 0
    while found := _INTERIM.match(received, end):
        count, end = count + 1, found.end()
    return count, received[end:]
