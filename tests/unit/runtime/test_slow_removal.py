"""A guard whose processes have gone may take long to remove their folders; that is no process that can't be ended."""

import subprocess
from collections.abc import Sequence

import pytest

from harness.model.errors import RuntimeFault
from harness.runtime.local.guarded import GuardedProcess


class SlowGuard:
    """Ends when it is waited for once more."""

    stdin = stdout = None

    def __init__(self, waits: int) -> None:
        self._waits = waits

    def wait(self, timeout: float) -> int:
        self._waits -= 1
        if self._waits:
            raise subprocess.TimeoutExpired("guard", timeout)
        return 0


class Tree:
    def __init__(self, pids: Sequence[int]) -> None:
        self.pids = lambda: list(pids)


def guarded(waits: int, pids: Sequence[int] = ()) -> GuardedProcess:
    made = object.__new__(GuardedProcess)
    vars(made).update(_name="PostgreSQL", _patience_s=0.1, _guard=SlowGuard(waits), _tree=Tree(pids))
    return made


def test_a_guard_that_still_removes_folders_is_waited_for() -> None:
    guarded(waits=2).stop()


def test_a_process_that_stays_is_a_fault_at_once() -> None:
    with pytest.raises(RuntimeFault, match=r"can't be ended, its processes are \[7\]"):
        guarded(waits=2, pids=[7]).stop()


def test_a_folder_that_never_goes_is_one_in_the_end() -> None:
    with pytest.raises(RuntimeFault, match="its guard has not removed its folders"):
        guarded(waits=3).stop()
