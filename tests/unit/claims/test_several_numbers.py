"""A claim says with how many connections or subscribers, and no bound on a count is one that it can't go beyond."""

from pathlib import Path

import pytest

from harness.claims.decidable import see_that_it_is_decidable
from harness.claims.evaluate import evaluate
from harness.claims.read import read_claims
from harness.claims.within_reach import MANY_CPUS, profile_for
from harness.model.cell import Cell
from harness.model.claim import Claim, ClaimsFile
from harness.model.errors import UsageError
from harness.model.plan import ProfileName
from harness.model.verdict import ClaimFinding, Verdict
from harness.plan.build import Choices, build_plan
from harness.results.records import RecordedRun
from harness.results.run_folders import CLAIMS_FILE, HEADER_FILE
from tests.unit.analysis.climbed import climbed
from tests.unit.analysis.simulate import subject
from tests.unit.claims.test_full_cpus import NEITHER, waiting
from tests.unit.claims.test_refused import refusal
from tests.unit.plan.manifests import app_with

FILE = """source = "me"

[[claim]]
id = "first"
says = "It holds many."

[[claim.condition]]
form = "bound"
subjects = ["flask"]
"""
DELIVERED = 'metric = "events_delivered_share"\nat_least = 0.99\n'
LAG = 'metric = "event_lag_p99_us"\nat_most = 1_000_000\n'
HELD = 'metric = "subscribers_held"\nat_least = 1000\n'
IN_FLIGHT = 'metric = "requests_in_flight"\nendpoints = ["wait"]\nat_least = 100\n'
CONCURRENCY = 'metric = "throughput_rps"\nworkload = "concurrency"\nendpoints = ["json"]\nat_least = 100\n'
CPU = 'metric = "server_cpu_us_per_request"\nworkload = "concurrency"\nendpoints = ["json"]\nat_most = 100\n'
OPEN = {
    DELIVERED: "events_delivered_share by feed is measured with several numbers of subscribers: say with how many",
    LAG: "event_lag_p99_us by feed is measured with several numbers of subscribers: say with how many",
    IN_FLIGHT: "requests_in_flight by waiting is measured with several numbers of connections: say with how many",
    CONCURRENCY: "throughput_rps by concurrency is measured with several numbers of connections: say with how many",
    CPU: "server_cpu_us_per_request by concurrency is measured with several numbers of connections: say with how many",
}
APPS = (app_with("flask", ("json", "wait", "feed", "chat"), controlled=()),)


def kept(text: str, folder: Path) -> Claim:
    """The claim of a file that lies with a run."""
    (folder / HEADER_FILE).touch()
    file = folder / CLAIMS_FILE
    file.write_text(text, encoding="utf-8")
    (claim,) = read_claims(file).claim
    return claim


def found(claim: Claim, recorded: RecordedRun) -> ClaimFinding:
    (finding,) = evaluate(ClaimsFile(source="a test", claim=(claim,)), recorded).claims
    return finding


@pytest.mark.parametrize(("condition", "told"), OPEN.items())
def test_which_of_several_numbers_is_meant_has_to_be_said(tmp_path: Path, condition: str, told: str) -> None:
    assert f"claims.toml, line 7: claim 1, condition 1, connections: {told}" in refusal(tmp_path, FILE + condition)
    kept(f"{FILE}{condition}connections = 512\n", tmp_path)


@pytest.mark.parametrize("metric", ["subscribers_held", "members_served"])
def test_the_most_of_all_names_none(tmp_path: Path, metric: str) -> None:
    file = tmp_path / CLAIMS_FILE
    file.write_text(FILE + HELD.replace("subscribers_held", metric), encoding="utf-8")
    assert len(read_claims(file).claim) == 1


def test_a_workload_that_does_not_give_a_metric_is_told_alone(tmp_path: Path) -> None:
    wrong = CONCURRENCY.replace('"concurrency"', '"feed"')
    assert refusal(tmp_path, FILE + wrong).endswith("workload: throughput_rps is not measured by feed")


@pytest.mark.parametrize("condition", OPEN)
def test_a_file_of_an_old_run_is_read_and_means_no_number_of_several(tmp_path: Path, condition: str) -> None:
    claim = kept(FILE + condition, tmp_path)
    plan = build_plan(APPS, Choices(profile=ProfileName.STANDARD), MANY_CPUS)
    with pytest.raises(UsageError, match="the claim does not say with how many"):
        see_that_it_is_decidable(claim, plan, APPS)
    with pytest.raises(UsageError, match="no profile has what first asks for"):
        profile_for(claim)
    smoke = build_plan(APPS, Choices(profile=ProfileName.SMOKE), MANY_CPUS)
    assert see_that_it_is_decidable(claim, smoke, APPS) is None


