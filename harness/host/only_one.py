"""One command at a time measures in a clone: two at once would spoil each other's numbers."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from harness.host.measuring import CHECKING, MARKS, Mark, Measuring, as_line, locked, who_stands_in
from harness.model.errors import HostFault
from harness.writing import told

_SECOND_CLONE: Final = "docs/add-a-framework.md#while-something-is-measured"
_LOCK: Final = "measuring"
_SETTLING_S: Final = 0.5
"""How long a process that a killed command was just starting may still hold its lock: until it has executed."""


@contextmanager
def measures_alone(state_folder: Path, command: str, *, marks: Path = MARKS) -> Iterator[Mark]:
    """See to it that nothing else measures in this clone during the block, and that other clones see this one.

    Args:
        state_folder: Shared by all commands of a clone (`.bench/`).
        command: What measures, such as `bench run`.
        marks: The folder that clones share.

    Raises:
        HostFault: Another command measures in this clone.
        WriteError: Nothing can be written to the folder.
    """
    file = state_folder / _LOCK
    with ExitStack() as stack:
        with told(file):
            state_folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            # With it goes the lock. The file stays, as whoever waits may have it open.
            stack.callback(os.close, descriptor)
            if not locked(descriptor, _SETTLING_S):
                raise _occupied(file, command)
            folder = os.fsencode(state_folder.absolute().parent).decode(errors="backslashreplace")
            own = Measuring(command, os.getpid(), f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC", folder)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, as_line(own), 0)
        mark = Mark(own, folder=marks)
        stack.callback(mark.remove)
        yield mark


def _occupied(file: Path, command: str) -> HostFault:
    found = who_stands_in(file)
    who = str(found[0]) if found else "another command"
    wait = "wait until it is done" + (f", or end it: kill {found[0].pid}" if found else "")
    if found and found[0].command == CHECKING:
        what = f"{who} checks apps in this folder, where one command at a time is at work"
    elif command == CHECKING:
        what = f"{who} measures in this folder, and what is checked beside it would disturb its numbers"
    else:
        what = f"{who} measures in this folder, and two at once would spoil each other's numbers"
    if command == CHECKING:
        wait += f"; what can't wait is checked in a second clone: {_SECOND_CLONE}"
    return HostFault(what, hint=wait)
