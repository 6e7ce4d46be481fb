"""Loads an app with Locust and nothing else of the harness.

    locust -f harness/load/locustfile.py -H http://127.0.0.1:8000 --endpoint json --headless -u 32 -r 32 -t 10s

Each user is one connection. Locust's web UI, `--processes` and master with workers serve as usual.
"""

import logging
from typing import Final

from locust import events
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from harness.contract.answers import EXCHANGES
from harness.load.continuous_load import WORKERS_OPTION, ContinuousLoad
from harness.load.user import EngineUser
from harness.model.app import Endpoint
from harness.model.window import Mode

QUANTILES: Final = (0.5, 0.9, 0.99, 0.999, 1.0)

log = logging.getLogger(__name__)


class BenchUser(EngineUser):
    """One connection to the app."""


@events.init_command_line_parser.add_listener  # type: ignore[untyped-decorator]
def add_arguments(parser: LocustArgumentParser) -> None:
    """Declare what can be chosen on the command line and in the web UI."""
    parser.add_argument(
        "--endpoint",
        choices=[endpoint.value for endpoint in EXCHANGES],
        default=Endpoint.HELLO.value,
        help="what to request",
    )
    parser.add_argument(
        "--mode",
        choices=[mode.value for mode in Mode],
        default=Mode.CLOSED.value,
        help="closed: as fast as the app answers; open: Poisson arrivals at --rate",
    )
    parser.add_argument("--rate", type=float, default=0.0, help="requests per second of all users, in open mode")


@events.init.add_listener  # type: ignore[untyped-decorator]
def prepare(environment: Environment, **_: object) -> None:
    """Give each process that runs users its engine."""
    if not isinstance(environment.runner, MasterRunner):
        ContinuousLoad(environment)


@events.test_start.add_listener  # type: ignore[untyped-decorator]
def tell_workers_their_number(environment: Environment, **_: object) -> None:
    """Let the workers divide the rate among them: the master sends its options with the order to start."""
    if isinstance(environment.runner, MasterRunner):
        setattr(environment.parsed_options, WORKERS_OPTION, environment.runner.worker_count)


@events.init.add_listener  # type: ignore[untyped-decorator]
def show_percentiles(environment: Environment, **_: object) -> None:
    """Say the latencies to 3 significant digits in the end; Locust's own table shows whole milliseconds."""

    def show(**_: object) -> None:
        total = environment.stats.total
        if total.response_times and not isinstance(environment.runner, WorkerRunner):
            shown = (f"p{100 * quantile:g} {total.get_response_time_percentile(quantile):g}" for quantile in QUANTILES)
            log.info("latency in ms: %s", ", ".join(shown))

    # Not `quitting`, which comes before the last answers are in the statistics.
    environment.events.quit.add_listener(show)  # type: ignore[no-untyped-call]
