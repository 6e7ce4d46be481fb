import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from harness.metering.process_tree import children, start_ticks
from harness.model.app import App
from harness.runtime.ledger import MARKER, Ledger, sweep
from harness.runtime.local.server import Server

VICTIM = Path(__file__).with_name("victim.py")


@pytest.fixture(autouse=True)
def slow_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a host that is slow beyond measure a started process may show itself later than a user should have to wait."""
    monkeypatch.setattr("harness.runtime.ledger.SETTLING_S", 1.0)


@pytest.fixture
def harness(state: Path, tiny_app: App) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts harness processes that can be killed; the last ones standing are killed in the end."""
    started = []

    def start(*behaviours: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, str(VICTIM), str(state), tiny_app.model_dump_json(), *behaviours],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def said(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    return json.loads(process.stdout.readline())


def marked(ledger: str) -> list[int]:
    """Processes that carry the mark of this ledger."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARKER) == ledger:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def recorded(state: Path, ledger: str, field: str) -> list[Any]:
    lines = (state / "ledger" / f"{ledger}.jsonl").read_text().splitlines()
    return [entry[field] for entry in map(json.loads, lines) if field in entry and entry["record"] != "owner"]


def test_kill_9_of_a_harness_ends_its_servers_and_database_at_once(
    harness: Callable[..., subprocess.Popen[bytes]], state: Path, gone: Callable[..., list[int]]
) -> None:
    """A pre-forking server, one that ignores SIGTERM, a runaway daemon and PostgreSQL, without any sweep."""
    victim = harness("workers", "stubborn", "runaway", "database")
    ledger = said(victim)["ledger"]
    pids = said(victim)["pids"]
    assert len(pids) > 6
    data_folder = Path(recorded(state, ledger, "path")[-1])
    assert data_folder.is_dir()
    victim.kill()
    assert gone(pids) == []
    assert gone(marked(ledger)) == []
    assert not data_folder.exists()

    sweep(state)

    assert [path for path in state.rglob("*") if path.is_file()] == []


@pytest.mark.fault(
    where="host",
    what="The harness dies while it is starting something",
    happens="The next start ends and removes what was begun.",
    lost="Nothing",
    exit_code=None,
)
@pytest.mark.parametrize("delay_s", [0.0, 0.02, 0.06, 0.1, 0.2, 0.4, 0.8])
def test_kill_9_at_any_moment_of_a_start_leaves_nothing_after_the_next_sweep(
    harness: Callable[..., subprocess.Popen[bytes]], state: Path, delay_s: float
) -> None:
    """From before the first guard runs to the middle of making the database's cluster."""
    victim = harness("serve", "database")
    ledger = said(victim)["ledger"]
    time.sleep(delay_s)
    victim.kill()
    victim.wait()
    folders = [Path(path) for path in recorded(state, ledger, "path")]

    sweep(state)

    assert marked(ledger) == []
    assert not any(folder.exists() for folder in folders)
    assert list((state / "ledger").iterdir()) == []


@pytest.mark.fault(
    where="host",
    what="The harness and the guards of its servers are all killed at once",
    happens="The next start ends what they left, also a process that has run away from its parents.",
    lost="The round under way",
    exit_code=None,
)
def test_what_a_killed_guard_left_is_ended_by_the_next_sweep(
    harness: Callable[..., subprocess.Popen[bytes]], state: Path, gone: Callable[..., list[int]]
) -> None:
    """Harness and guards are all killed at once: only the sweep can find the worker that ran away."""
    victim = harness("runaway", "database")
    ledger = said(victim)["ledger"]
    pids = said(victim)["pids"]
    guards = children(victim.pid)
    assert len(guards) == 2
    for pid in (victim.pid, *guards):
        os.kill(pid, 9)
    victim.wait()

    leftovers = sweep(state)

    assert gone(pids, timeout_s=0) == []
    assert marked(ledger) == []
    assert any("process" in leftover.what for leftover in leftovers)


def test_a_process_that_was_just_being_started_is_ended_too(state: Path) -> None:
    """Its harness was killed between fork and exec: it carries the mark only once the sweep has begun."""
    dead = "0" * 32
    with Ledger(state):
        path = next((state / "ledger").glob("*.jsonl"))
        path.with_name(f"{dead}.jsonl").write_text(path.read_text())
        with subprocess.Popen(["/bin/sh", "-c", f"sleep 0.02; {MARKER}={dead} exec sleep 600"]) as starting:
            try:
                leftovers = sweep(state)
                assert [leftover.what for leftover in leftovers] == [f"process {starting.pid} (below one of ours)"]
                assert not psutil.pid_exists(starting.pid)
            finally:
                starting.kill()


def test_a_lock_that_a_starting_process_still_holds_is_waited_for(state: Path) -> None:
    """A forked child has its dead harness's lock until it closes what it inherited."""
    folder = state / "ledger"
    folder.mkdir(parents=True)
    path = folder / f"{'0' * 32}.jsonl"
    path.write_text("")
    hold = ["flock", str(path.with_suffix(".lock")), "sh", "-c", "echo held; sleep 0.02"]
    with subprocess.Popen(hold, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        sweep(state)
        assert not path.exists()


@pytest.mark.fault(
    where="host",
    what="Two harnesses at once",
    happens="Each leaves the other's servers alone. What they measure of each other is told by the gates.",
    lost="Nothing",
    exit_code=0,
)
def test_a_sweep_leaves_the_servers_of_a_living_harness_alone(
    harness: Callable[..., subprocess.Popen[bytes]], state: Path, launch: Callable[..., Server]
) -> None:
    """Two harnesses at once, each of which sweeps at its start."""
    server = launch("serve")
    server.await_ready()
    other = harness("serve")
    assert said(other)["ledger"]
    theirs = said(other)["pids"]
    assert sweep(state) == ()
    assert server.alive()
    assert all(psutil.pid_exists(pid) for pid in theirs)


def test_a_process_id_in_use_again_is_never_touched(state: Path) -> None:
    """A dead harness's ledger names our own process id, with another start time."""
    ledger = Ledger(state)
    ledger.record_process(os.getpid(), "a server long gone")
    path = next((state / "ledger").glob("*.jsonl"))
    text = path.read_text()
    assert str(start_ticks(os.getpid())) in text
    dead = path.with_name("0" * 32 + ".jsonl")
    dead.write_text(text.replace(str(start_ticks(os.getpid())), "17"))
    assert sweep(state) == ()
    assert not dead.exists()
    path.write_text("")
    ledger.close()


@pytest.mark.fault(
    where="host",
    what="A restart of the machine in mid-run",
    happens="The next start removes the folders that were left, and ends no process that has an old number by chance.",
    lost="The round under way",
    exit_code=None,
)
def test_a_ledger_of_an_earlier_boot_ends_no_process_but_removes_its_folders(state: Path, tmp_path: Path) -> None:
    with Ledger(state) as ledger:
        folder = tmp_path / "left"
        folder.mkdir()
        ledger.record_folder(folder)
        ledger.record_process(os.getpid(), "us")
        path = next((state / "ledger").glob("*.jsonl"))
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        path.with_name("0" * 32 + ".jsonl").write_text(path.read_text().replace(boot, "another") + '{"record": "pro')
        path.write_text("")
        assert [leftover.what for leftover in sweep(state)] == [f"folder {folder}"]
    assert not folder.exists()
