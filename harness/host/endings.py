"""Ends what was started, each whatever becomes of the others, and says what stayed."""

import subprocess
from collections.abc import Callable
from contextlib import ExitStack, suppress

import psutil

from harness.host.allowances import refusal
from harness.model.errors import BenchError, RuntimeFault

type Ending = Callable[[], object]
"""Ends something; raises BenchError or OSError where it can't be ended."""


def not_ended(*endings: Ending) -> tuple[BenchError, ...]:
    """Call all of these in this order; returns why some did not come off.

    What interrupts one of them is raised after the last.
    """
    stayed: list[BenchError] = []

    def tried(ending: Ending) -> None:
        try:
            ending()
        except BenchError as error:
            stayed.append(error)
        except OSError as error:
            what, hint = f"what was started can't be ended: {error}", "`ps` and `docker ps` show what is left"
            stayed.append(refusal(error) or RuntimeFault(what, hint=hint))

    with ExitStack() as stack:
        for ending in reversed(endings):
            stack.callback(tried, ending)
    return tuple(stayed)


def end_all(*endings: Ending) -> None:
    """The same for the last ones who could end it: raises RuntimeFault that says all that stayed."""
    stayed = not_ended(*endings)
    if stayed:
        told, hints = dict.fromkeys(error.what for error in stayed), dict.fromkeys(error.hint for error in stayed)
        raise RuntimeFault("; ".join(told), hint="\n".join(hints))


def has_ended(process: subprocess.Popen[bytes], patience_s: float | None = None) -> bool:
    """Whether a child has ended within so long; without a limit, once it has.

    `Popen.wait` would not do: a Ctrl-C at the wrong moment leaves its lock taken, and then it sees no end any more.
    """
    if process.poll() is None:
        with suppress(psutil.NoSuchProcess):
            try:
                psutil.Process(process.pid).wait(patience_s)
            except psutil.TimeoutExpired:
                return False
        process.poll()
    return True
