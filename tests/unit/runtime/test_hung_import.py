"""An import that hangs is killed with all that it has started."""

import sys
from pathlib import Path

import psutil
import pytest

from harness.host import imports
from harness.host.imports import NotImported, imported_in_s
from tests.waiting import eventually

STARTS_ANOTHER = """
import pathlib, subprocess, sys, time
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], stdout=subprocess.DEVNULL)
pathlib.Path("pid").write_text(str(other.pid))
time.sleep(600)
"""


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_nothing_of_it_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "_TIMEOUT_S", 3.0)
    with pytest.raises(NotImported, match="not within 3 s"):
        imported_in_s((sys.executable, "-c", STARTS_ANOTHER), environment=None, folder=tmp_path)
    pid = int((tmp_path / "pid").read_text())
    eventually(lambda: not runs(pid), "the end of what it had started")
