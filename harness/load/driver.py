"""The load driver: a long-lived process that measures one window after another.

`python -m harness.load.driver` reads commands from standard input and writes replies to standard output, one JSON
object a line (`harness.load.driver_protocol`); it logs to standard error, and ends when standard input does.
"""

import argparse
import logging
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

import gevent
import locust
from gevent.queue import Queue
from gevent.socket import wait_read
from locust.env import Environment
from pydantic import ValidationError

from harness.companion import bind_to_harness, cpu_argument, go_first
from harness.load.crowds.chat import run_chat
from harness.load.crowds.feed import run_feed
from harness.load.driver_protocol import (
    COMMANDS,
    Announcement,
    ChatDone,
    Fault,
    FeedDone,
    Hello,
    Quit,
    Ready,
    StartChat,
    StartFeed,
    StartWindow,
    WindowDone,
)
from harness.load.engine import Engine
from harness.load.generator_process import allow_connections, freeze
from harness.load.team import JOIN_S, Team
from harness.load.user import DriverUser, EngineUser
from harness.load.window import run_window
from harness.model.base import Contract
from harness.model.crowds.chat import ChatReport, ChatSpec
from harness.model.crowds.crowd import CrowdSpec
from harness.model.crowds.feed import FeedReport, FeedSpec
from harness.model.errors import OutOfStep, RuntimeFault
from harness.model.window import Phase, WindowReport, WindowSpec

_READ_BYTES: Final = 65_536
_POLL_S: Final = 0.001


class Generator(Protocol):
    """Whatever drives a window: this process alone, or a team of workers."""

    def assemble(self, patience_s: float) -> object:
        """Wait until it can drive a window; raises RuntimeFault where it can't within this time."""

    def window(self, spec: WindowSpec, announce: Callable[[Phase], None]) -> WindowReport:
        """Drive one window."""

    def feed(self, spec: FeedSpec, announce: Callable[[Phase], None]) -> FeedReport:
        """Hold subscribers for one window."""

    def chat(self, spec: ChatSpec, announce: Callable[[Phase], None]) -> ChatReport:
        """Hold members of rooms for one window."""


class Soloist:
    """This process alone.

    Locust's users are kept from window to window: a window of as many connections as the last spawns nobody.
    """

    def __init__(self) -> None:
        EngineUser.engine = self.engine = Engine()
        self._runner = Environment(user_classes=[DriverUser]).create_local_runner()

    def assemble(self, patience_s: float) -> None:
        """Nobody has to be waited for."""

    def window(self, spec: WindowSpec, announce: Callable[[Phase], None]) -> WindowReport:
        """Drive one window with one user for each connection.

        Raises:
            RuntimeFault: the host's name can't be resolved.
        """
        return self._driven(run_window, spec, spec.connections, announce)

    def feed(self, spec: FeedSpec, announce: Callable[[Phase], None]) -> FeedReport:
        """Hold one user's connection for each subscriber.

        Raises:
            RuntimeFault: the host's name can't be resolved.
        """
        return self._driven(run_feed, spec, spec.subscribers, announce)

    def chat(self, spec: ChatSpec, announce: Callable[[Phase], None]) -> ChatReport:
        """Hold one user's connection for each member.

        Raises:
            RuntimeFault: the host's name can't be resolved.
        """
        return self._driven(run_chat, spec, spec.members, announce)

    def _driven[Spec: WindowSpec | CrowdSpec, Report](
        self,
        run: Callable[[Engine, Spec, Callable[[Phase], None]], Report],
        spec: Spec,
        users: int,
        announce: Callable[[Phase], None],
    ) -> Report:
        self._muster(users)
        try:
            return run(self.engine, spec, announce)
        except OSError as error:
            raise RuntimeFault(f"no load on {spec.host}:{spec.port}: {error}", hint="check host and limits") from error

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
    parser.add_argument("--workers", type=int, default=0, help="have so many processes drive each window; 0: this one")
    parser.add_argument(
        "--listen",
        metavar="HOST:PORT",
        help="await the workers here, from whichever host, instead of starting them (see harness.load.worker)",
    )
    parser.add_argument("--join-s", type=float, default=JOIN_S, help="how long they may take (default: %(default)s)")
    arguments = parser.parse_args()
    bind_to_harness(arguments.cpus)
    allow_connections()
    # A master has little to do, and has to hear at once what its workers say.
    scheduling = go_first(priority=2 if arguments.workers else 1)
    # Locust warns of a spawn rate above 100 a second; its users do nothing here.
    logging.getLogger("locust").setLevel(logging.ERROR)

    replies = Replies()
    lines: Queue[bytes] = Queue()
    gevent.spawn(_read_lines, lines)
    generator = Team(arguments.workers, arguments.listen, cpus=arguments.cpus) if arguments.workers else Soloist()
    if isinstance(generator, Team) and generator.go_along:
        scheduling = "SCHED_OTHER"
    freeze()
    ready = partial(_ready, generator, arguments.join_s, scheduling)
    while _serve(lines.get(), generator, replies, ready):
        pass


def _ready(generator: Generator, join_s: float, scheduling: str) -> Ready:
    generator.assemble(join_s)
    return Ready(pid=os.getpid(), locust_version=locust.__version__, scheduling=scheduling)


def _serve(line: bytes, generator: Generator, replies: Replies, ready: Callable[[], Ready]) -> bool:
    """Carry out one command; False when it was the last."""
    try:
        command = COMMANDS.validate_json(line)
    except ValidationError as error:
        replies.send(Fault(what=f"the load driver did not understand a command: {_first(error)}", hint=_USAGE))
        return True
    try:
        match command:
            case Hello():
                replies.send(ready())
            case StartWindow(spec=spec):
                report = generator.window(spec, lambda phase: replies.send(Announcement(phase=phase)))
                replies.send(WindowDone(report=report))
            case StartFeed(spec=spec):
                feed = generator.feed(spec, lambda phase: replies.send(Announcement(phase=phase)))
                replies.send(FeedDone(report=feed))
            case StartChat(spec=spec):
                chat = generator.chat(spec, lambda phase: replies.send(Announcement(phase=phase)))
                replies.send(ChatDone(report=chat))
            case Quit():
                return False
    except RuntimeFault as error:
        replies.send(Fault(what=error.what, hint=error.hint, out_of_step=isinstance(error, OutOfStep)))
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


if __name__ == "__main__":
    main()
