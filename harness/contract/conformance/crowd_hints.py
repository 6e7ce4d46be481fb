"""What to change in a server that answers one client, and not many at once: by what came in place of the answer."""

from http import HTTPStatus
from typing import Final

from harness.contract.conformance.message import Closed, Late, Refused, Response, Untaken, WireFault
from harness.contract.conformance.server_under_test import Wrong

_BACKLOG: Final = (
    "connections come faster than the server accepts them: give it a longer listen backlog, and lift its limits if it "
    "has any: of connections, and of requests after which a process ends (`--limit-max-requests`, `--max-requests`)"
)
_BY_FAULT: Final[dict[type[WireFault], str]] = {
    Refused: _BACKLOG,
    Untaken: _BACKLOG,
    Late: "the server answers too slowly, or hangs: give it more threads, and look for what they wait for (a lock, a "
    "pool that is too small, a call that blocks the event loop)",
    Closed: "the server closes connections without an answer: read its own log, and look for a limit of connections, "
    "of those that wait to be accepted (its listen backlog) or of requests that wait",
    WireFault: "the server broke off in the middle: read its own log",
}

_SHUT_OUT: Final = "switch off what limits or shuts out clients while the app is checked and measured"
_BY_STATUS: Final[dict[int, str]] = {
    HTTPStatus.UNAUTHORIZED: _SHUT_OUT,
    HTTPStatus.FORBIDDEN: _SHUT_OUT,
    HTTPStatus.TOO_MANY_REQUESTS: _SHUT_OUT,
    HTTPStatus.NOT_FOUND: "some of the server's processes or threads do not know the route: register all routes before "
    "the server begins to answer, the same in each; where the row was not found, keep the id in a local variable",
    HTTPStatus.METHOD_NOT_ALLOWED: "some of the server's processes or threads do not know the route with this method: "
    "register all routes before the server begins to answer, the same in each",
    HTTPStatus.REQUEST_TIMEOUT: "the server gave up on a request that waited: raise that time-out, or let it read "
    "requests sooner",
    HTTPStatus.BAD_GATEWAY: "what stands before the app lost it: look in the server's log for a worker that ended",
    HTTPStatus.SERVICE_UNAVAILABLE: "the server is overloaded by its own measure: lift its limit of connections, of "
    "requests at once or of those that wait; where the app itself says so, its database pool is too small or gives up "
    "too soon",
    HTTPStatus.GATEWAY_TIMEOUT: "what stands before the app gave up on it: raise that time-out, or see what the app "
    "waits for",
}
_ERROR: Final = (
    "the app raised an exception that it raises for no single client: read the traceback in the server's log, and look "
    "for what requests share without a lock"
)


def hint_under_load(seen: Wrong | WireFault) -> str | None:
    """What to change, by what a client among many was given.

    None where it is no more than an answer that is wrong: then requests share what each should have for itself, as the
    check's own hint says.
    """
    if isinstance(seen, WireFault):
        return _BY_FAULT[type(seen)]
    return None if seen.answer is None else _hint_on(seen.answer)


def _hint_on(answer: Response) -> str | None:
    fallback = _ERROR if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR else None
    return _BY_STATUS.get(answer.status, fallback)
