"""Where nothing is left to measure although apps have what was chosen, it is said why."""

import pytest

from harness.catalog.discover import read_app
from harness.cli.output import shown
from harness.model.app import Endpoint
from harness.model.cell import Workload
from harness.model.errors import UsageError
from harness.model.host import CpuLayout
from harness.model.plan import ProfileName
from harness.plan.build import Choices, build_plan
from tests.odd_hosts import PROJECT
from tests.unit.plan.manifests import app_with

CPUS = CpuLayout(server=(0, 2), generator=(1,), database=(1,))
NO_ENDPOINT = "no chosen app has a chosen endpoint in a chosen workload"


@pytest.mark.parametrize(
    ("names", "workloads", "endpoints", "why"),
    [
        (
            ("wsgi",),
            ("feed",),
            ("feed",),
            "of baselines, feeds and chats are measured on ASGI servers only, and wsgi has none",
        ),
        (("wsgi", "asgi"), ("routes",), (), "routes are measured of frameworks, and not of baselines (asgi, wsgi)"),
        (("asgi",), ("feed",), ("hello",), NO_ENDPOINT),
        (("flask",), ("feed",), ("hello",), NO_ENDPOINT),
    ],
)
def test_it_is_said_why(
    names: tuple[str, ...], workloads: tuple[str, ...], endpoints: tuple[str, ...], why: str
) -> None:
    apps = [read_app(PROJECT / "apps" / f"{name}_app") for name in names]
    choices = Choices(
        profile=ProfileName.STANDARD,
        workloads=tuple(map(Workload, workloads)),
        endpoints=tuple(map(Endpoint, endpoints)),
    )
    with pytest.raises(UsageError) as refused:
        build_plan(apps, choices, CPUS)
    assert shown(refused.value.what) == f"nothing is left to measure: {why}"


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        (
            {"workloads": (Workload.CONCURRENCY,), "connections": (32,)},
            "profile 'standard' measures concurrency with 1, 4, 8, 16, 64 and 512 connections, and not with 32",
        ),
        (
            {"workloads": (Workload.FEED,), "connections": (7,), "profile": ProfileName.QUICK},
            "profile 'quick' measures feed not at all, and not with 7",
        ),
        ({"endpoints": (Endpoint.DB,)}, "db is declared by no chosen app (tiny)"),
        ({"workloads": (Workload.ROUTES,), "profile": ProfileName.SMOKE}, "profile 'smoke' has no routes"),
        ({"workloads": (Workload.FOOTPRINT,), "endpoints": (Endpoint.JSON,)}, "--endpoint leaves footprint out"),
    ],
)
def test_the_numbers_and_endpoints_that_there_are_not_are_named(chosen: dict[str, object], why: str) -> None:
    choices = Choices.model_validate({"profile": ProfileName.STANDARD} | chosen)
    with pytest.raises(UsageError) as refused:
        build_plan([app_with("tiny", ("hello", "json", "feed"), controlled=())], choices, CPUS)
    assert shown(refused.value.what) == f"nothing is left to measure: {why}"


@pytest.mark.parametrize(
    ("chosen", "advised"),
    [
        ({"endpoints": (Endpoint.DB,)}, "write it, then add db to `endpoints`; or name an app that has it"),
        ({"workloads": (Workload.CHAT,)}, "leave --workload out"),
        ({"workloads": (Workload.ROUTES,)}, "leave --workload out, or choose --profile standard or full"),
        ({"workloads": (Workload.FOOTPRINT,), "endpoints": (Endpoint.FEED,)}, "leave --endpoint out"),
        (
            {"workloads": (Workload.CONCURRENCY,), "connections": (32,)},
            "leave --workload or --connections out",
        ),
    ],
)
def test_only_choices_that_were_made_are_advised_against(chosen: dict[str, object], advised: str) -> None:
    choices = Choices.model_validate({"profile": ProfileName.SERVERS} | chosen)
    with pytest.raises(UsageError) as refused:
        build_plan([app_with("tiny", ("json", "feed"), controlled=())], choices, CPUS)
    assert refused.value.hint.rpartition("footprint; ")[2] == advised
