"""Other harnesses: what those that are no more have left, and those that measure meanwhile."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from harness.cli import options
from harness.cli.output import tell
from harness.host.measuring import Mark
from harness.host.only_one import measures_alone
from harness.results.folder import RunWriter, read_header
from harness.runtime.ledger import Leftover


def tell_what_is_left(leftovers: Iterable[Leftover]) -> None:
    """Say which things of harnesses that are no more could not be removed."""
    for leftover in leftovers:
        if not leftover.removed:
            tell(f"still there, and tried again at the next start: {leftover.what}")


@contextmanager
def alone(command: str) -> Iterator[Mark]:
    """Measure alone in this clone, and tell who measures on this host meanwhile: at once, or at the end who came later.

    Raises:
        HostFault: Another command measures in this clone.
        WriteError: Nothing can be written to the state folder.
    """
    with measures_alone(options.STATE, command) as mark:
        there = mark.others()
        for other in there:
            tell(f"! {other} measures on this host too, and each spoils the other's numbers: wait until it is done")
        yield mark
        for other in mark.others()[len(there) :]:
            tell(f"! {other} came to measure on this host too: measure again what has to be relied on")


def note_others(writer: RunWriter, mark: Mark) -> None:
    """Have the run say who measured on this host meanwhile."""
    run = read_header(writer.folder)
    found = tuple(dict.fromkeys((*run.measured_beside, *map(str, mark.others()))))
    if found != run.measured_beside:
        writer.update(run.model_copy(update={"measured_beside": found}))
