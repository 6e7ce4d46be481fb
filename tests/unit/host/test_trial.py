"""A short trial of how fast this host is."""

import os
import sys
from types import SimpleNamespace

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


@pytest.mark.parametrize(
    ("idle_s", "others_cpus"),
    [((7.0, 8.9), 0.0), ((7.0, 8.1), 0.4), ((7.0, 9.5), 0.0), ((7.0, None), None), ((None, None), None)],
    ids=["nobody", "somebody", "idle times are told in ticks", "not told any more", "not told"],
)
def test_what_others_used_meanwhile_is_what_was_neither_idle_nor_its_own(
    monkeypatch: pytest.MonkeyPatch, idle_s: tuple[float | None, float | None], others_cpus: float | None
) -> None:
    """For 2 s, on two CPUs, of which its own work took 2.1 s."""
    for name, values in (("_idle_s", idle_s), ("_own_s", (3.0, 5.1))):
        each = iter(values)
        monkeypatch.setattr(trial, name, lambda *_, each=each: next(each))
    clock = iter((100.0, 102.0))
    monkeypatch.setattr(trial, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    monkeypatch.setattr(trial, "slowness", lambda _cpu: 1.5)
    found = trial.trial(CPU, {0, 1})
    assert found is not None
    assert found.times == 1.5
    assert found.others_cpus == (None if others_cpus is None else pytest.approx(others_cpus))


def test_its_own_work_is_what_it_and_those_that_it_started_used() -> None:
    before_s = trial._own_s()
    assert trial.trial(CPU, {CPU}) is not None
    assert trial._own_s() > before_s


@pytest.mark.parametrize("error", [OSError, ValueError, IndexError])
def test_where_idle_times_can_not_be_read_it_tells_its_own_only(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def unread(_cpus: object) -> int:
        raise error

    monkeypatch.setattr(trial, "idle_ns", unread)
    monkeypatch.setattr(trial, "slowness", lambda _cpu: 1.5)
    assert trial.trial(CPU, {CPU}) == trial.Trial(1.5, None)


def test_where_nothing_was_tried_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "slowness", lambda _cpu: None)
    assert trial.trial(CPU, {CPU}) is None
