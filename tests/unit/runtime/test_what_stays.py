"""What a ledger names and can't be removed is said, keeps nothing else, and is tried again at the next start."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from harness.model.errors import RuntimeFault
from harness.runtime import ledger as ledgers
from harness.runtime.ledger import Ledger, sweep

AWAY = RuntimeFault("it has active endpoints", hint="look")


def left_by_a_dead_one(state: Path) -> Path:
    """The ledger of a harness that is no more, with a folder and a project in it."""
    folder = state / "left"
    folder.mkdir(parents=True)
    with Ledger(state) as ledger:
        ledger.record_folder(folder)
        ledger.record_project("bench-1", {"DOCKER_HOST": "tcp://192.0.2.1"})
        path = ledger._path
        dead = path.with_name(f"{'0' * 32}.jsonl")
        dead.write_text(path.read_text())
        path.write_text("")
    return dead


def removed_but_for_a_network(*_: object) -> Iterator[tuple[str, RuntimeFault | None]]:
    yield "container abc", None
    yield "network def", AWAY
    yield "volume ghi", None


def test_all_but_what_resists_is_removed_and_that_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = left_by_a_dead_one(tmp_path)
    monkeypatch.setattr(ledgers, "remove_project", removed_but_for_a_network)
    found = {leftover.what: leftover.removed for leftover in sweep(tmp_path)}
    (stayed,) = (what for what, removed in found.items() if not removed)
    assert stayed.startswith("network def on tcp://192.0.2.1: it has active endpoints")
    assert {"container abc", "volume ghi", f"folder {tmp_path / 'left'}"} <= found.keys()
    assert dead.exists()
    monkeypatch.setattr(ledgers, "remove_project", lambda *_: iter(()))
    assert sweep(tmp_path) == ()
    assert not dead.exists()


def test_a_folder_that_can_not_be_removed_is_no_folder_that_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = left_by_a_dead_one(tmp_path)
    monkeypatch.setattr(ledgers, "remove_project", lambda *_: iter(()))
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda *_, **__: None)
        (leftover,) = sweep(tmp_path)
    assert not leftover.removed
    assert dead.exists()
    (leftover,) = sweep(tmp_path)
    assert leftover.removed
    assert not dead.exists()


def test_a_process_that_can_not_be_killed_is_no_process_that_was_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "GRACE_S", 0.1)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:

        def refused(_: psutil.Process) -> None:
            raise psutil.AccessDenied

        with monkeypatch.context() as patch:
            patch.setattr(psutil.Process, "kill", refused)
            assert ledgers._end_trees({process.pid}) == {process.pid}
        assert ledgers._end_trees({process.pid}) == set()


def test_a_ledger_that_breaks_off_gives_its_lock_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(ledgers, "_settle", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ledger.close()
    sweep(tmp_path)
    assert list((tmp_path / "ledger").iterdir()) == []
