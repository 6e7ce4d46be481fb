"""A load that runs as long as Locust's test does, outside of any window."""

import logging
import time
from argparse import Namespace
from typing import Final
from urllib.parse import urlsplit

import gevent
from locust.env import Environment
from locust.runners import LocalRunner, WorkerRunner

from harness.contract.answers import EXCHANGES
from harness.load.assignment import Assignment
from harness.load.closed_loop import ClosedLoop
from harness.load.engine import Engine
from harness.load.locust_tally import LocustTally
from harness.load.open_loop import OpenLoop
from harness.load.user import EngineUser
from harness.model.app import Endpoint
from harness.model.errors import ExitCode, UsageError
from harness.model.window import Mode

WORKERS_OPTION: Final = "engine_workers"
"""Under this name the master tells its workers how many they are, among the options that it sends them."""

_log = logging.getLogger(__name__)

_TIMEOUT_NS: Final = 5_000_000_000
_FOLD_EVERY_NS: Final = 250_000_000
_ENDLESS_NS: Final = 2**62
_HTTP_PORT: Final = 80


class ContinuousLoad:
    """Ties the engine to the start and stop of Locust's test in this process."""

    def __init__(self, environment: Environment) -> None:
        EngineUser.engine = self._engine = Engine()
        self._greenlet: gevent.Greenlet[..., None] | None = None
        environment.events.test_start.add_listener(self.start)  # type: ignore[no-untyped-call]
        environment.events.test_stopping.add_listener(self.stop)  # type: ignore[no-untyped-call]

    def start(self, environment: Environment, **_: object) -> None:
        """Turn the engine to the host and endpoint that were asked for, or end Locust if they can't be used."""
        runner, options = environment.runner, environment.parsed_options
        if not isinstance(runner, LocalRunner | WorkerRunner) or options is None:
            raise TypeError("only a process that runs users, started by the command line, has a load to keep up")
        try:
            self._begin(environment, options, runner.worker_index)
        except (UsageError, OSError) as error:
            _log.error("%s", error)
            environment.process_exit_code = ExitCode.USAGE
            gevent.spawn(runner.quit)

    def _begin(self, environment: Environment, options: Namespace, seed: int) -> None:
        host, port = _address(environment.host)
        endpoint, mode = Endpoint(options.endpoint), Mode(options.mode)
        tally = LocustTally(environment, f"/{endpoint.value}")
        pacing = OpenLoop(self._engine, tally, _share(options), seed) if mode is Mode.OPEN else ClosedLoop(self._engine)
        exchange = EXCHANGES[endpoint](host, port, seed)
        self._engine.begin(Assignment(host, port, exchange, tally, pacing, keep_alive=True, timeout_ns=_TIMEOUT_NS))
        self._tally = tally
        now_ns = time.monotonic_ns()
        pacing.start(now_ns)
        self._engine.agenda.at(now_ns + _FOLD_EVERY_NS, self._fold)
        self._greenlet = gevent.spawn(self._engine.run, _ENDLESS_NS)

    def stop(self, environment: Environment, **_: object) -> None:  # noqa: ARG002 - Locust's signature
        """Stop the engine before the users go, so that nothing fails for want of a connection."""
        if self._greenlet is not None:
            self._greenlet.kill()
            self._greenlet = None
            self._engine.end()

    def _fold(self) -> None:
        self._tally.fold()
        self._engine.agenda.at(time.monotonic_ns() + _FOLD_EVERY_NS, self._fold)


def _address(url: str | None) -> tuple[str, int]:
    parts = urlsplit(url or "")
    if parts.scheme != "http" or not parts.hostname:
        raise UsageError(f"'{url or ''}' is no address to load", hint="give one such as -H http://127.0.0.1:8000")
    return parts.hostname, parts.port or _HTTP_PORT


def _share(options: Namespace) -> float:
    """This process's part of the offered rate: Poisson processes add up to one."""
    if options.rate <= 0:
        raise UsageError("an open loop needs a rate", hint="give requests per second, such as --rate 500")
    return float(options.rate) / int(getattr(options, WORKERS_OPTION, 1))
