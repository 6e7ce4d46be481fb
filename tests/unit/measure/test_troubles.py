"""Who is in trouble during a round is called as reports call it, and so is what was asked of it."""

from types import SimpleNamespace

import pytest

from tests.unit.measure.test_stalled_warmup import SILENT, Watched, a_round
from tests.unit.results.sample import FLASK_JSON


def test_a_server_that_falls_silent_and_one_that_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(Watched, "trouble", lambda _, text: told.append(text), raising=False)
    a_round(monkeypatch, [SILENT])._warm_up(FLASK_JSON)
    going = a_round(monkeypatch, [SILENT])
    gone = SimpleNamespace(
        host="127.0.0.1",
        port=8000,
        alive=lambda: False,
        exit_code=lambda: 3,
        limit_met=lambda: None,
        log_excerpt=lambda: "",
    )
    monkeypatch.setattr(going._crew, "server", lambda _: gone)
    monkeypatch.setattr(going._crew, "lose", lambda *_, **__: None, raising=False)
    going._warm_up(FLASK_JSON)
    name, asked = "Flask (controlled, uvicorn)", f"json, capacity, {FLASK_JSON.connections} connections"
    assert told == [
        f"{name}, {asked}: no answer in a whole window, nor after it",
        f"{name}: the server ended by itself under load on json (exit code 3)",
    ]
