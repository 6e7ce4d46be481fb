"""Checks of the network: ports, queues, and who looks at each packet."""

import socket
from contextlib import ExitStack
from typing import Final

from harness.host.doctor.grades import at_least
from harness.host.doctor.limits import NEEDED, SUBSCRIBERS
from harness.host.doctor.rule import Finding, Rule, graded, not_told
from harness.host.doctor.system import System
from harness.host.ports import LOOPBACK
from harness.model.host import Grade

_RANGE: Final = "/proc/sys/net/ipv4/ip_local_port_range"
_RESERVED: Final = "/proc/sys/net/ipv4/ip_local_reserved_ports"
_REUSE: Final = "/proc/sys/net/ipv4/tcp_tw_reuse"
_BACKLOG: Final = "/proc/sys/net/core/somaxconn"
_TRACKED: Final = "/proc/sys/net/netfilter/nf_conntrack_count"
_SYSCTL: Final = "https://docs.kernel.org/networking/ip-sysctl.html"

_PORTS_POOR: Final = 2_000
_BACKLOG_GOOD: Final = 2_048
"""What gunicorn and uvicorn ask for; the kernel silently gives no more than its own limit."""
_TRIALS: Final = 8


def _outgoing_ports(system: System) -> Finding:
    match system.numbers(_RANGE):
        case (first, last):
            ports = range(first, last + 1)
        case _:
            return not_told()
    reserved = sum(len(_overlap(ports, part)) for part in (system.read(_RESERVED) or "").split(",") if part)
    taken = len({port for port in system.local_ports() if port in ports})
    free = max(0, len(ports) - reserved - taken)
    return graded(
        f"{free:,} free of {len(ports):,} ({first} to {last}); {SUBSCRIBERS:,} feed subscribers take {NEEDED:,}",
        at_least(free, good=NEEDED, poor=_PORTS_POOR),
        "sudo sysctl net.ipv4.ip_local_port_range='32768 60999', or wait a minute for closed connections",
    )


def _overlap(ports: range, part: str) -> range:
    first, _, last = part.partition("-")
    try:
        return range(max(ports.start, int(first)), min(ports.stop, int(last or first) + 1))
    except ValueError:
        return range(0)


def _closed_ports(system: System) -> Finding:
    found = system.read(_REUSE)
    if not found:
        return not_told()
    words = {"0": "not reused for a minute", "1": "reused after a second", "2": "reused after a second on loopback"}
    return graded(
        f"{found}: {words.get(found, 'unknown to this check')}",
        Grade.GOOD if found in {"1", "2"} else Grade.POOR,
        "sudo sysctl net.ipv4.tcp_tw_reuse=2",
    )


def _listen_backlog(system: System) -> Finding:
    match system.numbers(_BACKLOG):
        case (most,):
            pass
        case _:
            return not_told()
    return graded(
        f"{most:,}; servers ask for 100 (Sanic), 128 (Tornado), 2,048 (gunicorn, uvicorn) and get no more than it",
        Grade.GOOD if most >= _BACKLOG_GOOD else Grade.POOR,
        f"sudo sysctl net.core.somaxconn={2 * _BACKLOG_GOOD}",
    )


def _connection_tracking(system: System) -> Finding:
    """Followed are as many connections more as were just made; without the kernel's module there is no count."""
    before = system.numbers(_TRACKED)
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((LOOPBACK, 0)))
        for _ in range(_TRIALS):
            stack.enter_context(socket.create_connection(listener.getsockname()))
        after = system.numbers(_TRACKED)
    tracked = bool(before and after) and after[0] - before[0] >= _TRIALS
    return graded(
        "on for loopback" if tracked else "off for loopback",
        Grade.POOR if tracked else Grade.GOOD,
        "remove the rules that need it (a stopped container engine leaves its own: see `iptables-save`), "
        "or `iptables -t raw -A OUTPUT -o lo -j NOTRACK` and the same for PREROUTING -i lo",
    )


RULES: Final = (
    Rule(
        name="outgoing ports",
        threshold=f"good from {NEEDED:,} free ones on; unfit below {_PORTS_POOR:,}",
        why="Each connection of the generator takes one; servers without keep-alive use up one per request.",
        source=f"{_RANGE}, ip_local_reserved_ports, /proc/net/tcp",
        reference=_SYSCTL,
        look=_outgoing_ports,
    ),
    Rule(
        name="closed ports",
        threshold="good where tcp_tw_reuse is 1 or 2",
        why="Servers without keep-alive use up a port per request, and each stays taken for a minute unless reused.",
        source=_REUSE,
        reference=_SYSCTL,
        look=_closed_ports,
    ),
    Rule(
        name="listen backlog",
        threshold=f"good from {_BACKLOG_GOOD:,} on",
        why="A burst of new connections beyond it is dropped and tried again after a second.",
        source=_BACKLOG,
        reference="https://man7.org/linux/man-pages/man2/listen.2.html",
        look=_listen_backlog,
    ),
    Rule(
        name="connection tracking",
        threshold="good where it is off for loopback",
        why="It adds work to every packet, most to what is fastest: generator and servers both look slower.",
        source=_TRACKED,
        reference="https://docs.kernel.org/networking/nf_conntrack-sysctl.html",
        look=_connection_tracking,
    ),
)
