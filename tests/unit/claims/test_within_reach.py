"""A command that measures a claim is told only where a run by it could decide that claim, and it works as it stands."""

import shlex
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest

from harness.catalog.discover import discover
from harness.catalog.selection import USUAL, variants_named
from harness.claims.commands import Origin, command_for, command_together, folders_named
from harness.claims.evaluate import evaluate
from harness.claims.read import ARTICLE, read_claims
from harness.claims.within_reach import choices_for, profile_for, why_out_of_reach
from harness.cli.pursue import pursue
from harness.model.app import Endpoint
from harness.model.base import BARE_SITE, BATTERIES_SITE
from harness.model.cell import RateRule, Subject, Workload
from harness.model.claim import Claim, ClaimsFile
from harness.model.errors import UsageError
from harness.model.framework_probe import FrameworkProbe, FrameworkProbeResult
from harness.model.plan import ProfileName
from harness.model.verdict import ClaimFinding, ClaimFindings, Verdict
from harness.plan.build import FEW_OF_CAPACITY, build_plan
from harness.plan.offered import measured
from harness.plan.profiles import PROFILES
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import Simulation, subject
from tests.unit.claims.test_deployments import a_claim, claim_with
from tests.unit.claims.test_refused import KEPT
from tests.unit.plan.simulated_hosts import CPUS

ROOT = Path(__file__).parents[3]
NONE: dict[str, object] = dict.fromkeys(("workloads", "endpoints", "connections"), ()) | {"rounds": None}
MINE = Origin(Path("mine.toml"), ("--apps-dir", "my apps"))


def kept(at: object, over: int, workload: str = "concurrency") -> Claim:
    condition = {"form": "kept", "subjects": ("flask",), "at": at, "over": over, "at_least": 0.5}
    return claim_with(condition | {"workload": workload})


def probe(name: str) -> Claim:
    return claim_with({"form": "probe", "subjects": ("flask",), "probe": name})


@pytest.fixture(scope="module")
def recorded() -> RecordedRun:
    """Flask and Django on `json` and `hello`, which is all that they declare."""
    made = Simulation(capacities_rps={subject("flask"): 4_000.0, subject("django"): 1_000.0}, rounds=4).recorded()
    deployed = tuple(
        each.model_copy(update={"endpoints": (Endpoint.HELLO, Endpoint.JSON)}) for each in made.run.deployments
    )
    return made.model_copy(update={"run": made.run.model_copy(update={"deployments": deployed})})


def held(recorded: RecordedRun, claim: Claim) -> ClaimFinding:
    (found,) = evaluate(ClaimsFile(source="a test", claim=(claim,)), recorded, origin=MINE).claims
    return found


@pytest.mark.parametrize("variant", ["default", "controlled", "tuned"])
def test_a_variant_that_the_run_has_not_may_be_measured_by_the_next(recorded: RecordedRun, variant: str) -> None:
    here = {each.subject.variant for each in recorded.run.deployments}
    condition = {"form": "bound", "subjects": (f"flask/{variant}",), "metric": "throughput_rps", "at_least": 1}
    claim = claim_with(condition | {"endpoints": ("json",)})
    assert why_out_of_reach(claim, recorded) is None
    if variant not in here:
        assert held(recorded, claim).verdict is Verdict.NOT_RUN


@pytest.mark.parametrize(
    ("claim", "profile"),
    [
        (kept(512, 8), ProfileName.STANDARD),
        (kept(128, 8), ProfileName.FULL),
        (kept(100, 0, "routes"), ProfileName.FULL),
        (kept("most", 1, "workers"), ProfileName.STANDARD),
        (a_claim("flask", "django"), ProfileName.STANDARD),
        (probe("csrf"), ProfileName.STANDARD),
        (a_claim("flask", "django", metric="highest_rate_rps"), ProfileName.RATES),
    ],
)
def test_a_claim_is_measured_by_the_shortest_profile_that_has_its_numbers(claim: Claim, profile: ProfileName) -> None:
    assert profile_for(claim) is profile
    assert "--profile" not in command_for(claim), "`--claim` takes it by itself"


