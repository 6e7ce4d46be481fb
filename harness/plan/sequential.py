"""When a run of two revisions is looked at."""

from typing import Final

from harness.model.plan import SequentialTest

LOOKS: Final = (4, 6, 8, 12, 16, 24, 32)
"""After so many rounds. Two or three show no scatter to speak of; beyond 32, a slow-down is smaller than anybody cares
for."""


def sequential_test(rounds: int | None, detect: float, alpha: float) -> SequentialTest:
    """The looks within so many rounds, the last of them after all; usually after as many as ever decide."""
    most = rounds or LOOKS[-1]
    return SequentialTest(looks=(*(look for look in LOOKS if look < most), most), alpha=alpha, detect=detect)
