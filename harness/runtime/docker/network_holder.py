"""Holds the network of one server on an app host: `python -m harness.runtime.docker.network_holder`.

It holds the network of a container in which a server is started later. The engine publishes one port of it; the holder
waits there for the load host, learns by which address that is seen here, and then takes away every way out but the one
back to that address. So the server answers the load host and can begin nothing with anybody else. Packets go straight
from the engine's port to the server: the holder itself passes nothing on.
"""

import fcntl
import json
import signal
import socket
import struct
from pathlib import Path
from typing import Final

PORT: Final = 8000
"""Where the server will listen."""

_SIOCADDRT: Final = 0x890B
_SIOCDELRT: Final = 0x890C
_RTF_UP: Final = 0x1
_RTF_GATEWAY: Final = 0x2
_RTF_HOST: Final = 0x4
_ANY: Final = "0.0.0.0"  # noqa: S104 - of the container
_EVERYWHERE: Final = "255.255.255.255"


def main() -> None:
    """Await the load host, close the other ways, and keep the network until this is ended."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with socket.create_server((_ANY, PORT)) as listener:
        connection, (peer, _) = listener.accept()
    with connection:
        gateway = default_gateway(Path("/proc/net/route").read_text(encoding="ascii"))
        if gateway is None:
            answer = {"fault": "the engine gave its network no way out at all"}
        elif peer == gateway:
            # A program of the engine's passes the bytes on, and would be measured with every request.
            answer = {"fault": "the engine's userland proxy carries the load instead of its packet filter"}
        else:
            close_all_but(peer, gateway)
            answer = {"peer": peer}
        connection.sendall(json.dumps(answer).encode() + b"\n")
        connection.recv(1)  # The load host closes first, so that the port is free here at once.
    signal.pause()


def default_gateway(table: str) -> str | None:
    """The gateway of the default route in a table as `/proc/net/route` has it; None without one."""
    for line in table.splitlines()[1:]:
        _, destination, gateway, flags, *_ = line.split()
        if int(destination, 16) == 0 and int(flags, 16) & _RTF_GATEWAY:
            return socket.inet_ntoa(struct.pack("=I", int(gateway, 16)))
    return None


def close_all_but(peer: str, gateway: str) -> None:
    """Take the default route away, and leave one to this peer (route(4), netdevice(7)); takes CAP_NET_ADMIN."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        to_peer = _route(peer, gateway, _EVERYWHERE, _RTF_UP | _RTF_GATEWAY | _RTF_HOST)
        fcntl.ioctl(control, _SIOCADDRT, to_peer)
        fcntl.ioctl(control, _SIOCDELRT, _route(_ANY, gateway, _ANY, _RTF_UP | _RTF_GATEWAY))


def _route(destination: str, gateway: str, mask: str, flags: int) -> bytes:
    """A `struct rtentry` (linux/route.h)."""
    addresses = b"".join(map(_address, (destination, gateway, mask)))
    return struct.pack("@L", 0) + addresses + struct.pack("@HhLPhPLLH", flags, 0, 0, 0, 0, 0, 0, 0, 0)


def _address(address: str) -> bytes:
    """A `struct sockaddr_in`."""
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", 0, socket.inet_aton(address))


if __name__ == "__main__":
    main()
