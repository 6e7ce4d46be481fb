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
