"""The process that has imported everything, and forks a child for each command of `tests.warm`.

It ends with the run of the tests that it belongs to, however that ends, and so does whatever command is under way then.
"""

import ctypes
import gc
import importlib
import json
import os
import pkgutil
import selectors
import shutil
import signal
import socket
import sys
import tempfile
import time
import warnings
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, NoReturn

import psutil

from tests import copied_cluster, forked

_ROOMS: Final = ("cli", "ci", "report", "measure", "runtime")
"""What imports all the others."""
_MOST_BYTES: Final = 1 << 20
_SAMPLE: Final = Path(__file__).parents[1] / "reports" / "sample"
_PR_SET_PDEATHSIG: Final = 1
_FAREWELL_S: Final = 30.0
"""For a command whose test is no more: it stops what it has started, containers too. Then it is killed."""


@dataclass(frozen=True)
class _Child:
    """A command under way."""

    descriptor: int
    """Which can be read once it has ended."""
    answers: int
    """Where its end is told."""
    asked: socket.socket
    """By whom."""


class Server:
    """Forks for each order, tells the child's process id, and then how it ended."""

    def __init__(self, listening: socket.socket, run: int) -> None:
        """It ends with the process `run`."""
        # One of its threads is jemalloc's, which pyarrow brings, and jemalloc is made for being forked.
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        self._children: dict[int, _Child] = {}
        self._events = selectors.DefaultSelector()
        self._events.register(listening, selectors.EVENT_READ, self._welcome)
        self._events.register(os.pidfd_open(run), selectors.EVENT_READ, self._leave)

    def serve(self) -> NoReturn:
        """Until `SystemExit`, or an interruption: both end what is under way."""
        try:
            while True:
                self._look()
        finally:
            self._end_all()

    def _look(self, timeout_s: float | None = None) -> None:
        for event, _ in self._events.select(timeout_s):
            event.data(event.fileobj)

    def _leave(self, _: int) -> NoReturn:
        sys.exit()

    def _end_all(self) -> None:
        for child in self._children:
            os.kill(child, signal.SIGTERM)
        for key in [*self._events.get_map().values()]:
            if not isinstance(key.data, partial):
                self._events.unregister(key.fileobj)
        deadline_s = time.monotonic() + _FAREWELL_S
        while self._children and time.monotonic() < deadline_s:
            self._look(deadline_s - time.monotonic())
        for child in self._children:
            for each in (*psutil.Process(child).children(recursive=True), psutil.Process(child)):
                with suppress(psutil.NoSuchProcess):
                    each.kill()

    def _welcome(self, listening: socket.socket) -> None:
        connection, _ = listening.accept()
        self._events.register(connection, selectors.EVENT_READ, self._take)

    def _take(self, connection: socket.socket) -> None:
        text, descriptors = b"", []
        with suppress(OSError):  # Whoever asks may be killed meanwhile.
            text, descriptors, *_ = socket.recv_fds(connection, _MOST_BYTES, 3)
        if not text:
            self._events.unregister(connection)
            connection.close()
            for pid, child in self._children.items():
                if child.asked is connection:
                    os.kill(pid, signal.SIGTERM)
            return
        *streams, answers = descriptors
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            self._forget()
            os.close(answers)
            forked.connect(os.open(os.devnull, os.O_RDONLY), *streams)
            forked.be_bench(json.loads(text.decode(errors="surrogateescape")), before=lambda: _end_with(server))
        for each in streams:
            os.close(each)
        _tell(answers, pid)
        self._children[pid] = _Child(os.pidfd_open(pid), answers, connection)
        self._events.register(self._children[pid].descriptor, selectors.EVENT_READ, partial(self._see_off, pid))

    def _see_off(self, pid: int, descriptor: int) -> None:
        self._events.unregister(descriptor)
        os.close(descriptor)
        _, status = os.waitpid(pid, 0)
        answers = self._children.pop(pid).answers
        _tell(answers, os.waitstatus_to_exitcode(status))
        os.close(answers)

    def _forget(self) -> None:
        """In a child: the others are none of its business."""
        for each in [*self._events.get_map().values()]:
            os.close(each.fd)
        for child in self._children.values():
            os.close(child.answers)
        self._events.close()


def _tell(whom: int, number: int) -> None:
    with suppress(OSError):  # Whoever asked may have left.
        os.write(whom, str(number).encode())


def _end_with(server: int) -> None:
    """Be interrupted where the server is killed."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != server:
        os._exit(1)


def _end(number: int, _: object) -> NoReturn:
    sys.exit(128 + number)


def _import_all() -> None:
    for room in _ROOMS:
        package = importlib.import_module(f"harness.{room}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    forked.import_all()
    shorten()
    importlib.import_module("harness.model.base").build_contracts()
    _report_once()


def _report_once() -> None:
    """Have all that a first report imports, compiles and reads once it needs it."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("run.json", "windows.jsonl"):
            shutil.copy(_SAMPLE / name, folder)
        importlib.import_module("harness.report.publish").publish(Path(folder))


def shorten() -> None:
    """Have everything that a command does for seconds take less of them where it shows no less."""
    # 64 clients at once keep both CPUs busy for two seconds, three times in each `bench verify`. Each still asks often.
    importlib.import_module("harness.contract.conformance.concurrency")._DURATION_S = 0.5
    # How fast a host is, of which a run in a new folder only tells how long it will take: from one turn, not nine.
    trial = importlib.import_module("harness.host.trial")
    trial._LEAST_TURNS = trial._TURNS = 1
    # Windows keep both CPUs busy. Those of a slow server are made longer all the same, until they hold enough.
    profiles = importlib.import_module("harness.plan.profiles").PROFILES
    smoke = profiles["smoke"]
    timing = smoke.timing.model_copy(update={"ceiling_windows": 1, "capacity_window_s": 0.1})
    profiles["smoke"] = smoke.model_copy(update={"timing": timing})


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _import_all()
    gc.collect()
    gc.freeze()  # No child looks through it for garbage, and so copies it.
    signal.signal(signal.SIGTERM, _end)
    kept = Path(tempfile.mkdtemp())  # A TemporaryDirectory's end would come with that of each child.
    try:
        embedded = importlib.import_module("harness.runtime.database.embedded")
        embedded._make_cluster = copied_cluster.copying(kept)
        Server(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2])).serve()
    except KeyboardInterrupt:
        pass
    finally:
        shutil.rmtree(kept)