def test_the_run_that_a_claim_asks_for_is_of_that_profile(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(KEPT.replace('"routes"', '"concurrency"').replace("1000", "128").replace("over = 0", "over = 8"))
    assert pursue("first", file, None, (), NONE)[2]["profile"] == ProfileName.FULL.value
    file.write_text(file.read_text().replace("over = 8", "over = 32"))
    with pytest.raises(UsageError, match="no profile has what first asks for") as refused:
        pursue("first", file, None, (), NONE)
    assert "with 1, 4, 8, 16, 64 and 512 connections (standard)" in refused.value.hint


def test_an_id_that_the_article_has_not_may_be_that_of_a_file_which_was_not_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no claim 'my-own'") as refused:
        pursue("my-own", ARTICLE, None, (), NONE)
    assert refused.value.hint.endswith("; or name by --claims the file that has it")
    file = tmp_path / "mine.toml"
    file.write_text(KEPT)
    with pytest.raises(UsageError, match="there is no claim 'my-own'") as refused:
        pursue("my-own", file, None, (), NONE)
    assert refused.value.hint == "choose from: first"


@pytest.mark.parametrize(
    ("claim", "there_is"),
    [
        (kept(128, 32), "with 1, 4, 8, 16, 64 and 512 connections (standard)"),
        (kept(100, 16), "with 1, 8, 128 and 512 connections (full)"),
        (kept(200, 100, "routes"), "with 0, 100 and 1,000 extra routes (full)"),
        (
            a_claim("flask", "django", metric="latency_p99_us", rate="50%", endpoints=("hello",)),
            "on json and db at 50%",
        ),
        (
            a_claim("flask", "django", connections=33),
            "on hello, json, items, orders, db, queries and fortunes (standard and full)",
        ),
    ],
)
def test_numbers_that_no_profile_has_are_told_with_those_there_are(claim: Claim, there_is: str) -> None:
    with pytest.raises(UsageError, match="no profile has what one asks for") as refused:
        profile_for(claim)
    assert there_is in refused.value.hint


def latency(*rates: str) -> Claim:
    condition = {"form": "ratio", "subjects": ("flask",), "against": "every", "group": ("django",), "at_most": 1.0}
    condition |= {"metric": "latency_p99_us", "workload": "latency", "endpoints": ("json",)}
    (first, *others) = [claim_with(condition | {"rate": rate}) for rate in rates]
    return joined(first, *others)


def joined(first: Claim, *others: Claim) -> Claim:
    """The conditions of all of them."""
    return first.model_copy(update={"condition": tuple(part for each in (first, *others) for part in each.condition)})


@pytest.mark.parametrize("rates", [("common",), ("50%", "common"), ("50%", "80%", "common")])
def test_a_claim_is_measured_at_the_rates_that_it_names_and_no_others(rates: tuple[str, ...]) -> None:
    plan = build_plan(discover((ROOT / "apps",)), choices_for(latency(*rates), ProfileName.STANDARD), CPUS)
    assert {cell.rate for cell in plan.cells if cell.rate} == {RateRule(each) for each in rates}
    assert {cell.workload for cell in plan.cells} == {Workload.CAPACITY, Workload.LATENCY}, "rates go by capacities"


def test_of_what_no_claim_asks_for_a_few_windows_are_measured() -> None:
    apps = discover((ROOT / "apps",))
    usual = PROFILES[ProfileName.STANDARD].timing
    alone = build_plan(apps, choices_for(latency("common"), ProfileName.STANDARD), CPUS).timing
    assert alone.capacity_windows == FEW_OF_CAPACITY < usual.capacity_windows
    assert alone.latency_windows == usual.latency_windows
    both = joined(latency("common"), a_claim("flask", "django"))
    with_capacity = build_plan(apps, choices_for(both, ProfileName.STANDARD), CPUS).timing
    assert with_capacity.capacity_windows == usual.capacity_windows


def test_what_is_asked_for_is_what_the_run_measures(tmp_path: Path) -> None:
    """The command's choices and those that its time is told by."""
    file = tmp_path / "mine.toml"
    file.write_text(
        """
        source = "mine"

        [[claim]]
        id = "first"
        says = "It is quick."

        [[claim.condition]]
        form = "ratio"
        subjects = ["flask"]
        against = "every"
        group = ["django"]
        metric = "latency_p99_us"
        workload = "latency"
        rate = "common"
        endpoints = ["json"]
        at_most = 1.0
        """
    )
    _, _, chosen = pursue("first", file, None, (), NONE)
    (claim,) = read_claims(file).claim
    told = choices_for(claim, ProfileName.STANDARD)
    assert (chosen["rates"], chosen["looks"]) == (tuple(told.rates), told.looks)
    assert chosen["rates"] == ("common",)


def test_every_claim_of_the_article_is_within_reach_of_the_standard_profile() -> None:
    testable = [each for each in read_claims(ARTICLE).claim if each.condition]
    assert {profile_for(each) for each in testable} == {ProfileName.STANDARD}


def test_no_command_is_told_where_none_can_help(recorded: RecordedRun) -> None:
    decided = held(recorded, a_claim("flask", "django"))
    assert decided.verdict is Verdict.SUPPORTED
    assert (decided.command, decided.out_of_reach) == ("", None)
    for claim, said in (
        (a_claim("flask", "django", endpoints=("fortunes",)), "fortunes is declared by no chosen app (django, flask)"),
        (kept(128, 32), "no profile has what one asks for"),
        (probe("xss"), "flask does not declare fortunes"),
        (kept("most", 1, "workers"), "workers takes 2 CPUs for the server, and it has 1, as on every host so far"),
    ):
        found = held(recorded, claim)
        assert found.verdict is Verdict.NOT_RUN
        assert found.command == ""
        assert found.out_of_reach is not None
        assert said in found.out_of_reach


def test_a_run_from_before_there_was_a_site_does_not_say_that_an_app_has_none(recorded: RecordedRun) -> None:
    """As soon as another app of the run has one, it does."""

    def tried(app: str, variant: str) -> FrameworkProbeResult:
        probe = FrameworkProbe.CSRF if variant == BARE_SITE else FrameworkProbe.SESSION_ENCRYPTED
        return FrameworkProbeResult(
            round_index=0, subject=Subject(app=app, variant=variant), probe=probe, held=False, found=""
        )

    before = recorded.model_copy(update={"probes": (tried("flask", BARE_SITE), tried("django", BARE_SITE))})
    assert why_out_of_reach(probe("session-encrypted"), before) is None
    today = before.model_copy(update={"probes": (*before.probes, tried("django", BATTERIES_SITE))})
    found = why_out_of_reach(probe("session-encrypted"), today)
    assert found == "flask has no batteries site, which the probe for session-encrypted is tried on"


@pytest.mark.parametrize(
    "claim",
    [a_claim("flask", "tornado"), a_claim("flask/gevent", "django"), kept(512, 8), probe("csrf"),
     probe("session-encrypted"),
     a_claim("flask", "django", endpoints=("hello",))],
)  # fmt: skip
def test_what_a_run_could_decide_is_told_with_file_and_folders(recorded: RecordedRun, claim: Claim) -> None:
    found = held(recorded, claim)
    assert found.out_of_reach is None
    where = ["--claims", "mine.toml", "--apps-dir", "my apps"]
    assert shlex.split(found.command) == ["bench", "run", *where, "--claim", "one"]


def together(found: Iterable[ClaimFinding]) -> str:
    return command_together([each.claim for each in found], ProfileName.STANDARD, MINE)


def held_together(recorded: RecordedRun, *claims: Claim) -> ClaimFindings:
    own = tuple(each.model_copy(update={"id": f"c{number}"}) for number, each in enumerate(claims))
    return evaluate(ClaimsFile(source="a test", claim=own), recorded, origin=MINE)


def test_the_command_for_many_claims_leaves_out_those_that_no_run_can_decide(recorded: RecordedRun) -> None:
    found = held_together(recorded, kept(128, 8), kept(128, 32), a_claim("flask", "tornado"))
    words = shlex.split(found.command)
    assert words[:8] == ["bench", "run", "--profile", "full", "--claims", "mine.toml", "--apps-dir", "my apps"]
    assert words[8:] == ["--app", "flask", "--app", "tornado", "--workload", "capacity", "--workload", "concurrency",
                         "--endpoint", "json"]  # fmt: skip
    assert found.together == ("c0", "c2")


def test_what_no_one_run_decides_has_no_one_command(recorded: RecordedRun) -> None:
    """The highest rate is searched by one profile alone, and 512 connections are of two others."""
    found = held_together(recorded, kept(512, 8), a_claim("flask", "tornado", metric="highest_rate_rps"))
    assert (found.command, found.together) == ("", ())
    assert all("--claim c" in each.command for each in found.claims)


def test_of_several_runs_that_decide_them_the_one_that_is_soonest_done_is_told(recorded: RecordedRun) -> None:
    """Three profiles decide both, and a smoke run neither: it has one round."""
    ways = {"deployments": ("controlled",)}
    found = held_together(recorded, a_claim("flask", "tornado", **ways), a_claim("tornado", "flask", **ways))
    assert shlex.split(found.command)[:4] == ["bench", "run", "--profile", "quick"]


def test_the_command_for_many_claims_names_the_variants_that_they_are_about(recorded: RecordedRun) -> None:
    """A server that apps share is measured only where it is named."""
    found = [held(recorded, each) for each in (a_claim("flask/gevent", "django"), a_claim("flask", "tornado"))]
    words = shlex.split(together(found))
    named = [value for option, value in pairwise(words) if option == "--app"]
    assert named == ["django", "flask", "flask/gevent", "tornado"]
    assert variants_named(named)["flask"] == (USUAL, "gevent")


def test_the_command_for_many_claims_asks_for_no_endpoint_that_none_of_them_is_about(recorded: RecordedRun) -> None:
    on_hello, on_json = (held(recorded, a_claim("flask", "tornado", endpoints=(each,))) for each in ("hello", "json"))
    assert shlex.split(together([on_json, on_hello]))[-4:] == ["--endpoint", "hello", "--endpoint", "json"]
    assert "--endpoint" not in together([on_json, held(recorded, probe("csrf"))]), "its servers may have any"


def test_one_claim_that_was_not_run_has_one_command_wherever_it_is_told(recorded: RecordedRun) -> None:
    found = held(recorded, a_claim("flask", "tornado"))
    several = held_together(recorded, found.claim)
    assert several.command == several.claims[0].command != ""


SMALL = {"form": "bound", "subjects": ("flask",), "metric": "installed_bytes", "at_most": 9e6}


def test_what_the_profile_of_a_file_decides_is_measured_by_that(recorded: RecordedRun) -> None:
    """Of other claims it is said why another command is told."""
    small, probed = claim_with(SMALL), probe("csrf").model_copy(update={"id": "probed"})
    fast = a_claim("flask", "tornado").model_copy(update={"id": "fast"})
    file = ClaimsFile(source="a test", profile=ProfileName.SMOKE, claim=(small, probed, fast))
    found = {each.claim.id: each for each in evaluate(file, recorded, origin=MINE).claims}
    by_profile = ["bench", "run", "--claims", "mine.toml", "--apps-dir", "my apps", "--profile", "smoke"]
    alike = [found["one"], found["probed"]]
    assert [shlex.split(each.command) for each in alike] == [by_profile, by_profile]
    both = evaluate(file, recorded, origin=MINE)
    assert (shlex.split(both.command), both.together) == (by_profile, ("one", "probed"))
    assert shlex.split(found["fast"].command)[-2:] == ["--claim", "fast"]
    assert found["fast"].further == (
        "A run by the profile 'smoke', which the file names, does not decide it: 1 round hardly would."
    )


def test_the_folders_of_a_run_are_read_from_its_command() -> None:
    command = ("bench", "run", "--apps-dir", "a b", "--app", "x", "--apps-dir=c", "--apps-dir")
    assert folders_named(command) == ("--apps-dir", "a b", "--apps-dir", "c")


@pytest.mark.parametrize("workload", Workload)
def test_the_page_on_claims_has_what_the_profiles_measure(workload: Workload) -> None:
    cells = " | ".join(measured(workload, PROFILES[name]) or "-" for name in ProfileName)
    assert f"\n| `{workload.value}` | {cells} |\n" in (ROOT / "docs" / "claims.md").read_text()
