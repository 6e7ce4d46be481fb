"""What was asked for and is not measured is said; a variant can be named with its app."""

import pytest

from harness.catalog.selection import choose, variants_named
from harness.model.app import App
from harness.model.cell import Workload
from harness.model.errors import UsageError
from harness.model.host import CpuLayout
from harness.model.plan import Plan, ProfileName
from harness.plan.build import Choices, build_plan
from harness.plan.dropped import dropped, without_variants
from tests.unit.plan.manifests import app_with

NONE = "the profile 'standard' has none together with what else was chosen"
NO_FOOTPRINT = (
    "without footprints and the probes for security, which go with a run of all endpoints: leave --endpoint out, or "
    "measure them by themselves with --workload footprint"
)
CPUS = CpuLayout(server=(0,), generator=(1,), database=(1,))
TWO = (
    app_with("aiohttp", ("hello", "json"), default=("controlled",)),
    app_with("litestar", ("hello", "json", "db"), controlled=("default",), granian=()),
)


def planned(names: tuple[str, ...] = (), **choices: object) -> tuple[Plan, list[str]]:
    apps = choose(TWO, names)
    made = Choices.model_validate({"profile": ProfileName.STANDARD, "named": variants_named(names), **choices})
    plan = build_plan(apps, made, CPUS)
    return plan, list(dropped(apps, made, plan))


def subjects(plan: Plan) -> set[str]:
    return {subject.original.key for subject in plan.subjects}


@pytest.mark.parametrize(
    ("names", "choices", "measured", "said"),
    [
        ((), {}, {"aiohttp/default", "litestar/controlled", "litestar/granian"}, []),
        (("litestar/granian", "aiohttp"), {}, {"aiohttp/default", "litestar/granian"}, []),
        (("litestar/default", "litestar/granian"), {}, {"litestar/controlled", "litestar/granian"}, []),
        (("litestar/granian", "litestar"), {}, {"litestar/controlled", "litestar/granian"}, []),
        (("litestar_app/granian", "aiohttp"), {"variants": ("default",)}, {"aiohttp/default", "litestar/granian"}, []),
        (
            (),
            {"variants": ("granian",)},
            {"litestar/granian"},
            ["aiohttp is left out: it has no variant 'granian' (it has: default, controlled)"],
        ),
        (
            (),
            {"variants": ("granian", "controlled")},
            {"aiohttp/default", "litestar/controlled", "litestar/granian"},
            ["without variant 'granian': aiohttp"],
        ),
        (
            (),
            {"endpoints": ("db",)},
            {"litestar/controlled", "litestar/granian"},
            [
                "aiohttp is left out: nothing that was chosen is measured of what it declares (hello, json)",
                NO_FOOTPRINT,
            ],
        ),
        (
            (),
            {"endpoints": ("json", "db")},
            {"aiohttp/default", "litestar/controlled", "litestar/granian"},
            ["without endpoint 'db': aiohttp", NO_FOOTPRINT],
        ),
        (("aiohttp",), {"endpoints": ("json",)}, {"aiohttp/default"}, [NO_FOOTPRINT]),
        (("aiohttp",), {"endpoints": ("hello",)}, {"aiohttp/default"}, []),
        (("aiohttp",), {"endpoints": ("json",), "workloads": ("capacity",)}, {"aiohttp/default"}, []),
        (
            ("aiohttp",),
            {"workloads": ("capacity", "feed")},
            {"aiohttp/default"},
            [f"nothing is measured of workload feed: {NONE}"],
        ),
        (
            ("aiohttp",),
            {"workloads": ("capacity", "footprint"), "endpoints": ("json",)},
            {"aiohttp/default"},
            ["--endpoint leaves footprint out: leave --endpoint out"],
        ),
        (
            ("aiohttp",),
            {"workloads": ("capacity", "routes"), "profile": ProfileName.SMOKE},
            {"aiohttp/default"},
            ["nothing is measured of workload routes: the profile 'smoke' has none; standard and full have"],
        ),
    ],
)
def test_what_is_dropped_is_said(
    names: tuple[str, ...], choices: dict[str, object], measured: set[str], said: list[str]
) -> None:
    plan, sentences = planned(names, **choices)
    assert subjects(plan) == measured
    assert sentences == said


