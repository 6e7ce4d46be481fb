"""The supervisor of one server, run as a script of its own: the server never outlives the harness.

It reads one order (`harness.runtime.local.guarded.Order`, as JSON) from its command line, starts the server in
a session of its own and then waits for the first of two events:

- its standard input reaches its end: the harness closed it, or died in whatever way (`kill -9` too);
- the server's first process ends.

Either way it then ends everything that descends from it and removes the folders named in the order.
As the child subreaper (prctl(2)) it inherits every orphan below it, so that no process can slip away by
losing its parent, and the CPU time of those orphans stays on its own account.

Only the standard library is imported, and nothing of the harness: one of these runs per server.
"""

import ctypes
import json
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PAUSE_S = 0.005
"""Between two looks at processes that are being killed."""

libc = ctypes.CDLL(None, use_errno=True)


def main() -> int:
    """Start the server, wait, end it all; returns the exit code."""
    order = json.loads(sys.argv[1])
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    wake = _wake_on_signals()
    started_ns = time.monotonic_ns()
    try:
        server = _start(order)
    except (OSError, subprocess.SubprocessError) as error:
        _say(error=str(error), errno=getattr(error, "errno", None))
        _remove(order["remove"])
        return 1
    _say(pid=server.pid, started_ns=started_ns)
    exit_code = _wait(server.pid, wake)
    if exit_code is None:
        exit_code = _farewell(server.pid, order["farewell_signal"], order["farewell_s"], wake)
    _end_descendants()
    _remove(order["remove"])
    _say(exit=exit_code)
    return 0


def _wake_on_signals() -> int:
    """The read end of a pipe that becomes readable whenever a signal arrives.

    SIGTERM and its like end the guard as the end of its input does, so that it never leaves a server alone.
    """
    wake, write_end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, _nothing)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, _close_input)
    return wake


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """SIGCHLD only has to wake the loop."""


def _close_input(_number: int, _frame: FrameType | None) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def _start(order: dict[str, Any]) -> subprocess.Popen[bytes]:
    guard_pid = os.getpid()

    def in_child() -> None:
        os.sched_setaffinity(0, order["cpus"])
        if order["gives_way"]:
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, order["open_files"]), most))
        # After the change of user, which would clear it.
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != guard_pid:
            os._exit(1)

    return subprocess.Popen(
        order["command"],
        cwd=order["folder"],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno(),
        start_new_session=True,
        user=order["user"],
        group=order["group"],
        extra_groups=[] if order["user"] is not None else None,
        preexec_fn=in_child,  # noqa: PLW1509 - there are no threads here
    )


def _wait(server_pid: int, wake: int) -> int | None:
    """The server's exit code, or None where the harness went away first."""
    waiting = select.poll()
    waiting.register(0, select.POLLIN | select.POLLHUP)
    waiting.register(wake, select.POLLIN)
    while True:
        for descriptor, _ in waiting.poll():
            if descriptor == wake:
                _empty(wake)
                exit_code = _reap(server_pid)
                if exit_code is not None:
                    return exit_code
            elif not os.read(0, 1):
                return None


def _farewell(server_pid: int, number: int, patience_s: float, wake: int) -> int:
    """Ask the server to end and give it a moment; its exit code, also where it had to be killed."""
    os.kill(server_pid, number)
    deadline = time.monotonic() + patience_s
    while (remaining := deadline - time.monotonic()) > 0:
        select.select([wake], [], [], remaining)
        _empty(wake)
        exit_code = _reap(server_pid)
        if exit_code is not None:
            return exit_code
    return -signal.SIGKILL


def _empty(wake: int) -> None:
    with suppress(BlockingIOError):
        while os.read(wake, 512):
            pass


def _reap(server_pid: int) -> int | None:
    """Collect every process that has ended; the exit code of the server's first one if it is among them."""
    found = None
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == server_pid:
                found = os.waitstatus_to_exitcode(status)
    return found


def _end_descendants() -> None:
    while True:
        for pid in _descendants():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
            time.sleep(PAUSE_S)
            continue
        return


def _descendants() -> list[int]:
    """Every process below this one, from one pass over /proc."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                # The name, in parentheses, may itself hold spaces and parentheses.
                parent = int((entry / "stat").read_bytes().rpartition(b")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found: list[int] = []
    open_ends = [os.getpid()]
    while open_ends:
        below = children.get(open_ends.pop(), [])
        found += below
        open_ends += below
    return found


def _remove(folders: list[str]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _say(**what: object) -> None:
    with suppress(BrokenPipeError):
        os.write(1, json.dumps(what).encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main())
