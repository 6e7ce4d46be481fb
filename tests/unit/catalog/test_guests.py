"""Guests: apps that are measured only when they are asked for."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.catalog.discover import discover, find_app, guests_in, names_in
from harness.cli.list import ROWS
from harness.model.app import REFERENCE_FAMILIES, Endpoint, Family
from harness.model.errors import BenchError, ManifestError
from harness.model.host import CpuLayout
from harness.model.plan import ProfileName
from harness.plan.build import Choices, build_plan, of_profile
from harness.plan.profiles import PROFILES
from tests.unit.catalog.test_discover import MANIFEST

APPS = Path("apps")
CPUS = CpuLayout(server=(0,), generator=(1,), database=(1,))
LONGEST_S = 40 * 60

type Add = Callable[[str], Path]


@pytest.fixture
def add(tmp_path: Path) -> Add:
    """Makes an app in the folder that has been given, and returns its own."""

    def make(name: str) -> Path:
        folder = tmp_path / f"{name}_app"
        folder.mkdir(parents=True)
        (folder / "pyproject.toml").write_text(MANIFEST)
        (folder / "uv.lock").write_text("version = 1\n")
        return folder

    return make


def names(folder: Path, *asked_for: str, guests: bool = False) -> list[tuple[str, bool]]:
    return [(app.name, app.guest) for app in discover((folder,), asked_for, guests=guests)]


def test_a_guest_comes_along_only_if_it_is_asked_for(add: Add, tmp_path: Path) -> None:
    add("host")
    add("guests/visitor")
    assert names(tmp_path) == names(tmp_path, "host/default") == [("host", False)]
    both = [("host", False), ("visitor", True)]
    assert names(tmp_path, guests=True) == names(tmp_path, "visitor") == names(tmp_path, "visitor_app/default") == both
    assert guests_in((tmp_path,)) == ("visitor",)
    assert names_in((tmp_path,)) == ("host", "visitor")
    assert find_app((tmp_path,), "visitor").folder == tmp_path / "guests" / "visitor_app"


def test_apps_of_a_folder_that_is_given_itself_are_no_guests_there(add: Add, tmp_path: Path) -> None:
    add("host")
    guest = add("guests/visitor")
    assert names(guest) == names(guest.parent) == [("visitor", False)]
    assert [app.guest for app in discover((tmp_path, guest), guests=True)] == [False, False]


def test_an_app_takes_the_place_of_the_guest_of_its_name(add: Add, tmp_path: Path) -> None:
    own = add("visitor")
    add("guests/visitor")
    (found,) = discover((tmp_path,), guests=True)
    assert (found.folder, found.guest) == (own, False)
    assert find_app((tmp_path,), "visitor").folder == own


def test_what_is_wrong_with_a_guest_stops_nobody_who_did_not_ask_for_it(add: Add, tmp_path: Path) -> None:
    add("host")
    (add("guests/visitor") / "pyproject.toml").write_text("[")
    assert names(tmp_path) == names(tmp_path, "host") == [("host", False)]
    with pytest.raises(ManifestError):
        discover((tmp_path,), guests=True)


def test_a_guest_is_served_by_the_servers_of_all_apps(add: Add, tmp_path: Path) -> None:
    folder = add("guests/visitor")
    shutil.copytree(APPS / "servers", tmp_path / "servers")
    (tmp_path / "servers" / "granian.toml").rename(tmp_path / "servers" / "ours.toml")
    (folder / "pyproject.toml").write_text((APPS / "starlette_app" / "pyproject.toml").read_text())
    shutil.copy(APPS / "starlette_app" / "uv.lock", folder)
    assert "ours" in find_app((tmp_path,), "visitor").on_servers


def test_a_plan_has_guests_only_if_the_choices_or_the_profile_invite_them() -> None:
    apps = discover((APPS,), guests=True)
    guests = {app.name for app in apps if app.guest}
    assert guests == set(guests_in((APPS,)))

    def measured(**choices: object) -> set[str]:
        return {app.name for app in of_profile(apps, Choices.model_validate(choices))}

    everybody = {app.name for app in apps}
    for profile in set(ProfileName) - {ProfileName.WIDE}:
        assert not measured(profile=profile) & guests
        assert measured(profile=profile, guests=True) >= guests
    assert measured(profile=ProfileName.QUICK) == everybody - guests
    assert measured(profile=ProfileName.QUICK, apps_named=True) == everybody
    assert measured(profile=ProfileName.WIDE) == everybody


def test_the_profile_of_all_frameworks_is_over_in_forty_minutes() -> None:
    apps = discover((APPS,), guests=True)
    plan = build_plan(apps, Choices(profile=ProfileName.WIDE), CPUS)
    assert {subject.app for subject in plan.subjects} == {app.name for app in apps}
    assert plan.estimated_s <= LONGEST_S


@pytest.mark.parametrize("name", guests_in((APPS,)))
def test_a_shipped_guest_has_the_manifest_of_an_app_that_is_written(name: str) -> None:
    app = find_app((APPS,), name)
    manifest = app.manifest
    assert manifest.family not in REFERENCE_FAMILIES | {Family.SCAFFOLD}
    assert manifest.package
    assert app.resolve("default")
    assert app.resolve("controlled")
    told = {*manifest.endpoints, *manifest.not_offered}
    assert set(PROFILES[ProfileName.WIDE].capacity) <= told, "it is measured there, or says why it can't be"
    assert Endpoint.CHAT in told, "it has a chat, or says why not"
    assert all(variant.source for variant_name, variant in manifest.variants.items() if variant_name == "default")
    assert f"| `{name}` |" in Path("docs/guests.md").read_text(encoding="utf-8")


def test_the_list_of_apps_says_who_is_of_the_article_and_who_is_a_guest() -> None:
    broken: list[BenchError] = []
    who = {str(row["app"]): row["who"] for row in ROWS["apps"]((APPS,), broken)}
    assert not broken
    assert {name for name, each in who.items() if each == "guest"} == set(guests_in((APPS,)))
    assert {name for name, each in who.items() if each == "reference"} == {"asgi", "starlette", "wsgi"}
    of_the_article = {"bottle", "django", "fastapi", "flask", "pyramid", "sanic", "tornado"}
    assert {name for name, each in who.items() if each == "article"} == of_the_article
