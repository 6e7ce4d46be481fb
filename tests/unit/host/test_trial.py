"""A short trial of how fast this host is."""

import os
import sys

import psutil
import pytest

from harness.host import trial
from harness.host.cpus import allowed_cpus

CPU = allowed_cpus()[-1]


def test_it_finds_some_speed_and_leaves_no_process() -> None:
    before = {child.pid for child in psutil.Process().children()}
    found = trial.slowness(CPU)
    assert found is not None
    assert found > 0
    assert {child.pid for child in psutil.Process().children()} <= before


def test_it_is_made_on_the_cpu_that_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[set[int]] = []
    set_affinity = os.sched_setaffinity

    def noted(pid: int, cpus: set[int]) -> None:
        kept.append(cpus)
        set_affinity(pid, cpus)

    monkeypatch.setattr(trial.os, "sched_setaffinity", noted)
    trial.slowness(CPU)
    assert len(kept) > 1
    assert all(cpus == {CPU} for cpus in kept)


@pytest.mark.parametrize("command", [(sys.executable, "-c", "import nonesuch"), ("/nonesuch",)])
def test_where_nothing_can_be_started_it_tells_nothing(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "_COMMAND", command)
    assert trial.slowness(CPU) is None


def test_other_work_of_a_second_does_not_pass_for_a_host_that_is_that_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = iter([1.0, 100.0, 90.0])
    monkeypatch.setattr(trial, "_turn_s", lambda _cpu: next(turns) * trial.CALM_S)
    assert trial.slowness(CPU) == trial.MOST
    turns = iter([20.0, 2.0, 2.1])
    assert trial.slowness(CPU) == pytest.approx(2.1)
