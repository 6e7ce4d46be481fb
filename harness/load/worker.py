"""One of several processes that drive windows together: `python -m harness.load.worker --master HOST:PORT`.

It joins a driver that was started with `--workers`, on this host or another, and leaves with it.
"""

import argparse
import logging
import os
import time
from typing import Any, Final

from gevent.event import Event
from gevent.lock import Semaphore
from locust.env import Environment
from locust.runners import WorkerRunner

from harness.companion import bind_to_harness, cpu_argument, go_along, go_first
from harness.load.driver_protocol import Order, Said
from harness.load.engine import Engine
from harness.load.generator_process import allow_connections, freeze
from harness.load.team import ABANDON, GO, ORDER, RELEASE, SAID
from harness.load.user import DriverUser, EngineUser
from harness.load.window import Abandoned, run_window
from harness.model.window import Phase, WindowSpec

_GO_S: Final = 30.0
"""Longest wait for the others; a master that says nothing for so long has given the window up."""
_NS_PER_S: Final = 1_000_000_000


class Worker:
    """Drives its share of each window that the master orders."""

    def __init__(self, host: str, port: int) -> None:
        """Join the master at this address; raises ConnectionError where none answers for minutes."""
        EngineUser.engine = self._engine = Engine()
        environment = Environment(user_classes=[DriverUser])
        self._go, self._release = Event(), Event()
        self._one_at_a_time = Semaphore()
        self._window = 0
        self._abandoned = 0
        """The last window that the master has given up; with it, all before it."""
        self.runner: WorkerRunner = environment.create_worker_runner(host, port)
        self.runner.register_message(ORDER, self._ordered, concurrent=True)
        self.runner.register_message(GO, self._told)
        self.runner.register_message(RELEASE, self._told)
        self.runner.register_message(ABANDON, self._told)

    def abandoned(self) -> bool:
        """Whether the master has given the window up."""
        return self._window <= self._abandoned

    def begin(self, engine: Engine) -> None:  # noqa: ARG002 - of the rendezvous
        """Say that the connections are open, and wait for the others'."""
        self._say(settled=True)
        if not self._go.wait(_GO_S):
            raise TimeoutError(f"the master said nothing for {_GO_S:g} s")

    def end(self, engine: Engine) -> None:
        """Keep the load on until the master releases everybody."""
        engine.run(time.monotonic_ns() + int(_GO_S * _NS_PER_S), until=self._release.is_set)

    def _ordered(self, environment: Environment, msg: Any, **_: object) -> None:  # noqa: ANN401, ARG002 - Locust's form
        order = Order.model_validate(msg.data)
        with self._one_at_a_time:  # A window that the master has given up may still be draining.
            if order.window <= self._abandoned:  # before it began here, as where this process stood still
                return
            self._window = order.window
            self._go.clear()
            self._release.clear()
            try:
                self._drive(order.spec)
            except OSError as error:
                self._say(fault=f"no load on {order.spec.host}:{order.spec.port}: {error}")

    def _drive(self, spec: WindowSpec) -> None:
        try:
            report = run_window(self._engine, spec, lambda phase: self._say(phase=phase), rendezvous=self)
        except Abandoned:
            self._engine.end()
            return
        except TimeoutError:
            self._engine.end()
            raise
        self._say(report=report)

    def _told(self, environment: Environment, msg: Any, **_: object) -> None:  # noqa: ANN401, ARG002 - Locust's form
        window = msg.data["window"]
        if msg.type == ABANDON:
            self._abandoned = max(self._abandoned, window)
        if window == self._window:
            for event, told in ((self._go, GO), (self._release, RELEASE)):
                if msg.type in (told, ABANDON):
                    event.set()
            # The engine may be asleep on its sockets.
            self._engine.agenda.at(time.monotonic_ns(), _wake_up)

    def _say(self, **what: Phase | object) -> None:
        said = Said.model_validate({"window": self._window, **what})
        self.runner.send_message(SAID, said.model_dump(mode="json"))


def main() -> None:
    """Serve until the master quits or is gone."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--master", required=True, metavar="HOST:PORT", help="where the driver awaits its workers")
    parser.add_argument("--cpus", type=cpu_argument, help="CPUs to run on, such as 1 or 2,3; by default any")
    parser.add_argument("--first", action="store_true", help="run before everything else on its CPUs; for one a CPU")
    parser.add_argument("--with-parent", action="store_true", help="end with the process that started it")
    arguments = parser.parse_args()
    host, _, port = arguments.master.rpartition(":")
    if arguments.with_parent:
        bind_to_harness(arguments.cpus)
    elif arguments.cpus:
        os.sched_setaffinity(0, arguments.cpus)
    allow_connections()
    if arguments.first:
        go_first()
    else:
        go_along()
    logging.getLogger("locust").setLevel(logging.ERROR)
    worker = Worker(host, int(port))
    freeze()
    worker.runner.greenlet.join()


def _wake_up() -> None:
    """Nothing: that the timer has ended the wait is enough."""


if __name__ == "__main__":
    main()
