"""How much do windows of different lengths scatter on this host: few long ones, or many short ones?

    python benchmarks/window_lengths.py [--cpu N] [--seconds S] [--apart S] [--lead-in S]

One CPU does the same small piece of work again and again. For each length of a window it is told how the number of
pieces done in one scatters (standard deviation of the logarithm), and how the mean of as many windows would as fit into
a minute, with what each costs beside what is counted. Windows of one cell stand seconds apart, between those of others,
so that mean takes them to be independent: how alike windows are that lie `--apart` is printed beside it.
"""

import argparse
import os
import time
from math import sqrt

import numpy as np
from numpy.typing import NDArray

LENGTHS_S = (1.0, 0.5, 0.25, 0.125, 0.08, 0.0625, 0.03125)
PIECE = 20_000


def marks_s(seconds: float) -> NDArray[np.float64]:
    """When each piece of work was over, from the beginning."""
    began_s = time.perf_counter()
    found = [0.0]
    while found[-1] < seconds:
        sum(range(PIECE))
        found.append(time.perf_counter() - began_s)
    return np.array(found)


def log_counts(marks: NDArray[np.float64], length_s: float) -> NDArray[np.float64]:
    """The logarithm of the pieces done in each window of this length, parts of pieces included."""
    edges_s = np.arange(0.0, marks[-1], length_s)
    return np.asarray(np.log(np.diff(np.interp(edges_s, marks, np.arange(len(marks))))))


def main() -> None:
    """Print one row for each length."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cpu", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--apart", type=float, default=8.0, help="seconds from a cell's window to its next one")
    parser.add_argument("--lead-in", type=float, default=0.03, help="seconds that a window costs and are not counted")
    chosen = parser.parse_args()
    os.sched_setaffinity(0, {chosen.cpu})
    marks = marks_s(chosen.seconds)
    print("| window | one of them | correlation that far apart | mean of a minute's |\n|---|---|---|---|")
    for length_s in LENGTHS_S:
        logs = log_counts(marks, length_s)
        lag = max(1, round(chosen.apart / length_s))
        alike = float(np.corrcoef(logs[:-lag], logs[lag:])[0, 1])
        number = 60 / (length_s + chosen.lead_in)
        print(f"| {length_s:g} s | {logs.std():.1%} | {alike:.2f} | {logs.std() / sqrt(number):.2%} |")


if __name__ == "__main__":
    main()
