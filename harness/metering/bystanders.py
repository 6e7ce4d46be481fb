"""Processes of a server that answer nobody: they listen nowhere, and none of those that they have started does."""

import shlex
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from harness.host import ports
from harness.metering.process_tree import parent_pid

_OF_PYTHON: Final = "from multiprocessing.resource_tracker import"
"""Begins what Python itself starts beside a server's workers, to look after what they share."""
_LONGEST: Final = 100


def bystanders(pids: Iterable[int]) -> tuple[str, ...]:
    """Their command lines; none where it can't be told who listens.

    Whoever answers listens, as does the process that has opened the socket for its workers; one that only watches over
    these is an ancestor of theirs.
    """
    parents = {pid: parent for pid in pids if (parent := parent_pid(pid)) is not None}
    try:
        serving = {pid for pid in parents if ports.listens(pid)}
    except OSError:
        return ()
    for pid in tuple(serving):
        above = parents[pid]
        while above in parents:
            serving.add(above)
            above = parents[above]
    found = (_command(pid) for pid in parents if serving and pid not in serving)
    return tuple(
        shlex.join(words)[:_LONGEST]
        for words in found
        if words and not any(each.startswith(_OF_PYTHON) for each in words)
    )


def _command(pid: int) -> list[str]:
    """The words of its command line; none where it has ended."""
    with suppress(OSError):
        written = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="backslashreplace")
        return written.removesuffix("\0").split("\0") if written else []
    return []
