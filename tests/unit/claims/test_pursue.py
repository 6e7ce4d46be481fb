"""Whether a run that pursues a claim may end, and how the claim stands where it goes on."""

import time
from pathlib import Path

import pytest

from harness.claims import pursue
from harness.claims.holm import LOOKS
from harness.claims.pursue import Pursuit
from harness.model.claim import Claim
from harness.model.verdict import Verdict
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import Simulation, subject
from tests.unit.claims.test_deployments import a_claim

FASTER = a_claim("flask", "django", at_least=1.0)
FOLDER = Path("reports/a-run")


def of(flask_rps: float) -> RecordedRun:
    """A run of six rounds in which Django answers 1,000 a second."""
    return Simulation(capacities_rps={subject("flask"): flask_rps, subject("django"): 1_000.0}, rounds=6).recorded()


@pytest.fixture
def told() -> list[str]:
    return []


def pursuit(
    monkeypatch: pytest.MonkeyPatch, run: RecordedRun, until_s: float | None = None, claim: Claim = FASTER
) -> Pursuit:
    monkeypatch.setattr(pursue, "read_run", lambda _: run)
    return Pursuit(claim, "a test", until_s)


def test_a_run_ends_as_soon_as_a_look_decides_the_claim(monkeypatch: pytest.MonkeyPatch, told: list[str]) -> None:
    look = pursuit(monkeypatch, of(4_000.0)).look(FOLDER, told.append)
    taken = look(6)
    assert taken is not None
    assert (taken.rounds, taken.ended) == (6, "one is supported after 6 rounds")
    assert told == [], "it is told as the run's end"


@pytest.mark.parametrize(
    ("further_rounds", "more"),
    [
        (1, "; about 1 more round would decide it, if it stays where it is"),
        (12, "; about 12 more rounds would decide it, if it stays where it is"),
        (None, ", and how many rounds would decide it can't be told"),
    ],
)
def test_where_it_goes_on_it_is_told_how_the_claim_stands(
    monkeypatch: pytest.MonkeyPatch, told: list[str], further_rounds: int | None, more: str
) -> None:
    asked = pursuit(monkeypatch, of(1_000.0))
    found = asked._found(FOLDER)
    assert found.verdict is Verdict.INCONCLUSIVE
    monkeypatch.setattr(Pursuit, "_found", lambda *_: found.model_copy(update={"further_rounds": further_rounds}))
    assert asked.look(FOLDER, told.append)(6) is None
    assert told == [f"after round 6: one is inconclusive{more}"]


def test_what_no_further_round_mends_is_named(monkeypatch: pytest.MonkeyPatch, told: list[str]) -> None:
    """An invalid cell may become valid, so the run goes on; whoever waits for it knows what it waits for."""
    run = of(1_000.0)
    lost = tuple(
        each.model_copy(update={"report": None, "lost": "it was cut off"})
        if each.cell.startswith("django/") and each.report
        else each
        for each in run.windows
    )
    look = pursuit(monkeypatch, run.model_copy(update={"windows": lost})).look(FOLDER, told.append)
    assert look(6) is None
    (line,) = told
    assert line.startswith("after round 6: one is invalid: It rests on a cell that failed a gate: ")


@pytest.mark.parametrize("rounds", sorted({*range(1, 33)} - {*LOOKS})[:5])
def test_between_looks_nothing_is_looked_at(monkeypatch: pytest.MonkeyPatch, told: list[str], rounds: int) -> None:
    asked = pursuit(monkeypatch, of(4_000.0))
    monkeypatch.setattr(pursue, "read_run", lambda _: pytest.fail("looked"))
    assert asked.look(FOLDER, told.append)(rounds) is None
    assert told == []


def test_the_time_given_ends_it_after_what_it_shows_was_told(monkeypatch: pytest.MonkeyPatch, told: list[str]) -> None:
    look = pursuit(monkeypatch, of(1_000.0), until_s=time.monotonic() - 1).look(FOLDER, told.append)
    taken = look(6)
    assert taken is not None
    assert taken.ended == "the time given was over after round 6"
    assert len(told) == 1
