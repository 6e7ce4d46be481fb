"""Which of a host's addresses the load goes to: `localhost` has two, and a server may listen on one of them alone."""

import socket
from contextlib import suppress
from typing import Any, Final

_PATIENCE_S: Final = 1.0
"""A server that takes longer to accept one connection is not the one to be loaded, where there is another address."""

type Address = tuple[socket.AddressFamily, tuple[Any, ...]]


def address_of(host: str, port: int) -> Address:
    """The family and the address of a host: of several, the first that takes a connection, or else the first.

    Where there is only one, none is tried: the server sees no connection but those of the load.

    Raises:
        OSError: the host's name can't be resolved.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses: list[Address] = list(dict.fromkeys((family, address) for family, _, _, _, address in found))
    return next((each for each in addresses if _accepts(each)), addresses[0]) if addresses[1:] else addresses[0]


def _accepts(address: Address) -> bool:
    with suppress(OSError), socket.socket(address[0], socket.SOCK_STREAM) as trying:
        trying.settimeout(_PATIENCE_S)
        trying.connect(address[1])
        return True
    return False