@pytest.mark.parametrize(
    ("name", "what", "hint"),
    [
        ("litestarr", "there is no app 'litestarr'", "is 'litestar' meant? "),
        ("litestarr/granian", "there is no app 'litestarr'", "is 'litestar' meant? "),
        ("litestar/granain", "app 'litestar' has no variant 'granain'", "is 'granian' meant? "),
        ("litestar/", "app 'litestar' has no variant ''", "choose from: controlled, default, granian"),
        ("zzz", "there is no app 'zzz'", "choose from: aiohttp, litestar"),
        (
            "litestar@3.14",
            "there is no app 'litestar@3.14'",
            "is litestar on Python 3.14 meant? name litestar, and add --python 3.14",
        ),
        (
            "litestar@3.14/granian",
            "there is no app 'litestar@3.14'",
            "is litestar/granian on Python 3.14 meant? name litestar/granian, and add --python 3.14",
        ),
        (
            "litestar/granian@pypy-3.11",
            "app 'litestar' has no variant 'granian@pypy-3.11'",
            "is litestar/granian on Python pypy-3.11 meant? ",
        ),
        ("litestar@v1", "there is no app 'litestar@v1'", "is litestar meant? what stands behind the @ is a revision, "),
        ("zzz@3.14", "there is no app 'zzz@3.14'", "choose from: aiohttp, litestar"),
        ("litestar,aiohttp", "there is no app 'litestar,aiohttp'", "name each by itself: litestar and aiohttp"),
    ],
)
def test_what_there_is_not_is_told_with_what_is_nearest(name: str, what: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        choose(TWO, (name,))
    assert refused.value.what == what
    assert refused.value.hint.startswith(hint)


@pytest.mark.parametrize(
    ("variant", "hint"),
    [
        ("granian@3.14", "is granian on Python 3.14 meant? name granian, and add --python 3.14"),
        ("granian,default", "name each by itself: --variant granian --variant default"),
        ("granain", "is 'granian' meant? choose from: controlled, default, granian"),
    ],
)
def test_a_variant_that_no_app_has_is_told_with_what_is_meant(variant: str, hint: str) -> None:
    with pytest.raises(UsageError, match=f"no chosen app has a variant named {variant}") as refused:
        planned(variants=(variant,))
    assert refused.value.hint == hint


def test_a_variant_that_is_named_stands_for_its_app_in_every_workload() -> None:
    """As one does that is chosen by --variant."""
    by_option, _ = planned(variants=("granian",))
    by_name, _ = planned(("litestar/granian",))
    assert by_name.cells == by_option.cells


def test_whatever_counts_as_a_usual_deployment_stands_for_its_app_in_every_workload() -> None:
    plan, _ = planned(profile=ProfileName.FULL)
    for workload in (Workload.CONCURRENCY, Workload.ROUTES):
        of_it = {cell.subject.original.key for cell in plan.cells if cell.workload is workload}
        assert of_it == {"aiohttp/default", "litestar/controlled"}, workload


def test_the_other_revision_of_an_app_is_narrowed_with_it() -> None:
    revision = TWO[1].model_copy(update={"name": "litestar@main"})
    apps: tuple[App, ...] = (TWO[1], revision)
    choices = Choices(profile=ProfileName.SMOKE, named=variants_named(("litestar/granian",)))
    plan = build_plan(apps, choices, CPUS)
    assert subjects(plan) == {"litestar/granian", "litestar@main/granian"}


def of_smoke(*names: str, **choices: object) -> set[str]:
    """Which subjects it measures by a profile that does not measure every variant."""
    return subjects(planned(names, profile=ProfileName.SMOKE, **choices)[0])


@pytest.mark.parametrize("names", [("litestar", "litestar/granian"), ("litestar/granian", "litestar")])
def test_an_app_that_is_named_alone_and_with_a_variant_has_both(names: tuple[str, ...]) -> None:
    assert of_smoke(*names) == {"litestar/controlled", "litestar/granian"}
    assert of_smoke("litestar") == {"litestar/controlled"}
    assert of_smoke(*names, variants=("default",)) == {"litestar/controlled", "litestar/granian"}


def test_what_is_compared_in_some_deployments_has_no_other_measured() -> None:
    compared = {"deployments": ("controlled", "default")}
    assert subjects(planned(**compared)[0]) == {"aiohttp/default", "litestar/controlled"}
    assert "litestar/granian" in subjects(planned(("litestar", "litestar/granian"), **compared)[0])
    assert subjects(planned(("litestar",), deployments=("nothing of these",))[0]) == {
        "litestar/controlled",
        "litestar/granian",
    }


def test_a_check_of_variants_tells_who_has_none_of_them_and_who_lacks_one() -> None:
    served = TWO[0].model_copy(update={"not_served": {"granian": "granian does not serve it: it hangs"}})
    apps = (served, TWO[1])
    (told,) = without_variants(apps, {}, ("granian",))
    assert told == (
        "aiohttp is left out: it has no variant 'granian' (it has: default, controlled); "
        "granian does not serve it: it hangs"
    )
    assert list(without_variants(apps, {}, ("granian", "default"))) == [
        "without variant 'granian' (granian does not serve it: it hangs): aiohttp"
    ]
    assert not list(without_variants(apps, {"aiohttp": ("default",)}, ("default",)))
    assert not list(without_variants(apps, {}, ()))
