import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.host import variables


def test_leaks_are_named() -> None:
    environment = {"WEB_CONCURRENCY": "4", "UVICORN_RELOAD": "1", "PYTHONPATH": ".", "HOME": "/", "PATH": "/bin"}
    assert variables.leaked(environment) == ("PYTHONPATH", "UVICORN_RELOAD", "WEB_CONCURRENCY")


def test_only_harmless_variables_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", "4")
    monkeypatch.setenv("TZ", "UTC")
    passed = variables.base(Path("/app/bin"))
    assert passed["TZ"] == "UTC"
    assert passed["PATH"].startswith("/app/bin:")
    assert "WEB_CONCURRENCY" not in passed
    assert variables.leaked(passed) == ()


MANAGER = "import multiprocessing; multiprocessing.Manager().shutdown(); print('served')"
"""As Sanic's workers and others speak to each other, on a Unix socket among the temporary files."""


@pytest.mark.fault(
    where="server",
    what="The folder for temporary files (TMPDIR) has a path too long for the sockets of its processes",
    happens="It is given the system's own folder instead.",
    lost="Nothing",
    exit_code=0,
)
def test_a_server_can_have_a_socket_among_its_temporary_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 110)
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    passed = variables.base(Path("/app/bin"))
    assert "TMPDIR" not in passed
    done = subprocess.run((sys.executable, "-c", MANAGER), env=passed, capture_output=True, text=True, check=False)
    assert done.stdout == "served\n", done.stderr


def test_a_folder_with_a_short_path_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "/tmp/" + "x" * 59)
    assert variables.base(Path("/app/bin"))["TMPDIR"] == os.environ["TMPDIR"]
