"""Claims held against whole simulated runs of known truth."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.catalog.discover import discover
from harness.claims.commands import command_for
from harness.claims.evaluate import evaluate
from harness.claims.needs import needs_of
from harness.claims.read import ARTICLE, read_claims
from harness.model.app import Endpoint
from harness.model.cell import Subject, Workload
from harness.model.claim import (
    Against,
    BoundCondition,
    Claim,
    ClaimsFile,
    KeptCondition,
    Metric,
    ProbeCondition,
    RatioCondition,
)
from harness.model.claim_values import Combination
from harness.model.framework_probe import FrameworkProbe, FrameworkProbeResult
from harness.model.host import CpuLayout
from harness.model.plan import ProfileName
from harness.model.verdict import ClaimFinding, Verdict
from harness.model.window import Failure
from harness.plan.build import Choices, build_plan
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import Noise, Simulation, subject

QUIET = Noise(window=0.02, process=0.005, common=0.02)


def run(capacities: Mapping[Subject, float], *, noise: Noise = QUIET, rounds: int = 4, seed: int = 1) -> RecordedRun:
    return Simulation(capacities_rps=capacities, noise=noise, rounds=rounds, seed=seed).recorded()


def ratio(subjects: tuple[str, ...], group: tuple[str, ...], **changes: object) -> RatioCondition:
    values: dict[str, object] = {
        "form": "ratio",
        "subjects": subjects,
        "metric": Metric.THROUGHPUT,
        "endpoints": (Endpoint.JSON,),
        "against": Against.EVERY,
        "group": group,
        **({} if {"at_most", "alone"} & changes.keys() else {"at_least": 1.5}),
    }
    return RatioCondition.model_validate(values | changes)


def held(recorded: RecordedRun, *conditions: object, combine: Combination = Combination.ALL) -> ClaimFinding:
    claim = Claim.model_validate({"id": "one", "says": "It is fast.", "condition": conditions, "combine": combine})
    (found,) = evaluate(ClaimsFile(source="a test", claim=(claim,)), recorded).claims
    return found


FAST, SLOW, MIDDLE = subject("fast"), subject("slow"), subject("middle")
THREE = run({FAST: 8_000, SLOW: 2_000, MIDDLE: 4_000, subject("slow", twin=True): 2_000})


def test_a_claim_that_is_true_is_supported_and_one_that_is_not_is_refuted() -> None:
    true = held(THREE, ratio(("fast",), ("slow", "middle")))
    assert true.verdict is Verdict.SUPPORTED
    assert len(true.evidence) == 2
    assert "The weakest of the comparisons" in true.sentence
    assert "middle" in true.sentence.lower()
    false = held(THREE, ratio(("middle",), ("fast", "slow")))
    assert false.verdict is Verdict.REFUTED
    assert "fast" in false.sentence.lower()


@pytest.mark.parametrize(
    ("subjects", "group", "told"),
    [
        (("fast",), ("slow",), "The one comparison that decides it: fast"),
        (("middle",), ("fast", "slow"), "The one comparison that decides it: middle"),
        (("slow",), ("fast", "middle"), "The clearest of the comparisons that decide it: slow"),
    ],
)
def test_one_comparison_is_not_called_the_weakest_or_the_clearest_of_several(
    subjects: tuple[str, ...], group: tuple[str, ...], told: str
) -> None:
    assert held(THREE, ratio(subjects, group)).sentence.startswith(f"{told} (controlled, gunicorn gthread) has")


def test_one_comparison_that_is_not_decided_is_not_called_the_nearest_of_several() -> None:
    noisy = run({FAST: 8_000, SLOW: 5_000, MIDDLE: 5_000}, noise=Noise(window=0.4, process=0.15), rounds=3)
    assert held(noisy, ratio(("fast",), ("slow",))).sentence.startswith(
        "The one comparison that is undecided: fast (controlled, gunicorn gthread) has"
    )


def test_the_median_of_a_group_lies_between_its_middle_members() -> None:
    found = held(THREE, ratio(("middle",), ("fast", "slow", "middle"), against=Against.MEDIAN, at_least=0.9))
    (evidence,) = found.evidence
    assert evidence.value is not None
    assert evidence.value.value == pytest.approx(4_000 / (8_000 * 2_000) ** 0.5, rel=0.03)


def test_alone_means_ahead_by_more_than_a_tie() -> None:
    assert held(THREE, ratio(("fast",), ("slow", "middle"), alone=True)).verdict is Verdict.SUPPORTED
    close = run({FAST: 8_000, MIDDLE: 7_990, SLOW: 2_000, subject("slow", twin=True): 2_000}, rounds=12)
    assert held(close, ratio(("fast",), ("slow", "middle"), alone=True)).verdict is Verdict.REFUTED


def test_less_can_be_claimed() -> None:
    assert held(THREE, ratio(("slow",), ("fast",), at_most=0.5)).verdict is Verdict.SUPPORTED
    assert held(THREE, ratio(("fast",), ("slow",), at_most=0.5)).verdict is Verdict.REFUTED


def test_a_noisy_run_decides_nothing_and_says_how_many_rounds_would() -> None:
    noisy = run({FAST: 8_000, SLOW: 5_000, MIDDLE: 5_000}, noise=Noise(window=0.4, process=0.15), rounds=3)
    found = held(noisy, ratio(("fast",), ("slow",)))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.further_rounds is None or found.further_rounds > 0


def test_an_app_that_was_not_measured_leaves_the_claim_not_run() -> None:
    found = held(THREE, ratio(("fast",), ("slow", "absent")))
    assert found.verdict is Verdict.NOT_RUN
    assert "absent was not measured" in found.sentence


def test_an_endpoint_that_an_app_does_not_declare_leaves_the_claim_not_run_and_says_so() -> None:
    """And not invalid: nothing went wrong."""
    partial = tuple(
        each.model_copy(update={"endpoints": (Endpoint.HELLO,)}) if each.subject == MIDDLE else each
        for each in THREE.run.deployments
    )
    recorded = THREE.model_copy(update={"run": THREE.run.model_copy(update={"deployments": partial})})
    found = held(recorded, ratio(("fast",), ("slow", "middle")))
    assert found.verdict is Verdict.NOT_RUN
    assert "middle does not declare json" in str(found.model_dump())


def test_what_is_not_measured_can_not_save_a_claim_that_fails_elsewhere() -> None:
    needs = ProbeCondition(form="probe", subjects=("fast",), probe=FrameworkProbe.CSRF)
    assert held(THREE, ratio(("fast",), ("slow",)), needs).verdict is Verdict.NOT_RUN
    assert held(THREE, ratio(("slow",), ("fast",)), needs).verdict is Verdict.REFUTED
    assert held(THREE, ratio(("fast",), ("slow",)), needs, combine=Combination.ANY).verdict is Verdict.SUPPORTED


def test_no_verdict_rests_on_an_invalid_cell() -> None:
    """Wrong answers of one app make every claim that needs it invalid, and name the gate."""
    windows = tuple(
        window.model_copy(update={"report": window.report.model_copy(update={"failures": {Failure.WRONG_BODY: 5}})})
        if window.report and window.cell.startswith("slow/")
        else window
        for window in THREE.windows
    )
    spoiled = THREE.model_copy(update={"windows": windows})
    found = held(spoiled, ratio(("fast",), ("slow", "middle")))
    assert found.verdict is Verdict.INVALID
    assert "responses verified" in found.sentence
    assert held(spoiled, ratio(("fast",), ("middle",))).verdict is Verdict.SUPPORTED
    # A comparison that fails elsewhere refutes it all the same.
    assert held(spoiled, ratio(("middle",), ("slow", "fast"))).verdict is Verdict.REFUTED


def test_a_claim_that_holds_for_one_deployment_only_says_so() -> None:
    def deployed(app: str, variant: str) -> Subject:
        return Subject(app=app, variant=variant)

    recorded = run(
        {
            deployed("fast", "controlled"): 8_000,
            deployed("fast", "default"): 2_000,
            deployed("slow", "controlled"): 2_000,
            deployed("slow", "default"): 2_000,
        }
    )
    found = held(recorded, ratio(("fast",), ("slow",)))
    assert found.verdict is Verdict.REFUTED
    assert found.condition_sentence == "It holds for controlled on json; it does not for default on json."


@pytest.mark.simulation
def test_removing_rounds_makes_a_verdict_inconclusive_and_hardly_ever_its_opposite() -> None:
    """Random halves of runs whose truth is not far from the margin."""
    opposite = halves = 0
    contrary = {Verdict.SUPPORTED: Verdict.REFUTED, Verdict.REFUTED: Verdict.SUPPORTED}
    for seed in range(25):
        whole = run(
            {FAST: 3_240, SLOW: 2_000, MIDDLE: 2_100}, noise=Noise(window=0.06, process=0.03), rounds=6, seed=seed
        )
        verdict = held(whole, ratio(("fast",), ("slow",))).verdict
        if verdict not in contrary:
            continue
        for kept in ({0, 1, 2}, {3, 4, 5}, {0, 2, 4}, {1, 3, 5}):
            half = whole.model_copy(
                update={"windows": tuple(window for window in whole.windows if window.round_index in kept)}
            )
            halves += 1
            opposite += held(half, ratio(("fast",), ("slow",))).verdict is contrary[verdict]
    assert halves >= 20
    assert opposite <= 0.05 * halves


@pytest.mark.simulation
def test_wrong_verdicts_are_rare() -> None:
    """The truth lies 12 % to either side of what is claimed; of what is decided, at most one in twenty may be wrong."""
    decided = wrong = 0
    for seed in range(120):
        truth = 1.68 if seed % 2 else 1.34
        recorded = run(
            {FAST: 2_000 * truth, SLOW: 2_000, MIDDLE: 2_100}, noise=Noise(window=0.05, process=0.02), seed=seed
        )
        verdict = held(recorded, ratio(("fast",), ("slow",))).verdict
        if verdict in (Verdict.SUPPORTED, Verdict.REFUTED):
            decided += 1
            wrong += (verdict is Verdict.SUPPORTED) is (truth < 1.5)
    assert decided >= 20
    assert wrong <= 0.05 * decided


def test_the_article_s_file_is_read_and_every_claim_gets_a_verdict() -> None:
    article = read_claims(ARTICLE)
    found = evaluate(article, THREE)
    assert [each.claim.id for each in found.claims] == [claim.id for claim in article.claim]
    verdicts = {each.verdict for each in found.claims}
    assert verdicts == {Verdict.NOT_RUN, Verdict.NOT_TESTABLE}
    assert all(each.sentence for each in found.claims)


def test_the_command_measures_what_the_claim_needs() -> None:
    claim = Claim(id="one", says="It is fast.", condition=(ratio(("fast",), ("slow", "middle")),))
    assert command_for(claim) == "bench run --claim one"
    needs = needs_of(claim)
    assert needs.apps == ("fast", "slow", "middle")
    assert needs.endpoints == (Endpoint.JSON,)
    assert needs.workloads == (Workload.CAPACITY,)


def test_what_every_claim_of_the_article_needs_is_measured_by_the_standard_profile() -> None:
    """Also the numbers of connections and subscribers that conditions name."""
    apps = discover((Path(__file__).parents[3] / "apps",))
    two_for_the_server = CpuLayout(server=(0, 1), generator=(2,), database=(3,))
    plan = build_plan(apps, Choices(profile=ProfileName.STANDARD), two_for_the_server)
    measured = {(cell.workload, cell.connections) for cell in plan.cells}
    for claim in read_claims(ARTICLE).claim:
        needs = needs_of(claim)
        assert {workload for workload, _ in measured} >= set(needs.workloads), claim.id
        assert {number for _, number in measured} >= set(needs.connections), claim.id


def bound(app: str, **changes: object) -> BoundCondition:
    values = {"form": "bound", "subjects": (app,), "metric": Metric.THROUGHPUT, "endpoints": (Endpoint.JSON,)}
    return BoundCondition.model_validate(values | changes)


def test_a_value_can_be_held_against_a_bound_of_its_own() -> None:
    assert held(THREE, bound("fast", at_least=7_000.0)).verdict is Verdict.SUPPORTED
    found = held(THREE, bound("slow", at_least=7_000.0))
    assert found.verdict is Verdict.REFUTED
    assert "requests/s" in found.sentence
    assert held(THREE, bound("fast", at_most=7_000.0)).verdict is Verdict.REFUTED


def grown(capacities: Mapping[int, float]) -> RecordedRun:
    """One app with so many routes beside its own, each with its true capacity."""
    subjects = {Subject(app="one", variant="controlled", extra_routes=extra): rps for extra, rps in capacities.items()}
    recorded = run({**subjects, FAST: 8_000, subject("fast", twin=True): 8_000}, rounds=6)
    cells = tuple(
        cell.model_copy(update={"workload": Workload.ROUTES}) if cell.subject.app == "one" else cell
        for cell in recorded.run.plan.cells
    )
    keys = {old.key: new.key for old, new in zip(recorded.run.plan.cells, cells, strict=True)}
    plan = recorded.run.plan.model_copy(update={"cells": cells})
    windows = tuple(window.model_copy(update={"cell": keys[window.cell]}) for window in recorded.windows)
    return recorded.model_copy(update={"run": recorded.run.model_copy(update={"plan": plan}), "windows": windows})


def kept(**changes: object) -> KeptCondition:
    values = {
        "form": "kept",
        "subjects": ("one",),
        "workload": Workload.ROUTES,
        "at": 1_000,
        "over": 0,
        "at_least": 0.9,
    }
    return KeptCondition.model_validate(values | changes)


def test_a_share_is_kept_or_not() -> None:
    found = held(grown({0: 4_000, 1_000: 3_960}), kept())
    assert found.verdict is Verdict.SUPPORTED
    assert "of its throughput with 1,000 other routes in place of 0" in found.sentence
    lost = held(grown({0: 4_000, 1_000: 2_000}), kept())
    assert lost.verdict is Verdict.REFUTED
    (evidence,) = lost.evidence
    assert evidence.value is not None
    assert evidence.value.value == pytest.approx(0.5, rel=0.03)


def test_what_needs_more_cpus_for_the_servers_says_so() -> None:
    found = held(THREE, kept(subjects=("fast",), workload=Workload.WORKERS, at="most", over=1))
    assert found.verdict is Verdict.NOT_RUN
    assert found.sentence.endswith("workers takes 2 CPUs for the server, and it has 1, as on every host so far.")


def probed(results: tuple[bool | None, ...]) -> RecordedRun:
    return THREE.model_copy(
        update={
            "probes": tuple(
                FrameworkProbeResult(
                    round_index=0, subject=each, probe=FrameworkProbe.CSRF, held=result, found="what it did"
                )
                for each, result in zip((FAST, SLOW, MIDDLE), results, strict=True)
            )
        }
    )


def test_a_probe_decides_by_itself_and_names_who_differs() -> None:
    condition = ProbeCondition(form="probe", subjects=("fast", "slow", "middle"), probe=FrameworkProbe.CSRF)
    assert held(probed((True, True, True)), condition).verdict is Verdict.SUPPORTED
    found = held(probed((True, False, True)), condition)
    assert found.verdict is Verdict.REFUTED
    assert found.condition_sentence is not None
    assert "it does not for slow" in found.condition_sentence
    assert held(probed((True, None, True)), condition).verdict is Verdict.INVALID


def test_so_many_of_several_can_be_claimed() -> None:
    two_hold = [bound("fast", at_least=7_000.0), bound("middle", at_least=3_000.0), bound("slow", at_least=7_000.0)]
    claim = {"id": "one", "says": "It is fast.", "condition": two_hold, "combine": Combination.COUNT}

    def verdict(count: int) -> Verdict:
        file = ClaimsFile(source="a test", claim=(Claim.model_validate(claim | {"count": count}),))
        return evaluate(file, THREE).claims[0].verdict

    assert [verdict(count) for count in (1, 2, 3)] == [Verdict.SUPPORTED, Verdict.SUPPORTED, Verdict.REFUTED]


def test_a_run_that_may_look_again_asks_for_more_at_each_look() -> None:
    """Evidence that is just enough for one look is not when there may be eight."""
    recorded = run({FAST: 3_300, SLOW: 2_000, MIDDLE: 2_100}, noise=Noise(window=0.06, process=0.02), rounds=4, seed=3)
    once = held(recorded, ratio(("fast",), ("slow",)))
    assert once.p_value is not None
    eight = recorded.run.plan.model_copy(update={"looks": 8})
    again = held(
        recorded.model_copy(update={"run": recorded.run.model_copy(update={"plan": eight})}),
        ratio(("fast",), ("slow",)),
    )
    assert again.p_value == once.p_value
    assert (once.verdict is Verdict.SUPPORTED) == (once.p_value < 0.05)
    assert (again.verdict is Verdict.SUPPORTED) == (once.p_value < 0.05 / 8)
