"""`bench claims`: what a run says of each claim."""

from pathlib import Path

from harness.claims.evaluate import evaluate
from harness.claims.needs import needs_of
from harness.claims.read import ARTICLE, read_claims
from harness.claims.unknown import unknown_apps
from harness.cli.output import print_json, say, tell
from harness.cli.recorded import read_chosen
from harness.model.claim import ClaimFinding


def claims(run: str, claims_file: Path | None, *, as_json: bool) -> None:
    """Say of each claim whether RUN supports or refutes it, and with which numbers."""
    file = read_claims(claims_file or ARTICLE)
    _, recorded = read_chosen(run)
    if claims_file:
        of_the_article = {app for claim in read_claims(ARTICLE).claim for app in needs_of(claim).apps}
        known = {subject.app for subject in recorded.run.plan.subjects} | of_the_article
        for sentence in unknown_apps(claims_file, file, known):
            tell(sentence)
    found = evaluate(file, recorded, path=claims_file)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    if found.distrust:
        say(f"This run can't be trusted: {found.distrust}. It decides nothing that rests on its requests.\n")
    for each in found.claims:
        _show(each)


def _show(found: ClaimFinding) -> None:
    say(f"{found.verdict.value.upper():<12}  {found.claim.id}: {found.claim.says}")
    say(f"    {found.sentence}")
    if found.condition_sentence:
        say(f"    {found.condition_sentence}")
    if found.further_rounds:
        say(f"    About {found.further_rounds} more rounds would decide it.")
    if found.command:
        say(f"    {found.command}")
