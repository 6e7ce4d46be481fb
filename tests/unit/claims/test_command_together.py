"""The one command for several claims measures what they mean, and is no longer than that takes."""

import shlex
from collections.abc import Iterable
from dataclasses import replace

import pytest

from harness.catalog.selection import choose
from harness.claims.commands import Origin, command_for, command_together
from harness.claims.evaluate import evaluate
from harness.cli.main import bench
from harness.cli.plan import read_choices
from harness.model.claim import Claim, ClaimsFile
from harness.model.plan import Plan, ProfileName
from harness.model.run import Deployment
from harness.model.verdict import ClaimFinding, Verdict
from harness.plan.build import build_plan
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import Simulation, subject
from tests.unit.claims.test_deployments import CPUS, a_claim
from tests.unit.plan.manifests import app_with

APPS = (
    app_with("muffin", ("hello", "json"), controlled=(), default=(), granian=(), uvloop=()),
    app_with("roll", ("hello", "json"), controlled=(), default=(), granian=(), uvloop=()),
    app_with("tart", ("hello", "json"), controlled=("default",), granian=()),
)
HERE = Origin().knowing(APPS)
NOWHERE = Origin()
CHOSEN = ("profile", "variants", "guests", "endpoints", "workloads", "connections", "rounds", "seed")


@pytest.fixture(scope="module")
def recorded() -> RecordedRun:
    """Muffin alone, in one of its variants."""
    return Simulation(capacities_rps={subject("muffin"): 4_000.0}, rounds=4).recorded()


def held(recorded: RecordedRun, *claims: Claim, origin: Origin = HERE) -> tuple[ClaimFinding, ...]:
    own = tuple(claim.model_copy(update={"id": f"c{number}"}) for number, claim in enumerate(claims))
    found = evaluate(ClaimsFile(source="a test", claim=own), recorded, origin=origin).claims
    assert {each.verdict for each in found} == {Verdict.NOT_RUN}
    return found


def together(found: Iterable[ClaimFinding], origin: Origin = NOWHERE, run: Iterable[Deployment] = ()) -> str:
    return command_together([each.claim for each in found], ProfileName.STANDARD, origin, run)


def planned(command: str) -> Plan:
    program, name, *words = shlex.split(command)
    assert program == "bench"
    given = bench.commands[name].make_context(name, words).params
    choices = read_choices({each: given[each] for each in CHOSEN}, given["app_names"])
    return build_plan(choose(APPS, given["app_names"]), choices, CPUS)


CONTROLLED = {"deployments": ("controlled",)}


@pytest.mark.parametrize(
    ("claims", "options", "measured"),
    [
        (
            (a_claim("muffin", "roll"), a_claim("roll", "muffin")),
            "--app muffin --app roll --variant controlled --variant default",
            {"muffin/controlled", "muffin/default", "roll/controlled", "roll/default"},
        ),
        (
            (a_claim("muffin", "roll", **CONTROLLED), a_claim("muffin/granian", "roll/granian")),
            "--app muffin --app roll --variant controlled --variant granian",
            {"muffin/controlled", "muffin/granian", "roll/controlled", "roll/granian"},
        ),
        (
            (a_claim("muffin", "tart", **CONTROLLED), a_claim("muffin/default", "tart/default")),
            "--app muffin/controlled --app muffin/default --app tart/controlled",
            {"muffin/controlled", "muffin/default", "tart/controlled"},
        ),
    ],
    ids=["two ways to deploy two apps", "plain, and on a server", "a variant by two names"],
)
def test_it_measures_what_the_claims_mean_and_nothing_else(
    recorded: RecordedRun, claims: tuple[Claim, ...], options: str, measured: set[str]
) -> None:
    command = together(held(recorded, *claims), HERE)
    assert f" {options} --workload capacity" in command
    assert {each.key for each in planned(command).subjects if not each.twin} == measured


def test_of_an_app_that_is_not_here_what_the_run_has_is_known(recorded: RecordedRun) -> None:
    found = held(recorded, a_claim("muffin", "roll", **CONTROLLED), a_claim("roll", "muffin", **CONTROLLED))
    of_run = recorded.run.deployments
    assert " --app muffin/controlled --app roll --workload" in together(found, Origin(), of_run)
    both = held(recorded, a_claim("muffin", "roll"), a_claim("roll", "muffin"))
    assert " --app muffin --app roll --workload" in together(both, Origin(), of_run), "it may have a default"
    counted = tuple(each.model_copy(update={"also": ("default",)}) for each in of_run)
    assert " --app muffin/controlled --app roll --workload" in together(both, Origin(), counted)


def test_no_app_is_named_twice_where_it_brings_along_what_is_named(recorded: RecordedRun) -> None:
    named = [a_claim(f"muffin/{each}", f"roll/{each}") for each in ("controlled", "default")]
    command = together(held(recorded, a_claim("muffin", "roll"), *named))
    assert " --app muffin --app roll --workload" in command
    assert {f"{app}/{each}" for app in ("muffin", "roll") for each in ("controlled", "default")} <= {
        each.key for each in planned(command).subjects
    }


def test_the_claims_of_a_file_that_concern_a_run_have_one(recorded: RecordedRun) -> None:
    claims = tuple(
        each.model_copy(update={"id": each.condition[0].subjects[0]})
        for each in (a_claim("muffin", "roll"), a_claim("roll", "muffin"), a_claim("tart", "roll"))
    )
    found = evaluate(ClaimsFile(source="a test", claim=claims), recorded, origin=HERE)
    of_both = [each.claim for each in found.claims[:2]]
    cheapest = ProfileName.QUICK  # of those that decide them: it has the fewest windows of a capacity
    assert found.command == command_together(of_both, cheapest, HERE, recorded.run.deployments)
    assert found.together == ("muffin", "roll")
    assert "tart" not in found.command


ELSEWHERE = replace(HERE, folders=("--apps-dir", "my bakery"))
"""Where a run was told to look for apps."""


def test_commands_for_claims_of_the_article_name_the_folders_that_have_all_of_their_apps(recorded: RecordedRun) -> None:
    here, not_here = a_claim("muffin", "roll"), a_claim("muffin", "flask")
    assert " --apps-dir 'my bakery' " in command_for(here, ELSEWHERE)
    assert "--apps-dir" not in command_for(not_here, ELSEWHERE), "or nobody would find Flask"
    one, other = held(recorded, here, here, origin=ELSEWHERE), held(recorded, here, not_here, origin=ELSEWHERE)
    assert " --apps-dir 'my bakery' " in together(one, ELSEWHERE)
    assert "--apps-dir" not in together(other, ELSEWHERE)
