"""What does `bench compare` find between two runs? On simulated pairs of known truth; not a test.

`python benchmarks/comparison_power.py [--pairs 300] [DESIGN ...]` prints the rows of the table in docs/method.md.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace

from harness.comparison.across import compare
from harness.model.comparison import Outcome
from harness.plan.profiles import PROFILES, ProfileName
from tests.unit.comparison.simulated import STANDARD, Design, Host, a_run

SLOWED = "app3"
TIMES = 1.1
ROUNDS = {ProfileName.STANDARD: 4, ProfileName.QUICK: 5}
"""As many as fit into their limits on two cores."""
CALM, NOISY = Host(window=0.05), Host(window=0.12)
"""Scatter of windows of an eighth of a second, the speed probe's part taken out. Those of a quarter scattered by 4.5
and 11 % on a calm host and on a shared one; half as long ones scatter by a tenth more (`window_lengths.py`)."""


def today(name: ProfileName, variants: int) -> Design:
    """What a profile measures today."""
    profile = PROFILES[name]
    windows = profile.timing.capacity_windows
    return Design(variants=variants, endpoints=profile.capacity, rounds=ROUNDS[name], windows=windows)


TODAY = today(ProfileName.STANDARD, 2)
DESIGNS: dict[str, tuple[Design, Host]] = {
    "standard": (TODAY, CALM),
    "quick": (today(ProfileName.QUICK, 1), CALM),
    "standard, cells that scatter by 2 %": (TODAY, replace(CALM, cell=0.02)),
    "standard, windows that scatter by 12 %": (TODAY, NOISY),
    "standard as it was": (STANDARD, Host()),
}


def row(design: Design, host: Host, pairs: int) -> Sequence[float]:
    """Shares of pairs, and of the slowed app's lines, as the table has them; last that of regressions."""
    found: list[tuple[float, ...]] = []
    for seed in range(pairs):
        before = a_run(2 * seed, design, host)
        alike = compare(before, a_run(2 * seed + 1, design, host))
        slower = compare(before, a_run(2 * seed + 1, design, host, times={SLOWED: TIMES}))
        worse = slower.of(Outcome.WORSE, Outcome.REGRESSION)
        own = [each.cell.subject.app == SLOWED for each in worse]
        lines = sum(each.cell.subject.app == SLOWED for each in slower.changes)
        regressed = any(each.cell.subject.app == SLOWED for each in slower.regressions)
        found.append((alike.no_difference, any(own), sum(own) / lines, not all(own), regressed))
    return [sum(each) / pairs for each in zip(*found, strict=True)]


def main() -> None:
    """Print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=300)
    parser.add_argument("designs", nargs="*", metavar="DESIGN")
    arguments = parser.parse_args()
    if unknown := {*arguments.designs} - DESIGNS.keys():
        parser.error(f"no design {', '.join(sorted(unknown))}; there are {', '.join(DESIGNS)}")
    print("no difference, slower by 10 % found, its lines found, another blamed, a regression")
    for name in arguments.designs or DESIGNS:
        design, host = DESIGNS[name]
        told = ", ".join(f"{share:.1%}" for share in row(design, host, arguments.pairs))
        print(f"{name}: {told}", flush=True)


if __name__ == "__main__":
    main()
