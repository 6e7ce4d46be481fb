"""How often `bench ab` is right, and how soon: simulated runs of known truth.

    python benchmarks/ab_error_rates.py [--runs N]

Two hosts: an ordinary shared one, with the scatter that real runs showed, and a noisy one (windows with a standard
deviation of 12 %, processes with 2.5 %). Six windows a round on each of three endpoints; looks after 4 to 32 rounds.
`excluded` are the runs that end since a slow-down of 3 % is excluded, `rounds` the median of all. docs/comparing.md has
the tables; tests/unit/comparison/test_sequential_error_rates.py repeats them with fewer runs.
"""

import argparse

import numpy as np

from tests.unit.comparison.sequential import FASTER, NOISY, NOT_SLOWER, ORDINARY, SLOWER, ab_test, simulate

SLOWED = (0.0, 0.03, 0.05, 0.10)
WEEKS = 104


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=50_000)
    runs = parser.parse_args().runs
    print("| host | level | B takes more | said slower | said faster | excluded | rounds | interval holds |")
    print("|---|---|---|---|---|---|---|---|")
    for name, host in (("ordinary", ORDINARY), ("noisy", NOISY)):
        for alpha in (0.05, 0.01):
            for slower in SLOWED:
                ended = simulate(runs, slower=(slower,), host=host, test=ab_test(alpha))
                shares = " | ".join(f"{100 * ended.share(each):.1f} %" for each in (SLOWER, FASTER, NOT_SLOWER))
                print(
                    f"| {name} | {100 * alpha:g} % | {100 * slower:g} % | {shares} | {np.median(ended.after):.0f} "
                    f"| {100 * ended.covered.mean():.1f} % |"
                )
    print("\n| level | told apart where B is as A, and nothing but that ends the run |")
    print("|---|---|")
    for alpha in (0.05, 0.01):
        never = ab_test(alpha).model_copy(update={"detect": 1e-9})
        ended = simulate(4 * runs, test=never)
        print(f"| {100 * alpha:g} % | {100 * (ended.share(SLOWER) + ended.share(FASTER)):.2f} % |")
    print("\n| B takes more | in the mean it is said to, where it is said slower | and in all runs |")
    print("|---|---|---|")
    for slower in SLOWED[1:]:
        ended = simulate(runs, slower=(slower,))
        means = (ended.said[ended.outcomes == SLOWER].mean(), ended.said.mean())
        told = " | ".join(f"{100 * np.expm1(mean):.1f} %" for mean in means)
        print(f"| {100 * slower:g} % | {told} |")
    print("\n| apps in each weekly job, none slower | false issues in two years, mean | at most one |")
    print("|---|---|---|")
    for apps in (1, 3, 9):
        ended = simulate(runs // apps, slower=(0.0,) * apps, test=ab_test(alpha=0.01))
        mean = WEEKS * ended.share(SLOWER)
        print(f"| {apps} | {mean:.2f} | {100 * (1 + mean) * np.exp(-mean):.0f} % |")


if __name__ == "__main__":
    main()
