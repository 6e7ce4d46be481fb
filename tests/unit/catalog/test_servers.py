"""The servers on which all apps of an interface can be measured: one file for each."""

import shutil
from pathlib import Path

import pytest

from harness.catalog.discover import discover
from harness.catalog.selection import choose, variants_of
from harness.catalog.servers import find_servers, on_servers, read_server
from harness.catalog.shared_server import shared_server
from harness.model.app import App, Family, Interface, Manifest
from harness.model.errors import ManifestError
from harness.model.host import CpuLayout
from harness.model.plan import ProfileName
from harness.plan.build import Choices, build_plan, of_profile

APPS = Path("apps")
SERVER = """
homepage = "https://example.org/"
packages = { bjoern = "3.2.2" }

[wsgi]
server = "bjoern"
command = ["bjoern", "${HOST}:${PORT}", "${APPLICATION}"]
why = "As its guide says."
source = "https://example.org/guide"
"""


@pytest.fixture
def apps_folder(tmp_path: Path) -> Path:
    """The shipped apps, without environments."""
    shutil.copytree(APPS, tmp_path / "apps", ignore=shutil.ignore_patterns(".venv", "__pycache__", "servers"))
    (tmp_path / "apps" / "servers").mkdir()
    return tmp_path / "apps"


def by_name(apps_folder: Path) -> dict[str, App]:
    return {app.name: app for app in discover((apps_folder,))}


def test_a_new_server_for_all_wsgi_apps_is_one_file(apps_folder: Path) -> None:
    assert not any("bjoern" in app.deployments for app in by_name(apps_folder).values())
    (apps_folder / "servers" / "bjoern.toml").write_text(SERVER)
    found = {name: app.variant("bjoern") for name, app in by_name(apps_folder).items() if "bjoern" in app.deployments}
    assert {name: each.command[-1] for name, each in found.items()} == {
        "bottle": "app:app",
        "django": "config.wsgi:application",
        "flask": "app:create_app()",
        "pyramid": "wsgi:application",
        "wsgi": "app:app",
    }
    assert {each.interface for each in found.values()} == {Interface.WSGI}


def test_an_application_that_is_made_by_a_call_is_named_as_the_server_takes_it(apps_folder: Path) -> None:
    file = apps_folder / "servers" / "bjoern.toml"
    file.write_text(SERVER.replace("why =", 'call = ["--factory"]\nwhy ='))
    apps = by_name(apps_folder)
    assert apps["flask"].variant("bjoern").command[-2:] == ("--factory", "app:create_app")
    assert apps["bottle"].variant("bjoern").command == ("bjoern", "${HOST}:${PORT}", "app:app")


def test_an_application_that_is_made_by_a_call_is_left_out_where_the_server_calls_nothing(apps_folder: Path) -> None:
    file = apps_folder / "servers" / "bjoern.toml"
    why = 'calls_no_function = "it takes an object alone, https://example.org/issues/2"'
    file.write_text(SERVER.replace("why =", f"{why}\nwhy ="))
    apps = by_name(apps_folder)
    assert {name for name, app in apps.items() if "bjoern" in app.deployments} == {
        "bottle",
        "django",
        "pyramid",
        "wsgi",
    }
    file.write_text(SERVER.replace("why =", 'calls_no_function = "it takes an object alone"\nwhy ='))
    with pytest.raises(ManifestError, match=r"wsgi\.calls_no_function: it has no link"):
        by_name(apps_folder)


def test_an_app_keeps_a_variant_of_its_own_under_the_name(apps_folder: Path) -> None:
    (apps_folder / "servers" / "default.toml").write_text(SERVER)
    assert "default" not in by_name(apps_folder)["flask"].on_servers


def test_an_app_that_the_server_does_not_serve_is_left_out_with_the_reason(apps_folder: Path) -> None:
    file = apps_folder / "servers" / "bjoern.toml"
    file.write_text(SERVER + '[unfit]\nflask = "loses answers, https://example.org/issues/1"\n')
    apps = by_name(apps_folder)
    assert "bjoern" not in apps["flask"].deployments
    assert "bjoern" in apps["bottle"].deployments


@pytest.mark.parametrize("profile", [ProfileName.QUICK, ProfileName.STANDARD])
def test_servers_are_measured_only_when_asked_for(profile: ProfileName) -> None:
    apps = discover((APPS,))
    cpus = CpuLayout(server=(0,), generator=(1,), database=(1,))
    usual = build_plan(apps, Choices(profile=profile), cpus)
    assert all(
        subject.variant in app.manifest.variants
        for app in apps
        for subject in usual.subjects
        if subject.app == app.name
    )
    asked = build_plan(apps, Choices(profile=profile, variants=("granian",)), cpus)
    assert {subject.variant for subject in asked.subjects} == {"granian"}


def test_a_shipped_server_can_be_named_with_an_app() -> None:
    apps = discover((APPS,))
    (flask,) = choose(apps, ("flask/waitress",))
    assert {"granian", "waitress"} <= set(variants_of(flask))
    assert "head" in flask.deviates("waitress")
    assert "head" not in flask.deviates("granian")


