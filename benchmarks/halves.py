"""Whether half of a run ever says the opposite of the whole.

`python benchmarks/halves.py RUN [--halves N]` draws random halves of a run's rounds, holds the article's claims
against each, and prints how often a verdict became the contrary one. A half knows less, so `inconclusive` is to be
expected; a claim that is supported by one half and refuted by the whole, or the other way round, is not.
"""

import argparse
import random
from collections import Counter
from itertools import combinations
from pathlib import Path

from harness.claims.evaluate import evaluate
from harness.claims.read import ARTICLE, read_claims
from harness.model.verdict import Verdict
from harness.results.folder import read_run, resolve_run
from harness.results.records import RecordedRun

CONTRARY = {Verdict.SUPPORTED: Verdict.REFUTED, Verdict.REFUTED: Verdict.SUPPORTED}


def of_rounds(recorded: RecordedRun, kept: frozenset[int]) -> RecordedRun:
    """The run as if only these rounds had been measured; probes are no part of a round."""
    return recorded.model_copy(
        update={
            "windows": tuple(window for window in recorded.windows if window.round_index in kept),
            "starts": tuple(start for start in recorded.starts if start.round_index in kept),
            "rounds_complete": len(kept),
        }
    )


def verdicts(recorded: RecordedRun) -> dict[str, Verdict]:
    """The verdict on each of the article's claims."""
    return {found.claim.id: found.verdict for found in evaluate(read_claims(ARTICLE), recorded).claims}


def main() -> None:
    """Print one line for each claim, and the sum."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("--halves", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    whole = read_run(resolve_run(Path("reports"), arguments.run))
    rounds = sorted({window.round_index for window in whole.windows})
    size = len(rounds) // 2
    every = [frozenset(chosen) for chosen in combinations(rounds, size)]
    halves = random.Random(arguments.seed).sample(every, min(arguments.halves, len(every)))
    said = verdicts(whole)
    of_halves: dict[str, Counter[Verdict]] = {claim: Counter() for claim in said}
    for half in halves:
        for claim, verdict in verdicts(of_rounds(whole, half)).items():
            of_halves[claim][verdict] += 1
    opposite = compared = 0
    for claim, verdict in said.items():
        counts = ", ".join(f"{count} {each.value}" for each, count in of_halves[claim].most_common())
        print(f"{claim:<22} {verdict.value:<14} halves: {counts}")
        if verdict in CONTRARY:
            compared += len(halves)
            opposite += of_halves[claim][CONTRARY[verdict]]
    share = opposite / compared if compared else 0.0
    of = f"{len(halves)} halves of {size} of {len(rounds)} rounds"
    print(f"{of}; the opposite of the whole in {opposite} of {compared} ({share:.1%})")


if __name__ == "__main__":
    main()