@pytest.mark.parametrize("condition", [DELIVERED, LAG])
def test_of_several_feeds_none_is_taken(tmp_path: Path, condition: str) -> None:
    claim = kept(FILE + condition, tmp_path)
    several = found(claim, climbed({subject("flask"): {1_000: [1_000] * 3, 2_000: [2_000] * 3}}))
    assert several.verdict is Verdict.NOT_RUN
    assert "does not say with how many subscribers, of 1,000 and 2,000: give one as connections" in several.sentence
    assert several.command == ""
    one = found(claim, climbed({subject("flask"): {1_000: [1_000] * 3}}))
    assert one.verdict is (Verdict.SUPPORTED if condition == DELIVERED else Verdict.INCONCLUSIVE)


def test_of_several_numbers_of_connections_none_is_taken(tmp_path: Path) -> None:
    claim = kept(FILE.replace("flask", "many") + IN_FLIGHT, tmp_path)
    recorded = waiting(NEITHER)
    assert found(claim, recorded).verdict is Verdict.SUPPORTED

    def with_few(cell: Cell) -> tuple[Cell, Cell]:
        return cell.model_copy(update={"connections": 16}), cell

    plan = recorded.run.plan
    cells = tuple(each for cell in plan.cells for each in with_few(cell))
    run = recorded.run.model_copy(update={"plan": plan.model_copy(update={"cells": cells})})
    several = found(claim, recorded.model_copy(update={"run": run}))
    assert several.verdict is Verdict.NOT_RUN
    assert "does not say with how many connections, of 16 and 512" in several.sentence


MOST = [
    ("subscribers_held", "connections = 1000", "at_least = 1000", "1,000", "999"),
    ("subscribers_held", "connections = 5000", "at_least = 6000", "5,000", "4995"),
    ("subscribers_held", "connections = 60000", "at_most = 60000", "60,000", "59940"),
    ("subscribers_held", "connections = 1", "at_least = 1", "1", "0.999"),
    ("members_served", "connections = 500", "at_least = 500", "500", "499"),
    ("events_delivered_share", "connections = 500", "at_least = 1", "1", "0.999"),
    ("requests_in_flight", 'connections = 512\nendpoints = ["wait"]', "at_least = 500", "512", "496"),
]


@pytest.mark.parametrize("case", MOST)
def test_a_bound_that_a_count_can_not_go_beyond_is_refused(tmp_path: Path, case: tuple[str, ...]) -> None:
    metric, keys, bound, most, instead = case
    text = f'{FILE}metric = "{metric}"\n{bound}\n{keys}\n'
    key = bound.partition(" ")[0]
    assert refusal(tmp_path, text).endswith(
        f"claims.toml, line 11: claim 1, condition 1, {key}: {metric} can't be more than {most}, so no run decides "
        f"this both ways: give {instead} or less"
    )
    file = tmp_path / CLAIMS_FILE
    file.write_text(text.replace(bound, f"{key} = {instead}"), encoding="utf-8")
    assert len(read_claims(file).claim) == 1


def test_it_is_still_read_where_it_lies_with_a_run_and_stays_open(tmp_path: Path) -> None:
    claim = kept(f"{FILE}{HELD}connections = 1000\n", tmp_path)
    all_of_them = climbed({subject("flask"): {1_000: [1_000] * 3}})
    assert found(claim, all_of_them).verdict is Verdict.INCONCLUSIVE
    assert found(claim, climbed({subject("flask"): {1_000: [900] * 3}})).verdict is Verdict.REFUTED


@pytest.mark.parametrize(("bound", "decidable"), [(9_999, True), (10_000, False), (20_000, False)])
def test_no_plan_shows_more_than_it_asks_for(bound: int, *, decidable: bool) -> None:
    condition = {"form": "bound", "subjects": ("flask",), "metric": "subscribers_held", "at_least": bound}
    claim = Claim.model_validate({"id": "first", "says": "It holds many.", "condition": (condition,)})
    plan = build_plan(APPS, Choices(profile=ProfileName.STANDARD), MANY_CPUS)
    if decidable:
        assert see_that_it_is_decidable(claim, plan, APPS) is None
        return
    with pytest.raises(UsageError, match="no more than 10,000 subscribers are tried, and a bound has to be less"):
        see_that_it_is_decidable(claim, plan, APPS)


def test_claims_in_a_run_are_read_as_they_were_whatever_they_are_in(tmp_path: Path) -> None:
    """Put aside, they are called `claims.1.toml`."""
    (tmp_path / HEADER_FILE).touch()
    aside = tmp_path / "claims.1.toml"
    aside.write_text(FILE + LAG, encoding="utf-8")
    (claim,) = read_claims(aside).claim
    assert claim.id == "first"
