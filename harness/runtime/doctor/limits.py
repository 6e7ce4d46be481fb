"""Checks of what the host allows: CPU and memory limits, files, ports."""

import resource
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import psutil

from harness.model.host import Check, Grade
from harness.runtime import host
from harness.runtime.cgroup import Cgroup
from harness.runtime.doctor.grades import at_least
from harness.runtime.ports import LOOPBACK

_FILES_GOOD: Final = 16_384
_FILES_POOR: Final = 4_096
_MEMORY_GOOD_BYTES: Final = 2 * 2**30
_MEMORY_POOR_BYTES: Final = 2**30
_PORTS_GOOD: Final = 20_000
_BACKLOG_GOOD: Final = 1_024
_TCP: Final = Path("/proc/sys/net/ipv4")
_BACKLOG: Final = Path("/proc/sys/net/core/somaxconn")
_TRACKED: Final = Path("/proc/sys/net/netfilter/nf_conntrack_count")
_TRIALS: Final = 8
_MEMORY_LIMITS: Final = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def cpu_limit() -> Check:
    """Whether a cgroup stops processes that use too much CPU time."""
    own = Cgroup()
    limit, source = own.cpu_limit(), own.source
    value = "none" if limit is None else f"{limit:g} CPUs"
    return Check(
        name="cgroup CPU limit",
        value="not readable" if source is None else value,
        grade=Grade.UNKNOWN if source is None else Grade.GOOD if limit is None else Grade.POOR,
        why="A limit stops server and generator in mid-window until the next period begins.",
        remedy=None if limit is None else "give whole CPUs (--cpuset-cpus) rather than shares of them (--cpus)",
        source=source,
    )


def memory_limit() -> Check:
    """Whether a cgroup bounds memory."""
    name, why = "cgroup memory limit", "A run that meets its limit loses servers to the kernel."
    for path in _MEMORY_LIMITS:
        text = host.read(path)
        if text is not None:
            unlimited = text == "max" or int(text) > psutil.virtual_memory().total
            enough = unlimited or int(text) >= _MEMORY_GOOD_BYTES
            return Check(
                name=name,
                value="none" if unlimited else _gib(int(text)),
                grade=Grade.GOOD if enough else Grade.POOR,
                why=why,
                remedy=None if enough else f"allow {_gib(_MEMORY_GOOD_BYTES)} or more",
                source=str(path),
            )
    return Check(
        name=name, value="not readable", grade=Grade.UNKNOWN, why=why, source=" or ".join(map(str, _MEMORY_LIMITS))
    )


def memory_free() -> Check:
    """Memory for the servers of a whole round, the database and the generator."""
    available = psutil.virtual_memory().available
    grade = at_least(available, good=_MEMORY_GOOD_BYTES, poor=_MEMORY_POOR_BYTES)
    return Check(
        name="memory available",
        value=_gib(available),
        grade=grade,
        why="All servers of a round run at the same time; a host that swaps measures its disk.",
        remedy=None if grade is Grade.GOOD else f"free memory until there are {_gib(_MEMORY_GOOD_BYTES)}",
        source="/proc/meminfo",
    )


def open_files() -> Check:
    """How many connections one process may hold."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    allowed = float("inf") if hard == resource.RLIM_INFINITY else hard
    grade = at_least(allowed, good=_FILES_GOOD, poor=_FILES_POOR)
    return Check(
        name="open files",
        value="unlimited" if hard == resource.RLIM_INFINITY else str(hard),
        grade=grade,
        why="Each connection takes one in the server and one in the generator.",
        remedy=None if grade is Grade.GOOD else f"ulimit -Hn {_FILES_GOOD}, or LimitNOFILE / --ulimit nofile",
        source="getrlimit(2)",
    )


def outgoing_ports() -> Check:
    """How many connections can be opened within a minute, against servers that close each one."""
    ports, reuse = host.read(_TCP / "ip_local_port_range"), host.read(_TCP / "tcp_tw_reuse")
    why = "Servers without keep-alive use up a port per request, and each stays taken for a minute."
    source = f"{_TCP}/ip_local_port_range, tcp_tw_reuse"
    if ports is None or reuse is None:
        return Check(name="outgoing ports", value="not readable", grade=Grade.UNKNOWN, why=why, source=source)
    first, last = map(int, ports.split())
    count = last - first + 1
    reused = {"0": "not reused", "1": "reused", "2": "reused on loopback"}.get(reuse, reuse)
    good = count >= _PORTS_GOOD and reuse != "0"
    return Check(
        name="outgoing ports",
        value=f"{count}, {reused} after closing",
        grade=Grade.GOOD if good else Grade.POOR,
        why=why,
        remedy=None if good else "sysctl net.ipv4.tcp_tw_reuse=2 net.ipv4.ip_local_port_range='32768 60999'",
        source=source,
    )


def listen_backlog() -> Check:
    """How many connections may wait to be accepted."""
    found = host.read(_BACKLOG)
    good = found is not None and int(found) >= _BACKLOG_GOOD
    return Check(
        name="listen backlog",
        value=found or "not readable",
        grade=Grade.UNKNOWN if found is None else Grade.GOOD if good else Grade.POOR,
        why="A burst of new connections beyond it is dropped and tried again after a second.",
        remedy=None if good or found is None else f"sysctl net.core.somaxconn={_BACKLOG_GOOD}",
        source=str(_BACKLOG),
    )


def connection_tracking() -> Check:
    """Whether the kernel's packet filter follows each packet on loopback, as it does once any rule needs that."""
    before = host.read(_TRACKED)
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((LOOPBACK, 0)))
        for _ in range(_TRIALS):
            stack.enter_context(socket.create_connection(listener.getsockname()))
        after = host.read(_TRACKED)
    tracked = before is not None and after is not None and int(after) - int(before) >= _TRIALS
    return Check(
        name="connection tracking",
        value="on for loopback" if tracked else "off for loopback",
        grade=Grade.POOR if tracked else Grade.GOOD,
        why="It adds work to every packet, most to what is fastest: generator and servers both look slower.",
        remedy="remove the rules that need it (a stopped container engine leaves its own: see `iptables-save`), "
        "or `iptables -t raw -A OUTPUT -o lo -j NOTRACK` and the same for PREROUTING -i lo"
        if tracked
        else None,
        source=str(_TRACKED),
    )


def _gib(size_bytes: int) -> str:
    return f"{size_bytes / 2**30:.1f} GiB"
