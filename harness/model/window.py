"""The window: one uninterrupted stretch of load on one cell, as asked for and as it went."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from harness.model.app import Endpoint, KeepAlive
from harness.model.base import Contract, Outside


class Mode(StrEnum):
    """Who decides when the next request is sent.

    `closed`: each connection sends its next request when the last one was answered.
    `open`: requests arrive as a Poisson process of a given rate, whatever the server does.
    """

    CLOSED = "closed"
    OPEN = "open"


class Failure(StrEnum):
    """Why a request did not count as answered."""

    CONNECT = "connect"
    """The connection was refused, reset or timed out while it was being opened."""
    TIMEOUT = "timeout"
    CLOSED_EARLY = "closed_early"
    """The peer closed the connection before the response was complete."""
    MALFORMED = "malformed"
    """The bytes received were no HTTP response."""
    STATUS = "status"
    WRONG_BODY = "wrong_body"


class WindowSpec(Contract):
    """What the load driver is asked to do.

    A window has three parts: a lead-in that is not counted, the counted stretch of exactly `duration_s`
    by the engine's own clock, and a drain in which nothing new becomes due and open requests are awaited.
    """

    host: str
    port: int = Field(ge=1, le=65535)
    endpoint: Endpoint
    mode: Mode
    connections: int = Field(ge=1, le=60_000)
    rate_rps: float | None = Field(default=None, gt=0)
    """Mean arrival rate, only in open mode."""
    lead_in_s: float = Field(ge=0)
    duration_s: float = Field(gt=0)
    timeout_s: float = Field(default=5.0, gt=0)
    """A request not answered by then has failed; it also bounds the drain."""
    keep_alive: KeepAlive = True
    """False: the server is known to close after each response, so reopening is no fault. `"mixed"`: nor is it here, and
    what the server keeps open is used again."""
    seed: int = 0
    """Seeds the random ids and, in open mode, the arrival times."""
    ramp_s: float = Field(default=0.0, ge=0)
    """In closed mode, the connections send their first request evenly spread over so long, so that they don't go on in
    step where each answer takes the same time."""
    settle_s: float = Field(default=0.0, ge=0)
    """After the connections are open, the server is left alone for so long to accept them, before the first request."""
    drain: bool = True
    """False: what is under way at the end is not awaited, and all connections are reset. A server that had more to
    do than it could may go on with it nevertheless."""


class WorkerShare(Contract):
    """What one of several generator processes had of a window."""

    name: str
    """Its host's name and its number among the workers."""
    responses: int = Field(ge=0)
    generator_cpu_ns: int = Field(ge=0)
    generator_run_delay_ns: int = Field(ge=0)


class WindowReport(Contract):
    """What happened inside the counted stretch, unless a field says `_total`.

    Times are integers in nanoseconds; histograms are strings in HdrHistogram's compressed V2 format
    (base64), recorded in nanoseconds with 3 significant digits.
    """

    duration_ns: int = Field(gt=0)
    responses: int = Field(ge=0)
    """Closed mode: verified right responses completed within the stretch.
    Open mode: verified right responses, whenever completed, to requests intended within it."""
    failures: dict[Failure, int] = Field(default_factory=dict)
    statuses: dict[int, int] = Field(default_factory=dict)
    """Of those with a wrong status, how many had which; empty in runs from before it was counted."""
    first_failure: Outside | None = None
    """What the first failure looked like: status line and the start of the body, at most 300 characters."""
    reconnects: int = Field(ge=0)
    """Connections opened again after the server had closed them."""
    interim_responses: int | None = Field(default=None, ge=0)
    """Responses such as `103 Early Hints` that came before final ones and were read over; None where they were not
    counted yet."""
    latency: str
    """Closed mode: from sending to complete response. Open mode: from the intended time."""
    latency_sum_ns: int = Field(ge=0)
    """Exact sum over `responses`, for Little's law and means."""
    failed_ns: int | None = Field(default=None, ge=0)
    """Closed mode: for how long the requests that failed within the stretch had been under way, summed up."""
    open_at_start_ns: int | None = Field(default=None, ge=0)
    """Closed mode: for how long the requests that were under way when the stretch began had been so, summed up."""
    open_at_end_ns: int | None = Field(default=None, ge=0)
    """The same when it ended. So `latency_sum_ns + failed_ns + open_at_end_ns - open_at_start_ns` is the time that
    requests were under way within the stretch, to the nanosecond. All three are None where the end of requests was not
    awaited, and in runs from before they were counted."""
    service_time: str | None = None
    """Open mode: from the real sending to the complete response."""
    schedule_lag: str | None = None
    """Open mode: from the intended time to the real sending."""
    arrivals: str | None = None
    """Open mode: when each of `responses` was due, counted from the beginning of the stretch, and its latency
    (harness/arrival_log.py). None in closed mode, and in runs from before it was kept."""
    offered: int | None = None
    """Open mode: requests that were due within the stretch."""
    completed_in_time: int | None = None
    """Open mode: right responses completed within the stretch, whenever they were due."""
    generator_cpu_ns: int = Field(ge=0)
    """CPU time of the generator process(es) during the stretch."""
    generator_run_delay_ns: int = Field(ge=0)
    """Time the generator was ready to run but had no CPU (/proc/self/schedstat)."""
    requests_total: int = Field(ge=0)
    """All requests sent, lead-in and drain included, for comparison with the server's own count."""
    responses_total: int = Field(ge=0)
    """All complete responses received, lead-in and drain included."""
    workers: tuple[WorkerShare, ...] = ()
    """Where several processes drove the window together, the share of each; their times are in the sums above."""
    skew_ns: int | None = None
    """How far apart the workers' stretches began, by their host's clock, or as the master heard of it;
    None for one process alone."""

    @property
    def silent(self) -> bool:
        """Whether the server was asked, and answered nothing in the whole window, nor after it."""
        asked = self.requests_total > 0 or any(self.failures.values())
        return asked and not self.responses_total


