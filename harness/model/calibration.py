"""What the calibration found out: how much load this host's generator can make, and how other tools compare."""

from enum import StrEnum

from pydantic import Field

from harness.model.base import Contract
from harness.model.host import CpuLayout


class Tool(StrEnum):
    """A load generator that is calibrated."""

    ENGINE = "engine"
    FAST_HTTP_USER = "FastHttpUser"
    """Locust's own fast client, on geventhttpclient."""
    HTTP_USER = "HttpUser"
    """Locust's standard client, on requests."""
    WRK = "wrk"


class ToolWindow(Contract):
    """One window of one tool against the trivial responder."""

    tool: Tool
    rps: float = Field(ge=0)
    cpu_us_per_request: float = Field(ge=0)
    """CPU time of the tool per request."""
    responder_cpu_share: float = Field(ge=0)
    """CPU time of the responder over wall time: near 1, it was the limit and not the tool."""
    failures: int = Field(ge=0)
    requests_counted: int = Field(ge=0)
    """By the tool, over the whole window with lead-in and drain."""
    requests_served: int = Field(ge=0)
    """By the responder, over the same time."""


class ToolSummary(Contract):
    """One tool over all its windows; medians."""

    tool: Tool
    windows: int = Field(ge=1)
    rps: float
    rps_low: float
    """Lower quartile."""
    rps_high: float
    """Upper quartile."""
    cpu_us_per_request: float
    responder_cpu_share: float
    failures: int
    """Over all windows."""
    verifies: str
    """What the tool checks of each response."""
    count_difference: int
    """The largest distance, in any window, between the tool's count of requests and the responder's."""


class Ratio(Contract):
    """The engine over another tool, formed within each turn of one window of each."""

    tool: Tool
    rps: float
    """Median of the turns' throughput ratios: above 1, the engine makes more load."""
    rps_low: float
    """Lower quartile."""
    rps_high: float
    """Upper quartile."""
    cpu: float
    """Median of the turns' ratios of CPU time per request: below 1, the engine is cheaper. Steal and a busy
    neighbour change it little."""


class CalibrationResult(Contract):
    """A whole calibration: every tool in turn, window by window, against the same responder."""

    layout: CpuLayout
    connections: int
    window_s: float
    tools: tuple[ToolSummary, ...]
    ratios: tuple[Ratio, ...]
    responder_limited: tuple[Tool, ...]
    """Tools for which the responder had no CPU time left: they could make more load than is shown."""
    windows: tuple[ToolWindow, ...]


class Ceiling(Contract):
    """The generator's own limit on this host, from the calibration at the start of the run."""

    engine_rps: float = Field(gt=0)
    """Median over windows against the trivial responder."""
    engine_cpu_us_per_request: float
    responder_cpu_share: float
    """How busy the responder's CPU was: near 1, it and not the engine was the limit."""
    windows: int

    def attainable_rps(self, cpus: CpuLayout, processes: int) -> float:
        """What so many generator processes can make: what was reached, or what a request's CPU time then allows.

        Where other work was on the CPUs during the calibration, less was reached than can be; CPU time tells. To a
        server on another host there is a network, whose limit counts as well.
        """
        if cpus.load_host_apart or self.engine_cpu_us_per_request <= 0:
            return self.engine_rps
        # Of processes that share a CPU, each has but a part of it.
        able = min(max(1, processes), len(cpus.generator))
        return max(self.engine_rps, able * 1e6 / self.engine_cpu_us_per_request)
