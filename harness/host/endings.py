"""Ends what was started, each whatever becomes of the others, and says what stayed."""

from collections.abc import Callable
from contextlib import ExitStack

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