class Phase(Contract):
    """What the driver says while a window is under way, so that others can read their meters."""

    event: Literal["opened", "closed"]
    """`opened`: the counted stretch begins. `closed`: it has just ended."""
    at_ns: int
    """The driver's `time.monotonic_ns()`."""
    late_ns: int = Field(default=0, ge=0)
    """How long after that the driver came to say so. Until then it made no load: the host had kept it from its CPU."""


class ProcessMeter(Contract):
    """What was consumed between `opened` and `closed`, read from outside the driver."""

    elapsed_ns: int = Field(gt=0)
    """Between the two readings of this meter, so that jitter in their timing cancels in rates."""
    server_cpu_ns: int = Field(ge=0)
    """CPU time of the server's whole process tree."""
    database_cpu_ns: int | None = Field(default=None, ge=0)
    """CPU time of the database's processes; None where they can't be seen (it was given), or were read too late."""
    steal_ns: int = Field(ge=0)
    """Time stolen by the hypervisor from the CPUs in use, summed over them."""
    throttled_ns: int = Field(default=0, ge=0)
    """Time the server's cgroup was throttled."""
    server_idle_ns: int | None = Field(default=None, ge=0)
    """Time in which nobody had anything to do for the server's CPUs, summed over them; None where it was not read."""
    late_ns: int | None = Field(default=None, ge=0)
    """Where the readings came over a network: the longest time from `opened` or `closed` until its reading was here;
    that of `closed` is asked for a little earlier. A rate is wrong by no more than this time's share in `elapsed_ns`.
    None where they were made on this host."""


class SpeedReading(Contract):
    """How fast the server's CPU was during the counted stretch, by the speed probe, which shares it with the server."""

    samples: int = Field(gt=0)
    work_ns: float = Field(gt=0)
    """Geometric mean of the CPU time that the probe's fixed piece of work took."""


type Stall = tuple[int, Annotated[int, Field(ge=0)]]
"""When a CPU began to stand still, and for how long."""


class StallReading(Contract):
    """When the host let a CPU stand still, as a timer on that CPU saw it, which goes before everything else there.

    Times are in ns and begin with the counted stretch, so that what came before it is negative. A stall begins when
    the timer was last on time: what the CPU did since is not known. It ends when the timer ran again.
    """

    from_ns: int
    """Where it begins to be known: with the window's first request, or before."""
    to_ns: int
    """Where it ends: with the window's last answer, or later."""
    every_ns: int = Field(gt=0)
    """How often the timer is due. A shorter stall may be missed."""
    late_ns: int = Field(gt=0)
    """The timer's being late by less than this counts as being on time."""
    server: tuple[Stall, ...]
    """Of the server's CPUs."""
    generator: tuple[Stall, ...]
    """Of the generator's CPUs."""
    database: tuple[Stall, ...] = ()
    """Of CPUs that only the database has."""
    held: tuple[Stall, ...] | None = None
    """When processes that have no part in a request had a CPU of the server's for `late_ns` or longer, whether or not
    the server needed it. None where that was not seen."""
    database_held: tuple[Stall, ...] = ()
    """The same of CPUs that only the database has."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "StallReading":
        if self.to_ns < self.from_ns:
            raise ValueError("stalls can't have been watched until before they were watched")
        return self
