"""Real-time scheduling for processes of control groups."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

_ROOT_GROUP: Final = Path("/sys/fs/cgroup/cpu/cgroup.procs")
"""Of the CPU controller, version 1."""


def prefer(pids: Iterable[int]) -> str | None:
    """Have these processes run before all others on their CPUs; the policy in force, or None where that is refused."""
    policies = {_prefer(pid) for pid in pids}
    return "SCHED_FIFO" if policies == {True} else None


def _prefer(pid: int) -> bool:
    if _set_first(pid):
        return True
    with suppress(OSError):
        _ROOT_GROUP.write_text(f"{pid}\n", encoding="ascii")
    return _set_first(pid)


def _set_first(pid: int) -> bool:
    with suppress(OSError):
        os.sched_setscheduler(pid, os.SCHED_FIFO, os.sched_param(1))
        return True
    return False
