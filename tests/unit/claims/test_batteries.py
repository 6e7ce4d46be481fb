"""What a run says of the article's claims on sessions, validation, authentication and batteries."""

import pytest

from harness.claims.evaluate import evaluate
from harness.claims.read import ARTICLE, read_claims
from harness.model.base import BATTERIES_SITE
from harness.model.cell import Subject
from harness.model.framework_probe import FrameworkProbe as Probe
from harness.model.framework_probe import FrameworkProbeResult
from harness.model.verdict import ClaimFinding, Verdict
from tests.unit.analysis.simulate import Simulation, subject

APPS = ("django", "flask", "bottle", "fastapi", "sanic", "pyramid", "tornado")
PARTS = (Probe.ORM, Probe.MIGRATIONS, Probe.FORMS, Probe.AUTHENTICATION, Probe.SESSIONS, Probe.TEMPLATES, Probe.ADMIN)
SESSION = (Probe.SESSION_UNREADABLE, Probe.SESSION_UNCHANGEABLE, Probe.SESSION_ENCRYPTED)
INPUT = (Probe.INPUT_REFUSED, Probe.INPUT_ANSWERED_4XX)
RUN = Simulation(capacities_rps={subject("flask"): 4_000.0, subject("django"): 1_000.0}, rounds=2).recorded()
BROUGHT = {
    "django": {*PARTS, Probe.SESSION_UNREADABLE, Probe.SESSION_UNCHANGEABLE, Probe.INPUT_REFUSED},
    "flask": {Probe.TEMPLATES, Probe.SESSIONS, Probe.SESSION_UNCHANGEABLE},
    "bottle": {Probe.TEMPLATES, Probe.SESSION_UNCHANGEABLE},
    "fastapi": set(INPUT),
}


def found(claim: str, brought: dict[str, set[Probe]], unknown: dict[str, set[Probe]] | None = None) -> ClaimFinding:
    """What is not brought is not offered."""
    results = tuple(
        FrameworkProbeResult(
            round_index=0,
            subject=Subject(app=app, variant=BATTERIES_SITE),
            probe=probe,
            held=None if probe in (unknown or {}).get(app, ()) else probe in brought.get(app, ()),
            offered=probe in brought.get(app, ()),
            found="what it did",
        )
        for app in APPS
        for probe in (*PARTS, *SESSION, *INPUT)
    )
    file = read_claims(ARTICLE)
    only = file.model_copy(update={"claim": tuple(each for each in file.claim if each.id == claim)})
    (finding,) = evaluate(only, RUN.model_copy(update={"probes": results})).claims
    return finding


@pytest.mark.parametrize(
    ("claim", "verdict", "condition"),
    [
        ("encrypted-sessions", Verdict.REFUTED, None),
        ("input-validation", Verdict.REFUTED, "It holds for fastapi; it does not for django, flask"),
        ("authentication", Verdict.REFUTED, "It holds for Django; it does not for Flask"),
        ("batteries", Verdict.SUPPORTED, None),
        ("micro-core-only", Verdict.SUPPORTED, None),
    ],
)
def test_what_was_found_of_the_frameworks_decides(claim: str, verdict: Verdict, condition: str | None) -> None:
    finding = found(claim, BROUGHT)
    assert finding.verdict is verdict
    assert (finding.condition_sentence or "").lower().startswith((condition or "").lower())
    assert bool(finding.condition_sentence) is bool(condition)


@pytest.mark.parametrize("part", PARTS)
def test_each_part_that_a_full_stack_framework_lacks_refutes(part: Probe) -> None:
    finding = found("batteries", {**BROUGHT, "django": BROUGHT["django"] - {part}})
    assert finding.verdict is Verdict.REFUTED
    assert "it brings " in finding.sentence
    assert "not offered: what it did" in finding.sentence


@pytest.mark.parametrize("part", [Probe.ORM, Probe.MIGRATIONS, Probe.FORMS, Probe.AUTHENTICATION, Probe.ADMIN])
def test_each_part_beyond_the_core_that_a_microframework_brings_refutes(part: Probe) -> None:
    finding = found("micro-core-only", {**BROUGHT, "bottle": {part}})
    assert finding.verdict is Verdict.REFUTED
    assert "it does not bring " in finding.sentence


def test_sessions_of_all_frameworks_that_are_secret_and_safe_and_encrypted_would_support() -> None:
    assert found("encrypted-sessions", {app: set(SESSION) for app in APPS}).verdict is Verdict.SUPPORTED
    assert found("encrypted-sessions", {app: set(SESSION[:2]) for app in APPS}).verdict is Verdict.REFUTED


def test_what_could_not_be_tried_decides_nothing() -> None:
    finding = found("batteries", BROUGHT, unknown={"django": {Probe.ADMIN}})
    assert finding.verdict is Verdict.INVALID
    assert "the probe for admin" in finding.sentence
