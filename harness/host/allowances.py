"""What this host allows of open files, processes and memory: how much is left, and whether a limit has been met."""

import errno
import os
import re
import resource
import shutil
import threading
from pathlib import Path
from typing import Final

from harness.host.cgroup import Cgroup
from harness.model.errors import ExitCode, HostFault
from harness.writing import OF_THE_DISK, write_error

FILES_HINT: Final = (
    "allow more open files: ulimit -n 20000, LimitNOFILE= of a service, or --ulimit nofile= of a container"
)
PROCESSES_HINT: Final = (
    "allow more processes (ulimit -u, TasksMax= of a service, --pids-limit of a container), or choose fewer apps"
)
MEMORY_HINT: Final = (
    "allow more memory (MemoryMax= of a service, --memory of a container) or free some, or choose fewer apps"
)

_REFUSALS: Final = {
    errno.EMFILE: ("this host allows a process no more open files", FILES_HINT),
    errno.ENFILE: ("this host can have no more files open", "sudo sysctl fs.file-max=1000000"),
    # Of fork(2) and clone(2). Of a socket, it is always handled where it is asked.
    errno.EAGAIN: ("this host lets the harness start no more processes or threads", PROCESSES_HINT),
    errno.ENOMEM: ("this host gives the harness no more memory", MEMORY_HINT),
}
_NOT_ALLOWED: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_NO_SUCH_USE: Final = frozenset({errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENOTDIR})
"""A folder where a file belongs or the other way round, a link to itself, a name that no file can have."""
_NUMBERED: Final = re.compile(r"\[Errno (\d+)\]")
_ENOUGH_FILES: Final = 65_536
_STACK_BYTES: Final = 2**16
_MIB: Final = 2**20
_NO_THREAD: Final = "can't start new thread"
"""Python's words."""
_REFUSED: Final = (_NO_THREAD, "Resource temporarily unavailable", "pthread_create failed", "Cannot fork")
_SERVER_PROCESSES: Final = 40
"""As many as a server of one worker and its connections to the database take."""


def open_files() -> int:
    """How many files one process may have open."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH_FILES)


def use_all_open_files() -> None:
    """Have this process use what it may: a shell's usual limit is lower."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < open_files():
        resource.setrlimit(resource.RLIMIT_NOFILE, (open_files(), hard))


def processes_left(wanted: int) -> int:
    """How many of so many more processes or threads this host lets start now, by starting them as threads.

    Limits of users, control groups and the kernel bound them together, and no file tells what is left of all.
    """
    end = threading.Event()
    started: list[threading.Thread] = []
    usual_bytes = threading.stack_size(_STACK_BYTES)
    try:
        for _ in range(wanted):
            thread = threading.Thread(target=end.wait)
            thread.start()
            started.append(thread)
    except RuntimeError:  # None is to be had any more.
        pass
    finally:
        end.set()
        for thread in started:
            thread.join()
        threading.stack_size(usual_bytes)
    return len(started)


def memory_left_bytes() -> tuple[int, str] | None:
    """How much memory may still be used here, and who says so; None where that can't be read."""
    own = Cgroup().memory_left_bytes()
    host = _memory_available_bytes()
    left = [
        *([] if own is None else [(own, "the limit of the control group")]),
        *([] if host is None else [(host, "the host's memory")]),
    ]
    return min(left, default=None)


def refusal(error: BaseException) -> HostFault | None:
    """What the kernel's refusal of something means to the user; None for any other error."""
    error = _of_one_file(error) if isinstance(error, shutil.Error) else error
    number = _number(error)
    if number in _REFUSALS:
        what, hint = _REFUSALS[number]
        return HostFault(what, hint=hint)
    if not isinstance(error, OSError):
        return None
    file = Path(os.fsdecode(error.filename or "a file"))
    if number in OF_THE_DISK:
        return write_error(file, error)
    if number in _NOT_ALLOWED and error.filename:
        return NotAllowed(
            f"{file}: {error.strerror}",
            hint="check your rights to it, or run bench in a folder that you may write to: --apps-dir names the apps",
        )
    if number in _NO_SUCH_USE and error.filename:
        return NotAllowed(f"{file}: {error.strerror}", hint="name another, or see what lies there")
    return None


def _of_one_file(error: shutil.Error) -> OSError:
    """The first of the errors that shutil has put together, of which it keeps no more than the words."""
    problems = error.args[0] if isinstance(error.args[0], list) else []
    for _, target, words in problems:
        if numbered := _NUMBERED.match(str(words)):
            number = int(numbered[1])
            return OSError(number, os.strerror(number), target)
    return error


class NotAllowed(HostFault):
    """A file or folder may not be used."""

    exit_code = ExitCode.USAGE


def _number(error: BaseException) -> int | None:
    if isinstance(error, MemoryError):
        return errno.ENOMEM
    if isinstance(error, RuntimeError) and str(error) == _NO_THREAD:
        return errno.EAGAIN
    if not isinstance(error, OSError) or (error.errno == errno.EAGAIN and error.filename is not None):
        return None
    return error.errno


def refused_by_log(log: str) -> HostFault | None:
    """Whether a process that has ended was let start no more threads or processes, by its last words and by trying.

    A user's limit of processes counts nothing that it refuses.
    """
    if any(words in log for words in _REFUSED) and processes_left(_SERVER_PROCESSES) < _SERVER_PROCESSES:
        return HostFault("this host lets it start no more processes or threads", hint=PROCESSES_HINT)
    return None


class LimitWatch:
    """Notices whether the processes of this control group met its limits since it was made."""

    def __init__(self) -> None:
        self._cgroup = Cgroup()
        self._killed = self._cgroup.memory_kills()
        self._refused = self._cgroup.pids_refused()

    def met(self) -> HostFault | None:
        """Which limit was met, as an error to raise or to quote; None where none was, or that can't be told."""
        if _more(self._cgroup.memory_kills(), self._killed):
            limit = self._cgroup.memory_limit_bytes()
            of = "" if limit is None else f", whose limit is {limit // _MIB:,} MiB"
            return HostFault(f"the kernel ended it for want of memory in this control group{of}", hint=MEMORY_HINT)
        if _more(self._cgroup.pids_refused(), self._refused):
            limit = self._cgroup.pids_limit()
            of = "" if limit is None else f", whose limit is {limit:,}"
            return HostFault(f"this control group got no more processes or threads{of}", hint=PROCESSES_HINT)
        return None


def _more(now: int | None, before: int | None) -> bool:
    return now is not None and before is not None and now > before


def _memory_available_bytes() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = {name: value.split()[0] for name, _, value in (line.partition(":") for line in lines) if value.strip()}
    available = found.get("MemAvailable", "")
    return int(available) * 1024 if available.isdigit() else None
