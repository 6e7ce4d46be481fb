"""Which deployment a claim means, where variants serve as others and where one is named."""

from pathlib import Path

import pytest

from harness.catalog.discover import discover
from harness.catalog.selection import choose, variants_named
from harness.claims.decidable import see_that_it_is_decidable
from harness.claims.evaluate import evaluate
from harness.claims.needs import needs_of
from harness.claims.read import ARTICLE, read_claims
from harness.model.cell import Subject, Workload
from harness.model.claim import Claim, ClaimsFile
from harness.model.errors import UsageError
from harness.model.host import CpuLayout
from harness.model.plan import ProfileName
from harness.model.verdict import ClaimFinding, Verdict
from harness.plan.build import Choices, build_plan
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import Noise, Simulation
from tests.unit.plan.manifests import app_with

CPUS = CpuLayout(server=(0,), generator=(1,), database=(1,))
QUIET = Noise(window=0.02, process=0.005, common=0.02)
LITESTAR, GRANIAN = (Subject(app="litestar", variant=name) for name in ("controlled", "granian"))
FASTAPI, UVICORN = (Subject(app="fastapi", variant=name) for name in ("controlled", "default"))
TWIN = FASTAPI.model_copy(update={"twin": True})
APPS = (
    app_with("fastapi", ("hello", "json", "fortunes"), controlled=(), default=()),
    app_with("litestar", ("hello", "json"), controlled=("default",), granian=()),
)


@pytest.fixture(scope="module")
def recorded() -> RecordedRun:
    """Litestar's `controlled` is its `default` as well, and Granian a third way to deploy it."""
    rps = {LITESTAR: 8_000.0, GRANIAN: 16_000.0, FASTAPI: 2_000.0, UVICORN: 4_000.0, TWIN: 2_000.0}
    made = Simulation(capacities_rps=rps, noise=QUIET, rounds=4, seed=1).recorded()
    deployed = tuple(
        each.model_copy(update={"also": ("default",)}) if each.subject == LITESTAR else each
        for each in made.run.deployments
    )
    return made.model_copy(update={"run": made.run.model_copy(update={"deployments": deployed})})


def a_claim(subject: str, group: str, **changes: object) -> Claim:
    condition = {
        "form": "ratio",
        "subjects": (subject,),
        "metric": "throughput_rps",
        "endpoints": ("json",),
        "against": "every",
        "group": (group,),
        "at_least": 1.5,
    }
    return claim_with(condition | changes)


def claim_with(condition: dict[str, object], **changes: object) -> Claim:
    return Claim.model_validate({"id": "one", "says": "It is fast.", "condition": (condition,), **changes})


def held(recorded: RecordedRun, claim: Claim) -> ClaimFinding:
    (found,) = evaluate(ClaimsFile(source="a test", claim=(claim,)), recorded).claims
    return found


@pytest.mark.parametrize(
    ("subject", "group", "ratios"),
    [
        ("litestar", "fastapi", {"controlled": 4.0, "default": 2.0}),
        ("litestar/granian", "fastapi", {"controlled": 8.0, "default": 4.0}),
        ("litestar/granian", "litestar", {"controlled": 2.0}),
        ("litestar/granian", "litestar/default", {None: 2.0}),
        ("fastapi/default", "fastapi", {"controlled": 2.0}),
        ("litestar/default", "fastapi/controlled", {None: 4.0}),
    ],
)
def test_a_comparison_is_made_of_whoever_stands_for_a_name(
    recorded: RecordedRun, subject: str, group: str, ratios: dict[str | None, float]
) -> None:
    found = held(recorded, a_claim(subject, group))
    values = {each.deployment and each.deployment.value: each.value.value for each in found.evidence if each.value}
    assert values == pytest.approx(ratios, rel=0.05)
    assert found.verdict is Verdict.SUPPORTED
    assert "()" not in found.sentence


def test_a_variant_is_named_as_such(recorded: RecordedRun) -> None:
    (evidence,) = held(recorded, a_claim("litestar/granian", "litestar/default")).evidence
    assert evidence.subject_title == "litestar (granian, gunicorn gthread)"
    assert evidence.other_title == "litestar (controlled, gunicorn gthread)"


