"""What harnesses that are no more have left."""

from collections.abc import Iterable

from harness.cli.output import tell
from harness.runtime.ledger import Leftover


def tell_what_is_left(leftovers: Iterable[Leftover]) -> None:
    """Say which things of harnesses that are no more could not be removed."""
    for leftover in leftovers:
        if not leftover.removed:
            tell(f"still there, and tried again at the next start: {leftover.what}")
