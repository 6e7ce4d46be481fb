"""Whether a server really has the routes that it was asked to register; one that ignores the wish would look unhurt."""

from http.client import HTTPConnection, HTTPException
from typing import Final

from harness.host.unforeseen import fault_of
from harness.model.errors import RuntimeFault
from harness.runtime.roles import RunningServer

CHECK: Final = "extra routes"
"""What this is called among the checks of the contract."""
EXPECTED: Final = "with EXTRA_ROUTES=N, status 200 for /extra/0 to /extra/N-1, and for no other such path"

_PATIENCE_S: Final = 5.0
_FOUND: Final = 200


def expect_routes(server: RunningServer, count: int) -> str:
    """Ask for the last of `/extra/0` to `/extra/<count - 1>`, and for one beyond it; the evidence in a few words.

    Raises:
        RuntimeFault: it has fewer, or answers any such path; or what it answered can't be read by a mistake of ours.
    """
    try:
        last, beyond = _status(server, f"/extra/{count - 1}"), _status(server, f"/extra/{count}")
    except Exception as error:
        raise fault_of("the check", error) from error
    if last == _FOUND != beyond:
        return f"/extra/{count - 1} gives {last}, /extra/{count} {beyond}"
    if last == _FOUND:
        raise RuntimeFault(
            f"{server.subject.key} does not register the {count:,} routes of EXTRA_ROUTES alone: GET /extra/{count} "
            f"gives {beyond} too",
            hint="answer paths that there are not with 404: where one route takes whatever comes, it has answered the "
            "others too, and nobody can tell whether these are there",
        )
    raise RuntimeFault(
        f"{server.subject.key} does not register the {count:,} routes of EXTRA_ROUTES: GET /extra/{count - 1} gives "
        f"{last}",
        hint="have the app register /extra/0 to /extra/N-1, as docs/add-a-framework.md#the-contract says",
    )


def _status(server: RunningServer, path: str) -> int | str:
    connection = HTTPConnection(server.host, server.port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, HTTPException) as error:
        return f"no answer ({error or type(error).__name__})"
    finally:
        connection.close()
