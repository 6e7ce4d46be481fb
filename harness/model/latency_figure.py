"""Which number is meant where a latency is told, the curve that these lie on, and how many requests one takes."""

from collections.abc import Collection
from enum import StrEnum
from math import ceil
from typing import Final

from pydantic import Field

from harness.model.base import Contract

MIN_BEYOND: Final = 4.0
"""A quantile is known where so many requests lie beyond it: with fewer, its 95 % interval by order statistics, which
reaches 1.96 standard errors of the rank to either side, ends beyond the slowest request that was seen."""

MIN_RESPONSES_FOR_LATENCY: Final = 100
"""Of a cell of latency: as many as show a p99 in one round."""

SPARE: Final = 1.2
"""So many times as many rounds are advised as would come to just enough: requests arrive by chance."""


class Latency(StrEnum):
    """Which latencies are meant."""

    AS_MET = "as met"
    """Those of all requests."""
    OF_SERVER = "of the server"
    """Those of the requests that no stall of the host had a part in."""


def percentile_words(quantile: float) -> str:
    """`p99`."""
    return f"p{quantile * 100:g}"


class LatencyFigure(Contract):
    """What is said of latencies in one number."""

    latency: Latency
    quantile: float = Field(gt=0, le=1)

    @property
    def percentile(self) -> str:
        """`p99`."""
        return percentile_words(self.quantile)

    @property
    def name(self) -> str:
        """`p99 as met`, `p50 of the server`."""
        return f"{self.percentile} {self.latency.value}"


class QuantilePoint(Contract):
    """One point of a percentile curve, of the merged histogram."""

    quantile: float
    us: float


def requests_for(quantile: float) -> int:
    """How many requests of all rounds together a quantile takes."""
    return ceil(round(MIN_BEYOND / (1 - quantile), 6))


def requests_in_a_round(quantile: float) -> int:
    """How many it takes of one round at least: by median ranks, the slowest of fewer stands before it."""
    return ceil(round((1 + quantile) / (3 * (1 - quantile)), 6))


def comes_short_of(quantile: float, in_a_round: float, rounds: int) -> str | None:
    """What a quantile takes and so many requests in each of so many rounds come short of; None where they tell it."""
    if in_a_round * rounds < (needed := requests_for(quantile)):
        return f"{needed:,} requests"
    if in_a_round < (needed := requests_in_a_round(quantile)):
        return f"{needed:,} requests in a round"
    return None


def few_requests_words(
    quantile: float, requests: Collection[float] = (), rounds: int = 0, came_words: str = "came"
) -> str:
    """That a quantile takes more requests than some cells had in so many rounds, and what would be enough.

    Args:
        quantile: Which is not known.
        requests: Of each of the cells; empty where that is not known.
        rounds: In so many.
        came_words: Which requests count.
    """
    name, needed = percentile_words(quantile), requests_for(quantile)
    if not requests:
        return f"too few requests tell its {name}, which takes {needed:,}"
    least, most = round(min(requests)), round(max(requests))
    of_each, more = requests_in_a_round(quantile), "a longer --profile has more"
    if least >= needed:
        return f"a {name} takes {of_each:,} requests in a round, and fewer {came_words}: {more}"
    number = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    told = f"{number} {came_words} in {rounds:,} round{'' if rounds == 1 else 's'}"
    if least < of_each * rounds:  # However many rounds there are, each of them has too few.
        return f"a {name} takes {needed:,} requests, {of_each:,} of them in each round, and {told}: {more}"
    return f"a {name} takes {needed:,} requests, and {told}: {enough_words(needed, least, rounds)}"


def enough_words(needed: int, came: float, rounds: int) -> str:
    """What would come to enough requests, where so many came in so many rounds."""
    if came < 1:
        return "a longer --profile has more"
    return f"--rounds {enough_rounds(needed, came, rounds)} or a longer --profile would be enough"


def enough_rounds(needed: int, came: float, rounds: int) -> int:
    """How many rounds would come to so many requests, where so many came in so many rounds."""
    return ceil(SPARE * rounds * needed / came)