ROBYN, CHERRYPY = (Subject(app=name, variant="default") for name in ("robyn", "cherrypy"))


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (ROBYN, CHERRYPY, ("robyn (default, {})", "cherrypy (default, {})", "default")),
        (ROBYN, FASTAPI, ("robyn (default, {})", "fastapi (controlled, {})", None)),
        (FASTAPI, LITESTAR, ("fastapi (controlled, {})", "litestar (controlled, {})", "controlled")),
        (ROBYN, GRANIAN, ("robyn (default, {})", "litestar (granian, {})", None)),
    ],
)
def test_what_is_told_is_the_variant_that_ran(one: Subject, other: Subject, told: tuple[str, str, str | None]) -> None:
    """And not the deployment that was asked for, where an app has no other and stands for itself in that."""
    recorded = Simulation(capacities_rps={one: 8_000.0, other: 2_000.0}, noise=QUIET, rounds=3).recorded()
    found = held(recorded, a_claim(one.app, other.app))
    (evidence,) = found.evidence
    names = [each.format("gunicorn gthread") for each in told[:2]]
    assert [evidence.subject_title, evidence.other_title, evidence.deployment] == [*names, told[2]]
    bound = held(recorded, claim_with({**BOUND, "subjects": (one.app,)}))
    assert bound.evidence[0].deployment == one.variant


def test_each_one_is_called_by_its_own_variant_also_where_that_counts_as_another(recorded: RecordedRun) -> None:
    """As the tables call it: what ran is `controlled`, which is compared here with what is called `default`."""
    found = held(recorded, a_claim("litestar", "fastapi", deployments=("default",)))
    beginning = "The one comparison that decides it: litestar (controlled, gunicorn gthread) has 2."
    assert found.sentence.startswith(beginning), found.sentence
    assert "times the throughput on json of fastapi (default, gunicorn gthread), where" in found.sentence
    assert found.evidence[0].deployment == "default"


def test_one_deployment_has_one_name_in_all_rows_of_a_claim(recorded: RecordedRun) -> None:
    """That of its cells, by whichever of its names a condition asks for it."""
    by_default = {**BOUND, "deployments": ("default",)}
    by_both = {**BOUND, "metric": "server_cpu_us_per_request", "at_least": None, "at_most": 1e6}
    named = {**BOUND, "subjects": ("litestar/default",), "at_least": 2.0}
    conditions = (by_default, by_both, {**by_both, "deployments": ("controlled",), "at_most": 2e6}, named)
    found = held(recorded, Claim.model_validate({"id": "one", "says": "It is fast.", "condition": conditions}))
    assert [each.deployment for each in found.evidence] == ["controlled", "controlled", "controlled", None]
    assert {each.subject_title for each in found.evidence} == {"litestar (controlled, gunicorn gthread)"}
    assert "default" not in found.sentence
    probed = held(recorded, claim_with({**PROBE, "subjects": ("litestar/default",)}))
    assert probed.evidence[0].subject_title == "litestar (controlled, gunicorn gthread)"


def test_that_a_run_has_but_one_of_what_is_compared_is_said(recorded: RecordedRun) -> None:
    sentence = held(recorded, a_claim("litestar/default", "litestar/controlled")).sentence
    assert sentence == "Nothing could be compared: all that it names are the same in this run."


def test_a_variant_that_was_not_measured_is_told_with_those_that_were(recorded: RecordedRun) -> None:
    found = held(recorded, a_claim("litestar/hypercorn", "fastapi"))
    assert found.verdict is Verdict.NOT_RUN
    assert "litestar was measured as controlled and granian, and not as hypercorn" in found.sentence


def test_only_the_variant_that_is_named_is_measured_for_a_claim() -> None:
    assert needs_of(a_claim("litestar/granian", "fastapi")).apps == ("litestar/granian", "fastapi")


PROBE: dict[str, object] = {"form": "probe", "subjects": ("litestar",), "probe": "xss"}
KEPT: dict[str, object] = {
    "form": "kept",
    "subjects": ("litestar",),
    "workload": "routes",
    "at": 77,
    "over": 0,
    "at_least": 0.9,
}
BOUND: dict[str, object] = {
    "form": "bound",
    "subjects": ("litestar",),
    "metric": "throughput_rps",
    "endpoints": ("json",),
    "at_least": 1.0,
}
SIZE: dict[str, object] = {"form": "bound", "subjects": ("litestar",), "metric": "distributions", "at_most": 9.0}


