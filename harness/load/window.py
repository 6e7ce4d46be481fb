"""One window of load: open, lead in, count, drain."""

import time
from collections.abc import Callable
from typing import Final, Protocol

from harness.contract.answers import EXCHANGES
from harness.load.assignment import Assignment
from harness.load.closed_loop import ClosedLoop
from harness.load.engine import Engine
from harness.load.generator_process import come_to, consumed
from harness.load.open_loop import OpenLoop
from harness.load.tally import WindowTally
from harness.model.window import Mode, Phase, WindowReport, WindowSpec

_NS_PER_S: Final = 1_000_000_000


class Abandoned(Exception):  # noqa: N818 - nothing went wrong in this process
    """The others have given the window up."""


class Rendezvous(Protocol):
    """Where several processes that drive one window together wait for each other."""

    @property
    def abandoned(self) -> Callable[[], bool] | None:
        """Whether the others have given the window up; None where there are no others, which spares asking."""

    def begin(self, engine: Engine) -> None:
        """All connections are open; returns when everybody's are."""

    def end(self, engine: Engine) -> None:
        """The counted stretch is over; keeps the load on until it is over for everybody."""


class Alone:
    """The rendezvous of a process that drives a window by itself."""

    @property
    def abandoned(self) -> None:
        """There are no others."""

    def begin(self, engine: Engine) -> None:
        """Nobody is waited for."""

    def end(self, engine: Engine) -> None:
        """Nobody is waited for."""


def run_window(
    engine: Engine, spec: WindowSpec, announce: Callable[[Phase], None], rendezvous: Rendezvous | None = None
) -> WindowReport:
    """Drive one window over the engine's connections; `rendezvous` where other processes take part in it.

    Raises:
        OSError: the host's name can't be resolved.
        Abandoned: by the others; `engine` has to be ended.
    """
    rendezvous = rendezvous or Alone()
    abandoned = rendezvous.abandoned
    tally = WindowTally(spec.mode)
    pacing = (
        OpenLoop(engine, tally, spec.rate_rps, spec.seed)
        if spec.rate_rps is not None
        else ClosedLoop(engine, spec.ramp_s)
    )
    timeout_ns = int(spec.timeout_s * _NS_PER_S)
    exchange = EXCHANGES[spec.endpoint](spec.host, spec.port, spec.seed)
    engine.begin(Assignment(spec.host, spec.port, exchange, tally, pacing, bool(spec.keep_alive), timeout_ns))
    engine.run(time.monotonic_ns() + timeout_ns, until=engine.settled)
    if spec.settle_s:
        engine.run(time.monotonic_ns() + int(spec.settle_s * _NS_PER_S))
    rendezvous.begin(engine)

    begun_ns = time.monotonic_ns()
    tally.opens_ns = begun_ns + int(spec.lead_in_s * _NS_PER_S)
    tally.closes_ns = tally.opens_ns + int(spec.duration_s * _NS_PER_S)
    pacing.start(begun_ns)
    engine.run(tally.opens_ns, until=abandoned)
    announce(come_to("opened", tally.opens_ns))
    cpu_ns, delay_ns = consumed()
    engine.run(tally.closes_ns, until=abandoned)
    if abandoned is not None and abandoned():
        raise Abandoned
    cpu_after_ns, delay_after_ns = consumed()
    announce(come_to("closed", tally.closes_ns))
    rendezvous.end(engine)
    stopped_ns = max(tally.closes_ns, time.monotonic_ns())
    pacing.stop(stopped_ns)
    if spec.drain:
        engine.run(stopped_ns + timeout_ns, until=pacing.drained)
        engine.give_up()
    engine.end(reset=not spec.drain)

    in_open_mode = spec.mode is Mode.OPEN
    accounted = spec.drain and not in_open_mode
    return WindowReport(
        duration_ns=tally.closes_ns - tally.opens_ns,
        responses=tally.responses,
        failures=dict(tally.failures),
        statuses=dict(tally.statuses),
        first_failure=tally.first_failure,
        reconnects=tally.reconnects,
        interim_responses=tally.interim_responses,
        latency=tally.latency.encode(),
        latency_sum_ns=tally.latency_sum_ns,
        failed_ns=tally.failed_ns if accounted else None,
        open_at_start_ns=tally.open_at_start_ns if accounted else None,
        open_at_end_ns=tally.open_at_end_ns if accounted else None,
        service_time=tally.service_time.encode() if in_open_mode else None,
        schedule_lag=tally.schedule_lag.encode() if in_open_mode else None,
        arrivals=tally.arrival_log().encode() if in_open_mode else None,
        offered=tally.arrivals if in_open_mode else None,
        completed_in_time=tally.completed_in_time if in_open_mode else None,
        generator_cpu_ns=cpu_after_ns - cpu_ns,
        generator_run_delay_ns=delay_after_ns - delay_ns,
        requests_total=engine.requests_total,
        responses_total=engine.responses_total,
    )
