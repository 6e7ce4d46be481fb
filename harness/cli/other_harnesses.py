"""Other harnesses: what those that are no more have left, and those that measure meanwhile."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from harness.cli import options
from harness.cli.output import tell
from harness.host.measuring import CHECKING, Mark, Measuring
from harness.host.only_one import measures_alone
from harness.results.folder import RunWriter, read_header
from harness.runtime.ledger import Leftover


def tell_what_is_left(leftovers: Iterable[Leftover]) -> None:
    """Say which things of harnesses that are no more could not be removed."""
    for leftover in leftovers:
        if not leftover.removed:
            tell(f"still there, and tried again at the next start: {leftover.what}")


@contextmanager
def alone(command: str, has_failed: Callable[[], bool] = lambda: True) -> Iterator[Mark]:
    """Measure alone in this clone, and tell who measures on this host meanwhile: at once, or at the end who came later.

    Of a check, that is told only where something `has_failed`: what passed is right whoever took its CPU.

    Raises:
        HostFault: Another command measures in this clone.
        WriteError: Nothing can be written to the state folder.
    """
    with measures_alone(options.STATE, command) as mark:
        there = mark.others()
        for other in there:
            tell(f"! {other} {_beside(other, command)}")
        yield mark
        for other in mark.others()[len(there) :] if has_failed() else ():
            what = "check apps" if other.command == CHECKING else "measure"
            again = "check again what failed" if command == CHECKING else "measure again what has to be relied on"
            tell(f"! {other} came to {what} on this host too: {again}")


def _beside(other: Measuring, command: str) -> str:
    """What that another is at work on this host means for this command, and for the other."""
    if command == other.command == CHECKING:
        return "checks apps on this host too: what has a time to keep may fail for want of CPU"
    if command == CHECKING:
        return "measures on this host, and what is checked meanwhile disturbs its numbers: wait until it is done"
    if other.command == CHECKING:
        return "checks apps on this host, which disturbs what is measured meanwhile: wait until it is done"
    return "measures on this host too, and each spoils the other's numbers: wait until it is done"


def note_others(writer: RunWriter, mark: Mark) -> None:
    """Have the run say who measured on this host meanwhile."""
    run = read_header(writer.folder)
    found = tuple(dict.fromkeys((*run.measured_beside, *map(str, mark.others()))))
    if found != run.measured_beside:
        writer.update(run.model_copy(update={"measured_beside": found}))
