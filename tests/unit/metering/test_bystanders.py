"""Of the processes of a server, those that answer nobody are told from those that do, or watch over them."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from harness.metering.bystanders import bystanders

STAYS = "import os, time; os.write(1, b'ready\\n'); time.sleep(10**6)"
LISTENS = f"import socket; own = socket.create_server(('127.0.0.1', 0)); {STAYS}"
LISTENS_TO_ITS_HOST = f"import socket; own = socket.socket(socket.AF_UNIX); own.bind(''); own.listen(); {STAYS}"
TRACKS = f"from multiprocessing.resource_tracker import main; {STAYS}"


@contextmanager
def started(first: str, *others: str) -> Iterator[list[int]]:
    """A process that does the first, and has started others; all of them are at it."""
    begun = "".join(f"subprocess.Popen([sys.executable, '-c', {other!r}]); " for other in others)
    command = [sys.executable, "-c", f"import subprocess, sys; {begun}{first}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        root = psutil.Process(process.pid)
        try:
            assert process.stdout is not None
            for _ in (first, *others):
                assert process.stdout.readline() == "ready\n"
            yield [process.pid, *(each.pid for each in root.children(recursive=True))]
        finally:
            for each in (*root.children(recursive=True), root):
                each.kill()


@pytest.mark.parametrize(
    ("first", "others", "named"),
    [
        (LISTENS, (STAYS,), 1),
        (LISTENS, (STAYS, STAYS), 2),
        (LISTENS, (), 0),
        (LISTENS, (LISTENS,), 0),
        (STAYS, (LISTENS,), 0),
        (LISTENS, (LISTENS_TO_ITS_HOST,), 0),
        (LISTENS, (TRACKS,), 0),
        (STAYS, (STAYS,), 0),
    ],
    ids=[
        "one beside",
        "two beside",
        "alone",
        "both listen",
        "it watches over who listens",
        "what serves the others",
        "Python's own",
        "nobody can be told to answer",
    ],
)
def test_who_answers_nobody_is_named_by_its_command(first: str, others: tuple[str, ...], named: int) -> None:
    with started(first, *others) as pids:
        found = bystanders(pids)
    assert len(found) == named
    assert all(sys.executable in each for each in found)


def test_a_process_that_has_ended_is_none() -> None:
    with started(LISTENS, STAYS) as pids:
        pass
    assert bystanders(pids) == ()