@pytest.mark.parametrize(
    ("claim", "choices", "why"),
    [
        (
            a_claim("litestar", "fastapi"),
            {"endpoints": ("hello",)},
            "capacity on json is not measured of Litestar (controlled)",
        ),
        (a_claim("litestar", "flask"), {}, "Flask is not measured"),
        (a_claim("litestar/uwsgi", "fastapi"), {}, "Litestar is measured as controlled and granian, and not as uwsgi"),
        (
            a_claim("litestar", "fastapi", endpoints=("db",)),
            {},
            "Litestar does not declare db",
        ),
        (a_claim("litestar", "litestar/default"), {"variants": ("controlled",)}, "all that it names are the same"),
        (claim_with(KEPT), {}, "routes with 77 is not measured of Litestar (controlled)"),
        (claim_with(BOUND | {"connections": 7}), {}, "capacity on json with 7 connections is not measured"),
        (claim_with(PROBE), {}, "Litestar does not declare fortunes"),
        (claim_with(PROBE | {"probe": "csrf"}), {}, "Litestar has no bare site"),
        (claim_with(PROBE | {"subjects": ("fastapi",)}), {"workloads": ("capacity",)}, "footprint is not measured"),
        (claim_with(SIZE), {}, "Litestar has no package"),
    ],
)
def test_what_nothing_in_the_plan_can_decide_is_refused(claim: Claim, choices: dict[str, object], why: str) -> None:
    plan = build_plan(APPS, Choices.model_validate({"profile": ProfileName.STANDARD, **choices}), CPUS)
    with pytest.raises(UsageError) as refused:
        see_that_it_is_decidable(claim, plan, APPS)
    assert refused.value.what.startswith("nothing in this plan can decide one: ")
    assert why in refused.value.what


@pytest.mark.parametrize(
    ("combine", "said"),
    [
        ("all", "this run can refute one, and not support it: Flask is not measured"),
        ("any", "this run can support one, and not refute it: Flask is not measured"),
    ],
)
def test_what_a_run_can_decide_one_way_only_is_said(combine: str, said: str) -> None:
    plan = build_plan(APPS, Choices(profile=ProfileName.STANDARD), CPUS)
    condition = a_claim("litestar", "fastapi", subjects=("litestar", "flask")).condition[0].model_dump()
    assert see_that_it_is_decidable(claim_with(condition, combine=combine), plan, APPS) == said
    assert see_that_it_is_decidable(a_claim("litestar", "fastapi"), plan, APPS) is None


@pytest.mark.parametrize(
    "claim", [each for each in read_claims(ARTICLE).claim if each.condition], ids=lambda each: each.id
)
def test_what_each_claim_of_the_article_asks_for_decides_it(claim: Claim) -> None:
    """On a host that has enough CPUs."""
    needs = needs_of(claim)
    apps = choose(discover((Path(__file__).parents[3] / "apps",)), needs.apps)
    choices = Choices(
        profile=ProfileName.STANDARD,
        named=dict(variants_named(needs.apps)),
        workloads=needs.workloads,
        endpoints=() if Workload.FOOTPRINT in needs.workloads else needs.endpoints,
        connections=needs.connections,
    )
    plan = build_plan(apps, choices, CpuLayout(server=(0, 1), generator=(2,), database=(3,)))
    assert see_that_it_is_decidable(claim, plan, apps) is None


def test_a_deployment_stands_with_whom_it_is_of(recorded: RecordedRun) -> None:
    sentence = held(recorded, a_claim("fastapi", "litestar/granian", at_most=1.0, at_least=None)).sentence
    assert "fastapi (default, gunicorn gthread) has " in sentence
    assert "litestar (granian, gunicorn gthread), where" in sentence


def test_who_has_one_deployment_is_compared_once(recorded: RecordedRun) -> None:
    """Twice the same would be corrected for twice, and of a claim that counts comparisons it would count twice."""
    condition = {"form": "bound", "subjects": ("fastapi", "litestar"), "metric": "throughput_rps"}
    found = held(recorded, claim_with(condition | {"endpoints": ("json",), "at_least": 100.0}))
    assert [each.subject_title.partition(",")[0] for each in found.evidence] == [
        "fastapi (controlled",
        "litestar (controlled",
        "fastapi (default",
    ]
