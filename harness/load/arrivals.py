"""When the requests of an open loop arrive: a Poisson process, the same for the same seed."""

from collections.abc import Iterator
from itertools import count, takewhile
from typing import Final

import numpy as np

_CHUNK: Final = 1024
_NS_PER_S: Final = 1_000_000_000


def poisson_arrivals(rate_rps: float, start_ns: int, seed: int) -> Iterator[int]:
    """Instants of a Poisson process, ascending, without end: the gaps are exponential with mean 1/rate."""
    generator = np.random.default_rng(seed)
    origin = float(start_ns)
    elapsed = 0.0
    while True:
        instants = elapsed + generator.exponential(_NS_PER_S / rate_rps, _CHUNK).cumsum()
        elapsed = float(instants[-1])
        yield from (instants.astype(np.int64) + int(origin)).tolist()


def seed_of_usual_number(rate_rps: float, lead_in_s: float, duration_s: float, seed: int) -> int:
    """The next seed by which as many requests arrive in the counted stretch of a window as do on average.

    Of a few dozen that are expected, chance makes a fifth more or less, and a cost per second follows that. A Poisson
    process of which the number is given is one of instants drawn evenly and each by itself (J. F. C. Kingman, "Poisson
    Processes", 1993, section 2.4), so nothing else of it is changed. About one seed of sqrt(2 pi expected) is such.

    Args:
        rate_rps: Mean rate of arrivals.
        lead_in_s: What comes before the stretch.
        duration_s: Of the stretch; rate and duration are to make a whole number.
        seed: Where it is begun to look.
    """
    opens_ns, closes_ns = int(lead_in_s * _NS_PER_S), int(lead_in_s * _NS_PER_S) + int(duration_s * _NS_PER_S)
    expected = round(rate_rps * duration_s)

    def number(of: int) -> int:
        until = takewhile(lambda at_ns: at_ns < closes_ns, poisson_arrivals(rate_rps, 0, of))
        return sum(at_ns >= opens_ns for at_ns in until)

    return next(each for each in count(seed) if number(each) == expected)
