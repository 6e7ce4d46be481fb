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


def test_passwords_are_masked() -> None:
    shown = variables.without_password({"DATABASE_URL": "postgresql://me:secret@host:5432/db?x=1", "PORT": "1"})
    assert shown == {"DATABASE_URL": "postgresql://me:***@host:5432/db?x=1", "PORT": "1"}
    assert variables.without_password({"DATABASE_URL": "postgresql://me@/db?host=/run/pg"}) == {
        "DATABASE_URL": "postgresql://me@/db?host=/run/pg"
    }
