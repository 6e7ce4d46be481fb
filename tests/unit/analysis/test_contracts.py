"""Who breaks the contract stands apart from every ranking."""

from harness.analysis.analyse import analyse
from harness.model.app import Endpoint
from harness.model.cell import Subject
from harness.model.conformance import CheckResult, Conformance, Outcome
from harness.model.window import SpeedReading
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import Simulation, subject

FAST, SLOW, MIDDLE = subject("fast"), subject("slow"), subject("middle")
THREE = Simulation(capacities_rps={FAST: 8_000, SLOW: 2_000, MIDDLE: 4_000}).recorded()


def checked(who: Subject, outcome: Outcome) -> Conformance:
    result = CheckResult(
        check="unknown path", endpoint=Endpoint.JSON, outcome=outcome, found="status 200", expected="404", elapsed_s=0.1
    )
    return Conformance(round_index=0, subject=who, results=(result,))


def with_checks(*checks: Conformance) -> RecordedRun:
    return THREE.model_copy(update={"conformance": checks})


def test_the_fastest_takes_no_rank_where_it_breaks_the_contract() -> None:
    found = analyse(with_checks(checked(FAST, Outcome.FAILED), checked(SLOW, Outcome.PASSED)))
    for ranking in found.rankings:
        assert {row.subject for row in ranking.rows} == {SLOW, MIDDLE}
        assert ranking.rows[0].rank == 1
        assert [each.subject for each in ranking.apart] == [FAST]
        assert ranking.apart[0].value.value > ranking.rows[0].value.value
    assert [(each.subject, each.failed) for each in found.broken] == [(FAST, ("json, unknown path: status 200",))]


def test_ratios_as_counted_are_those_of_the_same_apps() -> None:
    """Or else what the host's speed changed would be told of a ratio that the run does not have."""
    reading = SpeedReading(samples=25, work_ns=1e4)
    probed = tuple(each.model_copy(update={"speed": reading}) for each in THREE.windows)
    both = with_checks(checked(FAST, Outcome.FAILED), checked(SLOW, Outcome.FAILED))
    for recorded, has_ratios in ((THREE, True), (both, False)):
        found = analyse(recorded.model_copy(update={"windows": probed}))
        assert found.speed
        assert (found.median_ratio_half_width is not None) is has_ratios
        assert (found.speed.median_ratio_half_width_as_counted is not None) is has_ratios


def test_they_are_not_even_ranked_among_themselves() -> None:
    found = analyse(with_checks(*(checked(each, Outcome.FAILED) for each in (FAST, SLOW, MIDDLE))))
    assert all(not ranking.rows and len(ranking.apart) == 3 for ranking in found.rankings)


def test_the_last_check_of_a_resumed_run_holds() -> None:
    found = analyse(with_checks(checked(FAST, Outcome.FAILED), checked(FAST, Outcome.PASSED)))
    assert found.broken == ()
    assert all(not ranking.apart for ranking in found.rankings)
