"""The load driver: a long-lived process that measures one window after another.

`python -m harness.load.driver` reads commands from standard input and writes replies to standard output, one JSON
object a line (`harness.load.protocol`); it logs to standard error, and ends when standard input does.
"""

import argparse
import gc
import logging
import os
import resource
import sys
from collections.abc import Callable
from typing import Final

import gevent
import locust
from gevent.queue import Queue
from gevent.socket import wait_read
from locust.env import Environment
from pydantic import ValidationError

from harness.companion import bind_to_harness, cpu_argument, go_first
from harness.load.engine import Engine
from harness.load.protocol import COMMANDS, Announcement, Fault, Hello, Quit, Ready, StartWindow, WindowDone
from harness.load.user import EngineUser
from harness.load.window import run_window
from harness.model.base import Contract
from harness.model.window import Phase, WindowReport, WindowSpec

_READ_BYTES: Final = 65_536
_POLL_S: Final = 0.001


class _DriverUser(EngineUser):
    """Concrete, so that Locust spawns it."""


class Crew:
    """Locust's users, kept from window to window: a window of as many connections as the last spawns nobody."""

    def __init__(self) -> None:
        EngineUser.engine = self.engine = Engine()
        self._runner = Environment(user_classes=[_DriverUser]).create_local_runner()

    def window(self, spec: WindowSpec, announce: Callable[[Phase], None]) -> WindowReport:
        """Drive one window with one user for each connection.

        Raises:
            OSError: the host's name can't be resolved.
        """
        self._muster(spec.connections)
        return run_window(self.engine, spec, announce)

    def _muster(self, users: int) -> None:
        present = len(self.engine.connections)
        if users == present:
            return
        self._runner.start(user_count=users, spawn_rate=max(users, present))
        while len(self.engine.connections) != users:
            gevent.sleep(_POLL_S)


class Replies:
    """Writes replies to what was standard output; from then on, stray prints go to standard error."""

    def __init__(self) -> None:
        self._fd = os.dup(sys.stdout.fileno())
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def send(self, reply: Contract) -> None:
        """Write one line, all of it before this returns."""
        line = memoryview(reply.model_dump_json().encode() + b"\n")
        while line:
            line = line[os.write(self._fd, line) :]


def main() -> None:
    """Serve commands until told to quit or until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cpus", type=cpu_argument, help="CPUs to run on, such as 1 or 2,3; by default any")
    arguments = parser.parse_args()
    bind_to_harness(arguments.cpus)
    _allow_connections()
    scheduling = go_first()
    # Locust warns of a spawn rate above 100 a second; its users do nothing here.
    logging.getLogger("locust").setLevel(logging.ERROR)

    replies = Replies()
    lines: Queue[bytes] = Queue()
    gevent.spawn(_read_lines, lines)
    crew = Crew()
    gc.collect()
    gc.freeze()  # what is loaded by now stays: no need to look at it again during a window
    while _serve(lines.get(), crew, replies, scheduling):
        pass


def _serve(line: bytes, crew: Crew, replies: Replies, scheduling: str) -> bool:
    """Carry out one command; False when it was the last."""
    try:
        command = COMMANDS.validate_json(line)
    except ValidationError as error:
        replies.send(Fault(what=f"the load driver did not understand a command: {_first(error)}", hint=_USAGE))
        return True
    match command:
        case Hello():
            replies.send(Ready(pid=os.getpid(), locust_version=locust.__version__, scheduling=scheduling))
        case StartWindow(spec=spec):
            try:
                report = crew.window(spec, lambda phase: replies.send(Announcement(phase=phase)))
            except OSError as error:
                replies.send(Fault(what=f"no load on {spec.host}:{spec.port}: {error}", hint="check host and limits"))
            else:
                replies.send(WindowDone(report=report))
        case Quit():
            return False
    return True


_USAGE: Final = """send one JSON object a line, such as {"command": "hello"} or {"command": "quit"}"""


def _first(error: ValidationError) -> str:
    fault = error.errors()[0]
    return f"{'.'.join(map(str, fault['loc']))} {fault['msg']}".strip()


def _read_lines(lines: Queue[bytes]) -> None:
    """Hand on what comes from standard input; end the process, whatever it is doing, when that ends."""
    stdin = sys.stdin.fileno()
    received = b""
    while True:
        wait_read(stdin)
        data = os.read(stdin, _READ_BYTES)
        if not data:
            os._exit(0)
        *complete, received = (received + data).split(b"\n")
        for line in complete:
            if line.strip():
                lines.put(line)


def _allow_connections() -> None:
    """Each connection is an open file, and the usual soft limit is 1,024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    main()
