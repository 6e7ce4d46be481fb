"""The harness's end of a companion process, whatever has become of waiting for it."""

import sys

from harness.companion import Companion, Program


def test_it_is_seen_to_end_though_an_interrupt_left_its_lock_taken() -> None:
    """A Ctrl-C just after `Popen.wait`, or `poll`, took the lock leaves it taken: it was waited for without an end."""
    listening = (sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.read()")
    companion = Companion("listener", Program(command=listening))
    process = companion._process
    process._waitpid_lock.acquire()  # what the interpreter itself leaves taken
    try:
        companion.close()
    finally:
        process._waitpid_lock.release()
    assert process.wait() == 0
