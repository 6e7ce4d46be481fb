"""A calibration whose responder, or whose rival, dies or stands still: it ends, and says which it was."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.companion import Program
from harness.load.calibration import responder as responding
from harness.load.calibration import rivals
from harness.load.calibration.responder import Responder
from harness.load.calibration.rivals import Wrk
from harness.model.errors import RuntimeFault

STARTED = "import sys, time; print('127.0.0.1 1', flush=True); "


def responder(then: str) -> Responder:
    """One that starts as it should, and then does this."""
    return Responder(Program(command=(sys.executable, "-c", STARTED + then)))


def test_a_responder_that_has_died_is_named_with_what_it_ended_with() -> None:
    with responder("sys.exit(7)") as died:
        died._process.wait()
        with pytest.raises(
            RuntimeFault, match=r"the calibration's responder \(pid \d+, exit status 7\) has died"
        ) as told:
            died.count()
    assert f"by hand to see why: {sys.executable}" in told.value.hint


def test_so_is_one_that_dies_when_it_is_asked() -> None:
    with responder("sys.stdin.readline(); sys.exit(7)") as dying, pytest.raises(RuntimeFault, match=r"7\) has died"):
        dying.cpu_ns()


def test_one_that_stands_still_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responding, "_ANSWER_S", 0.1)
    with responder("time.sleep(3600)") as still, pytest.raises(RuntimeFault, match=r"exit status -9\) hangs"):
        still.count()


def test_a_wrk_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(rivals, "_MARGIN_S", 0.5)
    program = tmp_path / "wrk"
    program.write_text("#!/bin/sh\nexec sleep 3600\n")
    program.chmod(0o755)
    loaded: Any = SimpleNamespace(port=1, count=lambda: 0, cpu_ns=lambda: 0)
    with pytest.raises(RuntimeFault, match=r"wrk did not end within 0\.6 s") as told:
        Wrk(str(program), (0,)).measure(loaded, 0.1)
    assert str(program) in told.value.hint


def test_stock_users_that_have_just_ended_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """They were there when that was looked at, and are not when they are asked."""
    command = (sys.executable, "-c", "pass")
    monkeypatch.setattr(rivals, "module_command", lambda *_: command)
    loaded: Any = SimpleNamespace(port=1, cpu_clock=0, count=lambda: 0)
    with rivals.StockLocust(rivals.Tool.HTTP_USER, (0,)) as stock:
        stock._process.wait()
        monkeypatch.setattr(stock._process, "poll", lambda: None)
        with pytest.raises(RuntimeFault, match="the process of HttpUser has ended or hangs"):
            stock.measure(loaded, 0.1)
