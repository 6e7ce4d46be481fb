"""`bench` in a process of its own, forked from one that has imported everything.

A run that writes a report imports for seconds (numpy, scipy, pandas, matplotlib), each time the same. So one process
for each worker of the tests imports it all once and forks a child for each command: with a folder, environment, output
and exit code of its own, as if it had been started anew. What a start itself does is for tests that start `bench` for
themselves (`tests/unit/cli/test_start.py`, and whatever sends signals, limits or wraps the command).
"""

import array
import atexit
import gc
import importlib
import json
import os
import pkgutil
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import psutil

from tests import copied_cluster, forked
from tests.waiting import PATIENCE_S

_ROOMS: Final = ("cli", "ci", "report", "measure", "runtime")
"""What imports all the others."""
_MOST_BYTES: Final = 1 << 20


def bench(
    folder: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Carry `bench` out in a folder, with variables beside those of this process.

    Raises:
        TimeoutError: it has not ended; it and what it has started are no more.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        order = {
            "command": ("bench", *arguments),
            "folder": str(folder),
            "environment": {**os.environ, **(environment or {})},
        }
        code = _warm().carry_out(order, out.fileno(), err.fileno())
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
    return subprocess.CompletedProcess(("bench", *arguments), code, *texts)


class _Warm:
    """The process that has imported everything, seen from the tests."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(PATIENCE_S)
        with theirs:
            self._process = subprocess.Popen(
                (sys.executable, "-m", "tests.warm", str(theirs.fileno())),
                pass_fds=(theirs.fileno(),),
                cwd=Path(__file__).parents[1],
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            )
        atexit.register(self.end)

    def carry_out(self, order: object, out: int, err: int) -> int:
        self._socket.sendmsg(
            [json.dumps(order).encode(errors="surrogateescape")],
            [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [out, err]))],
        )
        pid = int(self._socket.recv(_MOST_BYTES))
        try:
            return int(self._socket.recv(_MOST_BYTES))
        except TimeoutError:
            child = psutil.Process(pid)
            for each in (child, *child.children(recursive=True)):
                each.kill()
            self._socket.recv(_MOST_BYTES)
            raise

    def end(self) -> None:
        self._socket.close()
        self._process.wait()


@cache
def _warm() -> _Warm:
    return _Warm()


def _serve(connection: socket.socket) -> None:
    """In the process that has imported everything: fork for each order, tell its process id, and then how it ended."""
    # One of its threads is jemalloc's, which pyarrow brings, and jemalloc is made for being forked.
    warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
    while True:
        text, descriptors, *_ = socket.recv_fds(connection, _MOST_BYTES, 2)
        if not text:
            return
        child = os.fork()
        if child == 0:
            connection.close()
            forked.connect(os.open(os.devnull, os.O_RDONLY), *descriptors)
            forked.be_bench(json.loads(text.decode(errors="surrogateescape")))
        for each in descriptors:
            os.close(each)
        connection.send(str(child).encode())
        _, status = os.waitpid(child, 0)
        connection.send(str(os.waitstatus_to_exitcode(status)).encode())


def _import_all() -> None:
    for room in _ROOMS:
        package = importlib.import_module(f"harness.{room}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    forked.import_all()
    # 64 clients at once keep both CPUs busy for two seconds, three times in each `bench verify`. Each still asks often.
    importlib.import_module("harness.contract.conformance.concurrency")._DURATION_S = 0.5
    importlib.import_module("harness.model.base").build_contracts()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _import_all()
    gc.collect()
    gc.freeze()  # No child looks through it for garbage, and so copies it.
    kept = Path(tempfile.mkdtemp())
    copied_cluster.share(kept)
    _serve(socket.socket(fileno=int(sys.argv[1])))
    shutil.rmtree(kept)
