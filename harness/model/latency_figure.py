"""Which number is meant where a latency is told, and the curve that such numbers lie on."""

from enum import StrEnum

from pydantic import Field

from harness.model.base import Contract


class Latency(StrEnum):
    """Which latencies are meant."""

    AS_MET = "as met"
    """Those of all requests."""
    OF_SERVER = "of the server"
    """Those of the requests that no stall of the host had a part in."""


class LatencyFigure(Contract):
    """What is said of latencies in one number."""

    latency: Latency
    quantile: float = Field(gt=0, le=1)

    @property
    def percentile(self) -> str:
        """`p99`."""
        return f"p{self.quantile * 100:g}"

    @property
    def name(self) -> str:
        """`p99 as met`, `p50 of the server`."""
        return f"{self.percentile} {self.latency.value}"


class QuantilePoint(Contract):
    """One point of a percentile curve, of the merged histogram."""

    quantile: float
    us: float
