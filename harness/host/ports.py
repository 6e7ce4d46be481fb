"""Free ports, and whose a listening port is."""

import random
import socket
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

LOOPBACK: Final = "127.0.0.1"

_LOWEST: Final = 15_000
_LISTENING: Final = frozenset({"0A"})
_ACCEPTED: Final = frozenset({"01", "04", "05", "08", "09", "0B"})
"""States in /proc/net/tcp (include/net/tcp_states.h): TCP_LISTEN, and those of a connection that a process may hold,
from TCP_ESTABLISHED on. Who has closed its own side may go on to hold it until the client has closed the other."""

_TABLES: Final = ("tcp", "tcp6")

_ACCEPTS: Final = 0x10000
"""Flag of a Unix socket that listens, in /proc/net/unix (__SO_ACCEPTCON in include/linux/net.h)."""

_handed_out: set[int] = set()
"""Ports given to servers that may not have bound them yet."""


@dataclass(frozen=True, order=True)
class Listening:
    """An address that a socket listens on."""

    host: str
    port: int

    def __str__(self) -> str:
        """As a URL has it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def free_port(host: str = LOOPBACK) -> int:
    """A port of this address that nobody listens on, and that no outgoing connection is given while a server starts.

    It lies below the kernel's range for outgoing connections, which port 0 would draw from.
    """
    candidates = list(range(_LOWEST, _first_ephemeral_port()))
    random.shuffle(candidates)
    for port in candidates:
        if port not in _handed_out and is_free(port, host):
            _handed_out.add(port)
            return port
    raise RuntimeError("no free port below the range for outgoing connections")


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen on this port of this address now."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            return False
    return not listening_inodes(port, host)


def await_free(port: int, timeout_s: float, host: str = LOOPBACK) -> bool:
    """Wait until nobody listens on the port."""
    deadline = time.monotonic() + timeout_s
    while listening_inodes(port, host):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def listening_inodes(port: int, host: str = LOOPBACK) -> frozenset[int]:
    """Inodes of all sockets that may be given a connection to this port of this address."""
    reached = _answering(host)
    wanted = f"{port:04X}"
    return frozenset(
        inode
        for address, local_port, inode in _sockets(Path("/proc"), _LISTENING)
        if local_port == wanted and address in reached
    )


def listening_addresses(pids: Iterable[int]) -> tuple[Listening, ...]:
    """Where these processes listen, in whatever network namespace each is."""
    found = set()
    for pid in pids:
        own = socket_inodes([pid])
        found |= {
            Listening(_address(address), int(port, 16))
            for address, port, inode in _sockets(Path(f"/proc/{pid}"), _LISTENING)
            if inode in own
        }
    return tuple(sorted(found))


def listens(pid: int) -> bool:
    """Whether a process has a socket that listens: to an address, or to processes of its host alone (unix(7)).

    Raises OSError where it may not be looked into, or has ended.
    """
    next(Path(f"/proc/{pid}/fd").iterdir(), None)
    own = socket_inodes([pid])
    return any(inode in own for _, _, inode in _sockets(Path(f"/proc/{pid}"), _LISTENING)) or not own.isdisjoint(
        _listening_to_its_host(Path(f"/proc/{pid}"))
    )


def connections_held(pids: Iterable[int], port: int) -> dict[int, int]:
    """How many connections to this port each of these processes holds, in whatever network namespace it is.

    The processes are given oldest first: one that a server forks while it answers (a pool of helpers, say) inherits the
    connections that are open then, and answers none of them; each counts for the first that has it. Processes without
    any are left out, and so are those that may not be looked into.
    """
    wanted = f"{port:04X}"
    oldest_first = list(pids)
    inherited: dict[int, frozenset[int]] = {}
    for pid in reversed(oldest_first):  # so that what a child has, its parent is seen with
        accepted = {inode for _, local, inode in _sockets(Path(f"/proc/{pid}"), _ACCEPTED) if local == wanted}
        inherited[pid] = socket_inodes([pid]) & accepted
    counted: set[int] = set()
    held = {}
    for pid in oldest_first:
        if own := inherited[pid] - counted:
            held[pid] = len(own)
            counted |= own
    return held


def _sockets(process: Path, states: frozenset[str]) -> Iterator[tuple[str, str, int]]:
    """Local address and port, as the kernel writes them, and inode of each socket in one of these states.

    Of the network namespace that the process is in.
    """
    for table in _TABLES:
        with suppress(OSError):
            for line in (process / "net" / table).read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                if fields[3] in states:
                    address, _, port = fields[1].partition(":")
                    yield address, port, int(fields[9])


def _listening_to_its_host(process: Path) -> Iterator[int]:
    """Inodes of the Unix sockets that listen."""
    with suppress(OSError):
        for line in (process / "net" / "unix").read_text(encoding="utf-8", errors="replace").splitlines()[1:]:
            with suppress(ValueError, IndexError):  # A name may hold line breaks.
                fields = line.split()
                if int(fields[3], 16) & _ACCEPTS:
                    yield int(fields[6])


def _address(written: str) -> str:
    """The address in the usual form: the kernel writes it in words of 32 bits, each as the machine orders its bytes."""
    words = (int(written[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(written), 8))
    return str(ip_address(b"".join(words)))


def socket_inodes(pids: Iterable[int]) -> frozenset[int]:
    """Inodes of the sockets that these processes hold open."""
    found = set()
    for pid in pids:
        with suppress(OSError):
            for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    target = str(descriptor.readlink())
                    if target.startswith("socket:["):
                        found.add(int(target[len("socket:[") : -1]))
    return frozenset(found)


def _answering(host: str) -> frozenset[str]:
    """Local addresses, as /proc/net/tcp and tcp6 write them, whose sockets answer an IPv4 address."""
    own = f"{int.from_bytes(socket.inet_aton(host), 'little'):08X}"
    return frozenset({own, "00000000", "0" * 32, "0" * 24 + own, "0000000000000000FFFF0000" + own})


def _first_ephemeral_port() -> int:
    try:
        first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    except OSError:
        return 32_768
    return first if first > _LOWEST + 1_000 else 32_768
