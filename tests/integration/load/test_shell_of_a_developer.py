"""What the harness starts of its own obeys neither the shell's variables for Python nor files in the user's folder."""

from pathlib import Path

import pytest

from harness.load.calibration.responder import Responder
from harness.load.client import Driver

BROKEN = 'raise SystemExit("a file of the user")\n'


@pytest.mark.fault(
    where="generator",
    what="The shell has variables for Python (PYTHONWARNINGS=error, PYTHONPATH), or its folder a file `random.py`",
    happens="They reach none of the processes that the harness starts of its own.",
    lost="Nothing",
    exit_code=0,
)
@pytest.mark.parametrize("variable", ["PYTHONWARNINGS=error", "PYTHONPATH=.", "PYTHONOPTIMIZE=2", "NONE=1"])
def test_driver_and_responder_start_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    for name in ("random", "json", "logging", "harness"):
        (tmp_path / f"{name}.py").write_text(BROKEN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(*variable.split("="))
    responder = Responder.on((0,))
    try:
        assert responder.count() == 0
    finally:
        responder.close()
    with Driver.on() as driver:
        assert driver.pid
