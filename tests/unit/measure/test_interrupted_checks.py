"""Ctrl-C waits for no check of the contract."""

import threading
from types import SimpleNamespace
from typing import cast

import pytest

from harness.measure import check_first
from harness.measure.check_first import Unchecked, check_servers
from harness.model.app import Endpoint
from tests.waiting import PATIENCE_S


def test_who_interrupts_the_first_check_does_not_wait_for_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = threading.Event(), threading.Event()
    waited_in_vain: list[bool] = []

    def check(target: str, *_: object, **__: object) -> None:
        if target == "first":
            begun.wait(PATIENCE_S)
            raise KeyboardInterrupt
        begun.set()
        waited_in_vain.append(not ended.wait(3.0))

    monkeypatch.setattr(check_first, "check", check)
    monkeypatch.setattr(check_first, "target_of", lambda app, *_: app)
    server = SimpleNamespace(subject=None, at_work=None)
    servers = [Unchecked(name, server, {Endpoint.HELLO}) for name in ("first", "second")]  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        list(check_servers(cast("list[Unchecked]", servers), 0, 0))
    ended.set()
    assert not any(waited_in_vain)