def test_daphne_is_for_apps_that_do_without_the_lifespan_protocol() -> None:
    assert [app.name for app in discover((APPS,)) if "daphne" in app.deployments] == ["django"]


def test_gunicorn_s_own_asgi_worker_is_not_for_apps_that_fail_there() -> None:
    asynchronous = {app.name: app for app in discover((APPS,), guests=True) if "granian" in app.deployments}
    assert not {"quart", "sanic"} & {name for name, app in asynchronous.items() if "gunicorn-asgi" in app.deployments}
    assert "gunicorn-asgi" in asynchronous["litestar"].deployments


def test_uwsgi_calls_the_function_that_makes_an_application_by_itself() -> None:
    served = {app.name: app.variant("uwsgi") for app in discover((APPS,)) if "uwsgi" in app.deployments}
    assert {name: each.command[-1] for name, each in served.items()} == {
        "django": "config.wsgi:application",
        "flask": "app:create_app()",
        "pyramid": "wsgi:application",
        "wsgi": "app:app",
    }


@pytest.mark.parametrize(
    ("instead", "of", "told"),
    [
        ("", "${APPLICATION}", "wsgi.command: it has no ${APPLICATION}"),
        ("Bjoern", "bjoern =", "packages.Bjoern"),
        ("[rsgi]", "[wsgi]", "rsgi"),
        ("whyever", "why", "why"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_name(apps_folder: Path, instead: str, of: str, told: str) -> None:
    file = apps_folder / "servers" / "bjoern.toml"
    file.write_text(SERVER.replace(of, instead + " =" if of.endswith("=") else instead, 1))
    with pytest.raises(ManifestError) as refused:
        discover((apps_folder,))
    assert "bjoern.toml" in refused.value.what
    assert told in refused.value.what


def test_the_profile_of_servers_measures_its_apps_on_all_of_theirs() -> None:
    apps = discover((APPS,))
    choices = Choices(profile=ProfileName.SERVERS)
    some = of_profile(apps, choices)
    assert [app.name for app in some] == ["asgi", "django", "fastapi", "flask", "wsgi"]
    plan = build_plan(some, choices, CpuLayout(server=(0,), generator=(1,), database=(1,)))
    for app in some:
        measured = {subject.variant for subject in plan.subjects if subject.app == app.name}
        assert measured == {app.resolve("controlled"), *app.on_servers}
    named = choices.model_copy(update={"apps_named": True})
    assert of_profile(apps, named) == apps
    assert of_profile(apps, Choices(profile=ProfileName.QUICK)) == apps


def test_why_an_app_is_not_on_a_server_is_known(apps_folder: Path) -> None:
    calls_none = 'calls_no_function = "it takes an object alone, https://example.org/issues/2"'
    file = SERVER.replace("why =", f"{calls_none}\nwhy =")
    (apps_folder / "servers" / "bjoern.toml").write_text(f'{file}\n[unfit]\nbottle = "hangs, https://example.org/1"\n')
    apps = by_name(apps_folder)
    assert {name: app.not_served["bjoern"] for name, app in apps.items() if "bjoern" in app.not_served} == {
        "asgi": "bjoern serves apps on WSGI, and this is on ASGI",
        "bottle": "bjoern does not serve it: hangs, https://example.org/1",
        "fastapi": "bjoern serves apps on WSGI, and this is on ASGI",
        "flask": "bjoern serves no app that a function makes: it takes an object alone, https://example.org/issues/2",
        "sanic": "bjoern serves apps on WSGI, and this is on an interface of its own and ASGI",
        "starlette": "bjoern serves apps on WSGI, and this is on ASGI",
        "tornado": "bjoern serves apps on WSGI, and this is on an interface of its own",
    }
    assert not any(set(app.not_served) & set(app.deployments) for app in apps.values())


def test_an_app_whose_place_no_variant_tells_is_on_no_server(apps_folder: Path) -> None:
    (apps_folder / "servers" / "bjoern.toml").write_text(SERVER)
    bottle = by_name(apps_folder)["bottle"].manifest
    other = {"own": bottle.variants["controlled"].model_copy(update={"command": ("own", "app:app")})}
    served, not_served = on_servers("bottle", bottle.model_copy(update={"variants": other}), find_servers(apps_folder))
    assert not served
    assert not_served["bjoern"] == (
        "bjoern finds an app where a variant on gunicorn gthread says that it is, and it has none"
    )


def test_an_app_is_served_by_the_interface_of_whatever_counts_as_controlled() -> None:
    wsgi, asgi = (shared for each in (Interface.WSGI, Interface.ASGI) if (shared := shared_server(each)))
    granian = {"granian": read_server(APPS / "servers" / "granian.toml")}
    for also, interface in (({}, Interface.ASGI), ({"also": ("controlled",)}, Interface.WSGI)):
        variants = {"asgi": asgi, "default": wsgi.model_copy(update=also)}
        document = {"title": "T", "family": Family.MICRO, "endpoints": ("json",), "variants": variants}
        served, _ = on_servers("tiny", Manifest.model_validate(document), granian)
        (found,) = served.values()
        assert found.variant.interface is interface
