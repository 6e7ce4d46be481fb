"""A guard whose processes have gone may take long to remove their folders; that is no process that can't be ended."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence

import pytest

from harness.model.errors import RuntimeFault
from harness.runtime.local import guarded as module
from harness.runtime.local.guarded import GuardedProcess

type MakeGuarded = Callable[..., GuardedProcess]


class Tree:
    def __init__(self, pids: Sequence[int]) -> None:
        self.pids = lambda: list(pids)


@pytest.fixture
def guarded() -> Iterator[MakeGuarded]:
    """Makes what a guard stands for, which is a real process that ends after so long."""
    guards: list[subprocess.Popen[bytes]] = []

    def make(lasts_s: float, pids: Sequence[int] = ()) -> GuardedProcess:
        asleep = f"import time; time.sleep({lasts_s})"
        guards.append(subprocess.Popen((sys.executable, "-I", "-S", "-c", asleep)))
        made = object.__new__(GuardedProcess)
        vars(made).update(_name="PostgreSQL", _patience_s=0.1, _guard=guards[-1], _tree=Tree(pids))
        return made

    yield make
    for each in guards:
        each.kill()
        each.wait()


def test_a_guard_that_still_removes_folders_is_waited_for(guarded: MakeGuarded) -> None:
    guarded(0.5).stop()


def test_a_process_that_stays_is_a_fault_at_once(guarded: MakeGuarded) -> None:
    with pytest.raises(RuntimeFault, match=r"can't be ended, its processes are \[7\]"):
        guarded(60, pids=[7]).stop()


def test_a_folder_that_never_goes_is_one_in_the_end(guarded: MakeGuarded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMOVAL_PATIENCE_S", 0.1)
    with pytest.raises(RuntimeFault, match="its guard has not removed its folders"):
        guarded(60).stop()


def test_a_guard_s_end_is_seen_whatever_an_interrupt_left_of_the_waiting(
    guarded: MakeGuarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Ctrl-C just after `Popen.wait` took its lock leaves it taken: a job that was stopped took two minutes."""
    monkeypatch.setattr(module, "REMOVAL_PATIENCE_S", 0.1)
    made = guarded(0)
    lock = vars(made)["_guard"]._waitpid_lock
    lock.acquire()
    try:
        made.stop()
    finally:
        lock.release()
