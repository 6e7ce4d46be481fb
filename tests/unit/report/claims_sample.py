"""Claims of every kind with a verdict of every kind, for reports that no run stands behind."""

import random
from datetime import date

from pydantic import HttpUrl

from harness.claims.commands import command_for, command_together
from harness.claims.read import ARTICLE, read_claims
from harness.claims.verdict_sentences import claim_sentence, condition_sentence
from harness.model.claim import Claim, DeploymentName, RatioCondition
from harness.model.findings import Estimate
from harness.model.plan import ProfileName
from harness.model.verdict import ClaimFinding, ClaimFindings, Evidence, Verdict

DECIDED = (Verdict.SUPPORTED, Verdict.REFUTED, Verdict.INCONCLUSIVE, Verdict.INVALID)
READ_AT = {"link": HttpUrl("https://example.org/" + "0123456789abcdef" * 8), "accessed": date(2026, 11, 26)}
HOSTILE_REASON = "flask/controlled:json: responses verified: <script>alert('gate')</script>"


def claim_findings(run_id: str, draw: random.Random, rounds: int) -> ClaimFindings:
    article = read_claims(ARTICLE)
    claims = tuple(
        _finding(claim.model_copy(update=READ_AT), place, draw, rounds) for place, claim in enumerate(article.claim)
    )
    not_run = [each.claim for each in claims if each.verdict is Verdict.NOT_RUN]
    return ClaimFindings(
        run_id=run_id,
        source=article.source,
        decided=4,
        claims=claims,
        command=command_together(not_run, ProfileName.STANDARD),
        together=tuple(each.id for each in not_run),
    )


def _finding(claim: Claim, place: int, draw: random.Random, rounds: int) -> ClaimFinding:
    ratios = [condition for condition in claim.condition if isinstance(condition, RatioCondition)]
    verdict = DECIDED[place % len(DECIDED)] if ratios else Verdict.NOT_RUN
    if claim.not_testable:
        verdict = Verdict.NOT_TESTABLE
    evidence = tuple(
        _evidence(condition, subject, other, deployment, verdict, draw)
        for condition in ratios
        for deployment in DeploymentName
        for subject in condition.subjects
        for other in condition.group[:3]
    )
    return ClaimFinding(
        claim=claim,
        verdict=verdict,
        p_value=0.01 if evidence else None,
        sentence=claim_sentence(claim, verdict, evidence, ("the workload `feed`",)),
        condition_sentence=condition_sentence(evidence),
        evidence=evidence,
        rounds=rounds,
        further_rounds=7 if verdict is Verdict.INCONCLUSIVE else None,
        further="About 11 rounds would decide it, 7 more than this run has." if verdict is Verdict.INCONCLUSIVE else "",
        command=command_for(claim),
    )


def _evidence(  # noqa: PLR0913, PLR0917 - a sample has many sides
    condition: RatioCondition,
    subject: str,
    other: str,
    deployment: DeploymentName,
    verdict: Verdict,
    draw: random.Random,
) -> Evidence:
    value = draw.uniform(0.6, 3)
    invalid = verdict is Verdict.INVALID
    return Evidence(
        form="ratio",
        subject=subject,
        others=(other,),
        subject_title=subject.capitalize(),
        other_title=other.capitalize(),
        deployment=deployment,
        metric=condition.metric,
        endpoint=condition.endpoints[0] if condition.endpoints else None,
        value=None if invalid else Estimate(value=value, low=value * 0.95, high=value * 1.06),
        low_margin=1.48,
        high_margin=1.52,
        wants_more=condition.at_most is None,
        verdict=verdict,
        reason=HOSTILE_REASON if invalid else None,
    )
