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


def test_the_first_checks_and_what_is_done_meanwhile_go_on_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    checking, beside = threading.Event(), threading.Event()
    seen: list[bool] = []

    def check(*_: object, **__: object) -> SimpleNamespace:
        checking.set()
        seen.append(beside.wait(PATIENCE_S))
        return SimpleNamespace(results=())

    def meanwhile() -> None:
        seen.append(checking.wait(PATIENCE_S))
        beside.set()

    monkeypatch.setattr(check_first, "check", check)
    monkeypatch.setattr(check_first, "target_of", lambda app, *_: app)
    monkeypatch.setattr(check_first, "Conformance", lambda **_: None)
    server = SimpleNamespace(subject=None, at_work=None)
    list(check_servers([Unchecked("only", server, ())], 0, 0, meanwhile=meanwhile))  # type: ignore[arg-type]
    assert seen == [True] * 3


def test_what_is_done_meanwhile_is_done_where_nothing_is_checked() -> None:
    done: list[bool] = []
    assert not list(check_servers((), 0, 0, meanwhile=lambda: done.append(True)))
    assert done == [True]
