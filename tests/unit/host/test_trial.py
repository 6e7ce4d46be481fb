"""A short trial of how fast this host is."""

import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from harness.host import trial
from harness.host.cpus import allowed_cpus
from harness.host.trial import Turn

CPUS = allowed_cpus()[-1], allowed_cpus()[0]
"""A server's and the generator's, which may be one."""


def test_it_finds_some_speed_and_leaves_no_process() -> None:
    before = {child.pid for child in psutil.Process().children()}
    turns = trial.turns_on(*CPUS)
    assert trial._LEAST_TURNS <= len(turns) <= trial._TURNS
    # A start reads hundreds of modules, and an exchange is four system calls.
    assert all(turn.start_s > turn.exchange_s > 0 for turn in turns)
    assert {child.pid for child in psutil.Process().children()} <= before


def test_it_is_made_on_the_cpus_that_are_asked_about(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Both processes are asked as they end where they may run, and the first one before it imports anything."""
    said = tmp_path / "cpus"
    noted = f"""
import atexit, builtins, os
os.register_at_fork(after_in_child=lambda: atexit.register(note), after_in_parent=lambda: atexit.register(note))
import_module = builtins.__import__
def note():
    with open({str(said)!r}, "a") as file:
        print(*os.sched_getaffinity(0), file=file)
def noted_import(name, *rest, **more):
    if name == "asyncio":
        builtins.__import__ = import_module
        note()
    return import_module(name, *rest, **more)
builtins.__import__ = noted_import
"""
    *interpreter, script = trial._COMMAND
    monkeypatch.setattr(trial, "_COMMAND", (*interpreter, noted + script))
    turns = trial.turns_on(*CPUS)
    assert turns
    server, generator = map(str, CPUS)
    assert Counter(said.read_text().split()) == Counter([server, server, generator] * len(turns))


def test_an_asker_that_gets_no_answer_is_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    *interpreter, script = trial._COMMAND
    monkeypatch.setattr(trial, "_COMMAND", (*interpreter, script.replace("while question", "if question")))
    assert trial.turns_on(*CPUS) == []


@pytest.mark.parametrize(
    "command",
    [(sys.executable, "-c", "import nonesuch"), ("/nonesuch",), (sys.executable, "-c", "print('a while')")],
    ids=["it ends with an error", "there is none", "it says something else"],
)
def test_where_nothing_can_be_started_it_tells_nothing(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "_COMMAND", command)
    assert trial.turns_on(*CPUS) == []
    assert trial.trial(*CPUS, {*CPUS}) is None


@pytest.mark.parametrize(
    ("turn_s", "turns"), [(0.0, trial._TURNS), (0.5, 6), (1.5, trial._LEAST_TURNS), (9.0, trial._LEAST_TURNS)]
)
def test_on_a_slow_host_there_are_fewer_turns_but_always_several(
    monkeypatch: pytest.MonkeyPatch, turn_s: float, turns: int
) -> None:
    now_s = [100.0]

    def turn(*_: int) -> Turn:
        now_s[0] += turn_s
        return Turn(turn_s, 1e-5)

    monkeypatch.setattr(trial, "time", SimpleNamespace(monotonic=lambda: now_s[0]))
    monkeypatch.setattr(trial, "_turn", turn)
    assert len(trial.turns_on(*CPUS)) == turns


def found(*starts: float) -> float:
    """How many times as long starts take, given those of each turn."""
    turns = [Turn(each * trial.CALM_START_S, each * trial.CALM_EXCHANGE_S) for each in starts]
    judged = trial.judged(turns, None)
    assert judged.starts == pytest.approx(judged.exchanges), "both are judged alike"
    return judged.starts


def test_stalls_that_come_in_every_turn_count_and_a_second_of_other_work_does_not() -> None:
    assert found(1.9, 2.0, 2.1, 2.2, 1.2) == pytest.approx(2.0), "one turn without a stall is not the host"
    assert found(20.0, 2.0, 2.1, 2.2, 2.0) == pytest.approx(2.1), "nor is the first, for which files were read"
    assert found(2.0, 2.1, 9.0, 8.0, 2.2) == pytest.approx(2.2), "nor what others did for two of five turns"


def test_no_host_passes_for_slower_than_any_that_was_seen() -> None:
    assert found(90.0, 100.0, 110.0) == trial.MOST


@pytest.mark.parametrize(("starts", "exchanges"), [(0.6, 1.0), (1.2, 1.2)])
def test_where_nobody_wakes_up_on_another_cpu_exchanges_pass_for_no_shorter_than_starts(
    monkeypatch: pytest.MonkeyPatch, starts: float, exchanges: float
) -> None:
    """On the CPU that both have, one took a third of what it takes across two: such a run was announced for shorter."""
    turn = Turn(starts * trial.CALM_START_S, trial.CALM_EXCHANGE_S / 3)
    monkeypatch.setattr(trial, "turns_on", lambda *_: [turn])
    on_one, across_two = trial.trial(1, 1, {1}), trial.trial(1, 0, {0, 1})
    assert on_one is not None
    assert across_two is not None
    assert (on_one.starts, on_one.exchanges) == pytest.approx((starts, exchanges))
    assert (across_two.starts, across_two.exchanges) == pytest.approx((starts, 1 / 3))


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
    monkeypatch.setattr(trial, "turns_on", lambda *_: [Turn(1.5 * trial.CALM_START_S, 2 * trial.CALM_EXCHANGE_S)])
    found = trial.trial(0, 1, {0, 1})
    assert found is not None
    assert (found.starts, found.exchanges) == pytest.approx((1.5, 2.0))
    assert found.others_cpus == (None if others_cpus is None else pytest.approx(others_cpus))


def test_its_own_work_is_what_it_and_those_that_it_started_used() -> None:
    before_s = trial._own_s()
    assert trial.trial(*CPUS, {*CPUS}) is not None
    assert trial._own_s() > before_s


@pytest.mark.parametrize("error", [OSError, ValueError, IndexError])
def test_where_idle_times_can_not_be_read_it_tells_its_own_only(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def unread(_cpus: object) -> int:
        raise error

    monkeypatch.setattr(trial, "idle_ns", unread)
    monkeypatch.setattr(trial, "turns_on", lambda *_: [Turn(1.5 * trial.CALM_START_S, 2 * trial.CALM_EXCHANGE_S)])
    found = trial.trial(0, 1, {0, 1})
    assert found is not None
    assert (found.starts, found.exchanges, found.others_cpus) == (pytest.approx(1.5), pytest.approx(2.0), None)
