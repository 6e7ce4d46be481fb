"""Which of a host's addresses is loaded, and what its requests call it."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from harness.contract.answers import EXCHANGES
from harness.contract.exchange import authority
from harness.load.addresses import address_of
from harness.load.crowds.web_socket_handshake import new_key, opening_request
from harness.model.app import Endpoint

SILENT, HEARD = "127.0.0.2", "127.0.0.1"
"""Of two addresses of this host, one on which nobody listens."""


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server((HEARD, 0)) as listener:
        listener.setblocking(False)  # noqa: FBT003 - the standard library's signature
        yield listener


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def found(_: str, port: int, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.mark.parametrize("addresses", [(SILENT, HEARD), (SILENT, SILENT, HEARD), (HEARD, SILENT)])
def test_of_several_the_one_on_which_somebody_listens_is_loaded(
    monkeypatch: pytest.MonkeyPatch, listening: socket.socket, addresses: tuple[str, ...]
) -> None:
    port = listening.getsockname()[1]
    resolve_to(monkeypatch, *addresses)
    assert address_of("localhost", port) == (socket.AF_INET, (HEARD, port))


def test_where_nobody_listens_on_any_it_is_the_first(monkeypatch: pytest.MonkeyPatch, listening: socket.socket) -> None:
    port = listening.getsockname()[1]
    listening.close()
    resolve_to(monkeypatch, SILENT, HEARD)
    assert address_of("localhost", port) == (socket.AF_INET, (SILENT, port))


@pytest.mark.parametrize("addresses", [(HEARD,), (HEARD, HEARD)])
def test_an_only_address_is_not_tried(
    monkeypatch: pytest.MonkeyPatch, listening: socket.socket, addresses: tuple[str, ...]
) -> None:
    """The server would count a connection that is none of the load's."""
    port = listening.getsockname()[1]
    resolve_to(monkeypatch, *addresses)
    assert address_of("localhost", port) == (socket.AF_INET, (HEARD, port))
    with pytest.raises(BlockingIOError):
        listening.accept()


@pytest.mark.parametrize(
    ("host", "named"),
    [("127.0.0.1", "127.0.0.1:80"), ("app", "app:80"), ("::1", "[::1]:80"), ("fe80::2", "[fe80::2]:80")],
)
def test_an_ipv6_address_stands_in_brackets(host: str, named: str) -> None:
    assert authority(host, 80) == named
    request, _ = EXCHANGES[Endpoint.HELLO](host, 80, 0).next_request()
    assert f"\r\nHost: {named}\r\n".encode() in request
    assert f"\r\nHost: {named}\r\n".encode() in opening_request(host, 80, "/chat", new_key())
