"""How often do intervals of p99 ratios hold the truth where a server pauses once in a while?

    python benchmarks/rare_pauses.py [RUNS]

Runs of `quick` are simulated: twelve servers alike, of four rounds with eight windows of 250 requests, whose requests
queue up behind each other now and then. Eight of the servers do nothing else; in each of the others a pause, as by a
garbage collection, meets 40 requests at a time: 0.3, 0.6, 1 and 2 % of all, in the long run. The truth is the p99 of a
million requests. Printed is how often 95 % intervals of ratios contain that of two servers, and the median of their
half widths, by what share of requests the pauses of one of them meet: with the p99 of each round by itself, as reports
have it (`round by round`), and with that of all rounds together, whose scatter is that of what is left without each
of them (J. Shao and C. F. J. Wu, "A General Theory for Jackknife Variance Estimation", Annals of Statistics
17(3), 1989).
"""

import sys
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from harness.analysis.intervals import ratio
from harness.analysis.moderation import fit_prior
from harness.analysis.table import Table

type Array = NDArray[np.float64]

ROUNDS, WINDOWS, REQUESTS = 4, 8, 250
PAUSED = (*[0.0] * 8, 0.003, 0.006, 0.01, 0.02)
"""Share of the requests of each server that a pause meets."""
MET, LONG = 40, 40.0
"""How many requests a pause meets, and how many median latencies the first of them waits."""
ROUND_SD, SERVER_SD, WINDOW_VARIANCE = 0.15, 0.03, 0.03
OF_A_MILLION = 4_000


def latencies(generator: np.random.Generator, paused: float, windows: int = WINDOWS) -> Array:
    """Of so many windows, in medians of what a request takes by itself."""
    found = np.exp(0.5 * generator.standard_normal((windows, REQUESTS)))
    for window in found:
        for _ in range(generator.poisson(1.0)):
            length = generator.integers(5, 15)
            begins = generator.integers(0, REQUESTS - length)
            window[begins : begins + length] *= generator.uniform(2, 5)
        for _ in range(generator.poisson(paused * REQUESTS / MET)):
            met = window[generator.integers(0, REQUESTS) :][:MET]
            met += np.linspace(LONG, 2.0, MET)[: len(met)]
    return np.asarray(found.ravel())


def log_p99(parts: Sequence[Array]) -> float:
    """Of all of them together."""
    return float(np.log(np.quantile(np.concatenate(parts), 0.99, method="median_unbiased")))


def together(rounds: Sequence[Array]) -> Array:
    """One value for each round, whose mean is the p99 of all rounds, and whose scatter is the jackknife's."""
    without = np.array([log_p99([*rounds[:place], *rounds[place + 1 :]]) for place in range(len(rounds))])
    return log_p99(rounds) - (len(rounds) - 1) * (without - without.mean())


def main() -> None:
    """Print one row for each way and share."""
    runs = int(sys.argv[1]) if sys.argv[1:] else 200
    generator = np.random.default_rng(20_261_129)
    truth = {paused: log_p99([latencies(generator, paused, OF_A_MILLION)]) for paused in dict.fromkeys(PAUSED)}
    found = defaultdict[tuple[str, float], list[tuple[bool, float]]](list)
    for _ in range(runs):
        slow = np.exp(ROUND_SD * generator.standard_normal(ROUNDS))
        own = np.exp(SERVER_SD * generator.standard_normal((len(PAUSED), ROUNDS)))
        servers = [
            [latencies(generator, paused) * slow[place] * row[place] for place in range(ROUNDS)]
            for paused, row in zip(PAUSED, own, strict=True)
        ]
        ways = {
            "round by round": [[log_p99([each]) for each in rounds] for rounds in servers],
            "all rounds together": [together(rounds) for rounds in servers],
        }
        for way, rows in ways.items():
            columns = np.array(rows)
            present, variances = np.ones(columns.shape, dtype=bool), np.full(len(PAUSED), WINDOW_VARIANCE)
            table = Table(columns, columns.mean(axis=1), present, variances, indices=tuple(range(ROUNDS)))
            prior = fit_prior([table])
            for one, other in combinations(range(len(PAUSED)), 2):
                if not PAUSED[one]:
                    interval = ratio(table, prior, other, one)
                    error = interval.value - (truth[PAUSED[other]] - truth[PAUSED[one]])
                    contained = abs(error) <= interval.half_width
                    found[way, PAUSED[other]].append((contained, float(np.expm1(interval.half_width))))
    print(f"{'p99':20} {'met by a pause':>15} {'contain the truth':>18} {'half width':>11}")
    for (way, paused), each in sorted(found.items()):
        contained, widths = zip(*each, strict=True)
        print(f"{way:20} {paused:15.1%} {np.mean(contained):18.1%} {np.median(widths):11.1%}")


if __name__ == "__main__":
    main()
