"""Whether as many processes answer as `WORKERS` asks for: two that answer are no server of one process."""

import time
from contextlib import ExitStack, suppress
from typing import Final

from harness.contract.conformance.message import WireFault
from harness.contract.conformance.server_under_test import Check, NotApplicable, ServerUnderTest, Workforce, Wrong
from harness.model.conformance import ProcessAtWork

_CLIENTS: Final = 48
_ATTEMPTS: Final = 3
"""A process that is awake may take all connections of a moment before the others are."""
_QUIET_S: Final = 1.0
"""Connections that nobody has taken for so long are waiting for a process that answers one at a time."""
_FIRST_S: Final = 5.0
"""A server that was given no CPU meanwhile has taken none yet."""
_PAUSE_S: Final = 0.01


def _processes(server: ServerUnderTest) -> str:
    if server.workforce is None or server.workforce() is None:
        raise NotApplicable("its processes can't be seen from here")
    wanted = server.target.workers
    seen: dict[int, ProcessAtWork] = {}
    for _ in range(_ATTEMPTS):
        if not _crowd(server, server.workforce, seen) or len(seen) > wanted:
            break
    if not seen:
        raise NotApplicable("which of its processes answer can't be seen from here")
    threads = sum(each.threads for each in seen.values())
    counted = f"{len(seen)} process{'' if len(seen) == 1 else 'es'}"
    if len(seen) != wanted:
        raise Wrong(f"{counted} answered {_CLIENTS} clients, and WORKERS asked for {wanted}")
    return f"{counted} answered {_CLIENTS} clients, with {threads} thread{'' if threads == 1 else 's'}"


def _crowd(server: ServerUnderTest, workforce: Workforce, seen: dict[int, ProcessAtWork]) -> bool:
    """Add to `seen` who takes the connections of a crowd; whether all of them were taken.

    Half of the clients ask something and then begin to ask again, so that processes have work while others wake up.
    The other half only begin: whoever answers one at a time is held up by the first of them, and leaves the rest to
    the next.
    """
    with ExitStack() as stack:
        for number in range(_CLIENTS):
            whole = server.request(server.question())
            begun = whole[: len(whole) // 2]
            try:
                connection = stack.enter_context(server.connect())
            except WireFault:  # Whoever takes no more has as many as it takes: each further one would be waited for.
                break
            with suppress(WireFault):
                connection.send(begun if number % 2 else whole + begun)
        until = time.monotonic() + _FIRST_S
        before: list[tuple[int, int]] = []
        while time.monotonic() < until and len(seen) <= server.target.workers:
            now = workforce() or ()
            seen |= {each.pid: each for each in now}
            held = [(each.pid, each.connections) for each in now]
            if sum(connections for _, connections in held) >= _CLIENTS:
                return True
            if held != before:
                before, until = held, time.monotonic() + _QUIET_S
            time.sleep(_PAUSE_S)
    return False


CHECKS: Final = (
    Check(
        name="processes",
        endpoint=None,
        expected="as many processes of the server answer as WORKERS asks for",
        hint="take the number of workers from ${WORKERS}, in the command as in the server's settings and `environment`",
        run=_processes,
    ),
)
