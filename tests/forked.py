"""What a warm `bench` starts of the harness itself, forked beforehand in place of started anew.

A load driver imports Locust for longer than most windows of the tests take, and each run starts one, two stall watches,
a speed probe and a responder; `bench ci` starts `bench run`. So `tests.warm_server`, which has imported what all of
them need, forks a few processes for each command that measures. They wait; what would have been a new
`python -I -m harness...` is carried out by one of them, as a child of the same parent, with the same descriptors,
environment and process group. Whoever is not needed ends with the command.

What starts a module anew, as every user's run does, is for the tests that start `bench` or a driver for themselves.
"""

import array
import atexit
import importlib
import inspect
import json
import os
import resource
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, NoReturn, override

type Order = dict[str, Any]
"""`command` and its words, `environment` and `folder`, and perhaps a `host`: a process that stands on it."""

_DRIVER: Final = "harness.load.driver"
_MODULES: Final = {
    _DRIVER: 1,
    "harness.load.calibration.responder": 1,
    "harness.metering.stopwatch": 1,
    "harness.metering.stall_timer": 2,
}
"""How many of each a command starts at the same time."""
_STARTERS: Final = ("harness.companion", "harness.load.calibration.responder", "harness.ci.measure")
"""Which modules start processes of the harness."""
_MEASURING: Final = ("run", "ab", "ci")
"""The commands that do."""
_NAMESPACES: Final = {"user": os.CLONE_NEWUSER, "mnt": os.CLONE_NEWNS, "net": os.CLONE_NEWNET}
_MOST_BYTES: Final = 1 << 20
_POPEN: Final = subprocess.Popen


def import_all() -> None:
    """Import what they need. Locust leaves the standard library as it is here: the driver's own process changes it."""
    os.environ["LOCUST_SKIP_MONKEY_PATCH"] = "1"
    for module in _MODULES:
        importlib.import_module(module)
    del os.environ["LOCUST_SKIP_MONKEY_PATCH"]


def be_bench(order: Order, before: Callable[[], object] = lambda: None) -> NoReturn:
    """Be `bench`, as it was ordered; `before` it begins, but on its host, do this."""
    from harness.cli.main import main  # noqa: PLC0415 - the tests' own processes need none of it

    _, *arguments = order["command"]
    if (holder := order.get("host")) is not None:
        _join(holder)
    before()
    if any(command in arguments[:1] for command in _MEASURING):
        _stand_by()
    _settle(order)
    time.tzset()
    sys.argv = ["bench", *arguments]
    _end(main)


def _join(holder: int) -> None:
    """Be on the host of this process (`tests.odd_hosts.standing`): in its namespaces, under its limits."""
    for limit in (getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")):
        resource.setrlimit(limit, resource.prlimit(holder, limit))
    here, there = Path("/proc/self/ns"), Path(f"/proc/{holder}/ns")
    others = [kind for name, kind in _NAMESPACES.items() if not (here / name).samefile(there / name)]
    if others:
        descriptor = os.pidfd_open(holder)
        os.setns(descriptor, sum(others))
        os.close(descriptor)


def connect(*descriptors: int) -> None:
    """Make these standard input, output and error, and close them otherwise."""
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
    for descriptor in set(descriptors) - {0, 1, 2}:
        os.close(descriptor)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, buffering=lines, closefd=False)  # noqa: SIM115 - for as long as this process lives
        for number, mode, lines in ((0, "r", -1), (1, "w", -1), (2, "w", 1))
    )


def _stand_by() -> None:
    """Fork processes that wait, and have the harness's modules take from them from now on."""
    waiting: list[_Waiting] = []
    for _ in range(sum(_MODULES.values())):
        waiting.append(_Waiting(waiting))

    def popen(command: tuple[str, ...], **options: object) -> subprocess.Popen[Any]:
        if waiting and (command[:3] == (sys.executable, "-I", "-m") or Path(command[0]).name == "bench"):
            return _Forked(waiting.pop(), command, **options)
        return _POPEN(command, **options)

    for starter in _STARTERS:
        importlib.import_module(starter).subprocess = SimpleNamespace(**vars(subprocess) | {"Popen": popen})


class _Waiting:
    """One process that waits to be told what it is, seen from its parent."""

    def __init__(self, others: list["_Waiting"]) -> None:
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            for each in (self, *others):
                each.socket.close()
            _await_order(theirs)
        theirs.close()


class _Forked(subprocess.Popen[Any]):
    """A process that has waited, in place of a new one."""

    def __init__(self, waiting: _Waiting, command: tuple[str, ...], **options: object) -> None:
        self._waiting = waiting
        super().__init__(command, **options)

    @override
    def _execute_child(self, *given: object) -> None:
        asked = inspect.signature(_POPEN._execute_child).bind(self, *given).arguments
        environment = os.environ if asked["env"] is None else asked["env"]
        order: Order = {"command": asked["args"], "environment": dict(environment), "folder": str(Path.cwd())}
        descriptors = [
            usual if asked[name] == -1 else asked[name]
            for usual, name in enumerate(("p2cread", "c2pwrite", "errwrite"))
        ]
        with self._waiting.socket as ours:
            ours.sendmsg(
                [json.dumps(order).encode(errors="surrogateescape")],
                [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))],
            )
        self.pid = self._waiting.pid
        self._child_created = True
        ends = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")
        self._close_pipe_fds(*(asked[name] for name in ends))


def _await_order(orders: socket.socket) -> NoReturn:
    """Be what is ordered, or end with whoever would have ordered it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # It is for `bench`, whose process group this still belongs to.
    text, descriptors = b"", []
    with suppress(OSError):
        text, descriptors, *_ = socket.recv_fds(orders, _MOST_BYTES, 3)
    if not text:
        os._exit(0)
    orders.close()
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    connect(*descriptors)
    order = json.loads(text.decode(errors="surrogateescape"))
    if Path(order["command"][0]).name == "bench":
        be_bench(order)
    _settle(order)
    _, _, _, module, *arguments = order["command"]
    sys.argv = [module, *arguments]
    if module == _DRIVER:
        _make_cooperative()
    _end(lambda: runpy.run_module(module, run_name="__main__", alter_sys=True))


def _settle(order: Order) -> None:
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])


def _end(work: Any) -> NoReturn:
    """Do this, and end as Python does, without taking apart all that was imported, which costs more than most work."""
    code: object = None
    try:
        work()
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - as Python ends
        traceback.print_exc()
        code = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else bool(code))


def _make_cooperative() -> None:
    """What importing Locust does, which has been imported without."""
    from gevent import monkey, reinit  # noqa: PLC0415 - by the driver alone

    warnings.simplefilter("ignore", monkey.MonkeyPatchWarning)  # of TLS, which nothing here uses
    reinit()
    monkey.patch_all()
