"""A window of Locust's own users: what their process is asked for, and what it answers."""

from pydantic import Field

from harness.model.base import Contract


class StockWindow(Contract):
    """What the process is asked for."""

    port: int
    responder_clock: int
    """The responder's CPU clock, as `time.clock_gettime_ns` takes it."""
    connections: int
    lead_in_s: float
    duration_s: float


class StockReport(Contract):
    """What it answers."""

    requests: int
    elapsed_ns: int = Field(gt=0)
    cpu_ns: int
    responder_cpu_ns: int
    failures: int
    requests_total: int
    """With lead-in; a request that was under way when its user was stopped is not in it."""
