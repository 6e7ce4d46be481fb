"""Measure until one claim is decided, looking only after certain numbers of rounds (`harness.claims.holm`)."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.claims.commands import origin_of
from harness.claims.holm import LOOKS
from harness.model.app_change import LookTaken
from harness.model.claim import Claim, ClaimsFile
from harness.model.verdict import ClaimFinding, Verdict
from harness.results.folder import read_run


@dataclass(frozen=True)
class Pursuit:
    """The claim, and how long it is pursued at most."""

    claim: Claim
    source: str
    until_s: float | None
    """An instant of `time.monotonic()`; None for as many rounds as are planned."""

    def look(self, folder: Path, tell: Callable[[str], None]) -> Callable[[int], LookTaken | None]:
        """Asked after each round of a run, given how many are complete: why it may end; None where it goes on.

        How the claim stands where it is not decided is told: so it is seen what a run that goes on is waiting for.
        """

        def look(rounds: int) -> LookTaken | None:
            if rounds in LOOKS:
                found = self._found(folder)
                if found.verdict in {Verdict.SUPPORTED, Verdict.REFUTED}:
                    ended = f"{self.claim.id} is {found.verdict.value} after {rounds} rounds"
                    return LookTaken(rounds=rounds, ended=ended)
                tell(f"after round {rounds}: {stands(found)}")
            if self.until_s is not None and time.monotonic() >= self.until_s:
                return LookTaken(rounds=rounds, ended=f"the time given was over after round {rounds}")
            return None

        return look

    def _found(self, folder: Path) -> ClaimFinding:
        from harness.claims.evaluate import evaluate  # noqa: PLC0415 - what judges takes seconds to import

        recorded = read_run(folder)
        origin = origin_of(recorded.run, folder.name, under_way=True)
        (found,) = evaluate(ClaimsFile(source=self.source, claim=(self.claim,)), recorded, origin=origin).claims
        return found


def stands(found: ClaimFinding) -> str:
    """How a claim stands that is not decided yet, in a line of a run that goes on."""
    told = f"{found.claim.id} is {found.verdict.value}"
    if found.verdict is not Verdict.INCONCLUSIVE:
        return f"{told}: {found.sentence}"
    if found.further_rounds is None:
        return f"{told}, and how many rounds would decide it can't be told"
    more = f"{found.further_rounds:,} more round{'' if found.further_rounds == 1 else 's'}"
    return f"{told}; about {more} would decide it, if it stays where it is"
