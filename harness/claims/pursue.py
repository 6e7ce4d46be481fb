"""Measure until one claim is decided.

Looking again and again, and stopping when a verdict shows, finds one by chance sooner or later. So it is looked only
after certain numbers of rounds, and each look has its part of the 5 % (Bonferroni's correction over all looks that
there may be; P. Armitage, C. K. McPherson and B. C. Rowe, "Repeated Significance Tests on Accumulating Data",
Journal of the Royal Statistical Society A 132, 1969, tells how wrong it goes without).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.claims.holm import ALPHA
from harness.model.app_change import LookTaken
from harness.model.claim import Claim, ClaimsFile
from harness.model.verdict import Verdict
from harness.results.folder import read_run

LOOKS: Final = (3, 4, 6, 8, 12, 16, 24, 32)
"""After so many rounds it is looked."""

LEVEL: Final = ALPHA / len(LOOKS)
"""At which each look decides."""


@dataclass(frozen=True)
class Pursuit:
    """The claim, and how long it is pursued at most."""

    claim: Claim
    source: str
    until_s: float | None
    """An instant of `time.monotonic()`; None for as many rounds as are planned."""

    def look(self, folder: Path) -> Callable[[int], LookTaken | None]:
        """Asked after each round of a run, given how many are complete: why it may end; None where it goes on."""

        def look(rounds: int) -> LookTaken | None:
            if rounds in LOOKS and (verdict := self._verdict(folder)) in {Verdict.SUPPORTED, Verdict.REFUTED}:
                return LookTaken(rounds=rounds, ended=f"{self.claim.id} is {verdict.value} after {rounds} rounds")
            if self.until_s is not None and time.monotonic() >= self.until_s:
                return LookTaken(rounds=rounds, ended=f"the time given was over after round {rounds}")
            return None

        return look

    def _verdict(self, folder: Path) -> Verdict:
        from harness.claims.evaluate import evaluate  # noqa: PLC0415 - what judges takes seconds to import

        (found,) = evaluate(ClaimsFile(source=self.source, claim=(self.claim,)), read_run(folder)).claims
        return found.verdict
