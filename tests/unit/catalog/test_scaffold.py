"""A new app begins with two endpoints, and its manifest is true of what runs."""

import re
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from harness.catalog.discover import find_app, read_app
from harness.catalog.package import Package
from harness.catalog.remaining import next_steps, next_steps_on_the_same, undeclared
from harness.catalog.scaffold import begin_from_skeleton, begin_like, begin_on_the_same, new_folder, pin_python
from harness.host.own_files import own_files
from harness.model.app import App, Endpoint, Family, Interface
from harness.model.errors import UsageError

APPS = Path(__file__).parents[3] / "apps"
FALCON = Package(name="falcon", version="4.4.0")
NOT_TAKEN = {".venv", "__pycache__", "bare_site.py", "batteries_site.py"}
QUART = Package(name="Quart", version="0.23.1")
FOLDER = Path("my apps", "quart_app")


@pytest.fixture(scope="module")
def flask() -> App:
    return read_app(APPS / "flask_app")


def read_locked(folder: Path) -> App:
    """As `read_app`, with a stand-in for the lock file that uv would write."""
    (folder / "uv.lock").touch()
    return read_app(folder)


@pytest.mark.parametrize("interface", list(Interface))
def test_a_skeleton_declares_the_first_two_endpoints_and_no_framework(interface: Interface, tmp_path: Path) -> None:
    with new_folder(tmp_path, "falcon") as draft:
        begin_from_skeleton(draft, FALCON, interface)
    made = read_locked(tmp_path / "falcon_app")
    assert made.manifest.endpoints == (Endpoint.HELLO, Endpoint.JSON)
    assert (made.manifest.title, made.manifest.family) == ("Falcon (scaffold)", Family.SCAFFOLD)
    assert made.manifest.package is None
    assert {file.name for file in made.folder.iterdir()} == {"README.md", "app.py", "pyproject.toml", "uv.lock"}
    assert 'name = "falcon-app"' in (made.folder / "pyproject.toml").read_text()


@pytest.mark.parametrize(("interface", "shipped"), [("wsgi", "flask_app"), ("asgi", "starlette_app")])
def test_a_skeleton_is_served_as_every_app_of_its_interface_is(interface: str, shipped: str) -> None:
    def manifest(file: Path) -> dict[str, Any]:
        return tomllib.loads(file.read_text())["tool"]["bench"]["variants"]  # type: ignore[no-any-return]

    def command(variants: dict[str, Any]) -> list[str]:
        found = variants.get("controlled") or variants["default"]
        return ["app:app" if word.startswith("app:") else word for word in found["command"]]

    skeletons = Path(__file__).parents[3] / "harness" / "catalog" / "skeletons"
    assert command(manifest(skeletons / interface / "manifest.toml")) == command(
        manifest(APPS / shipped / "pyproject.toml")
    )


def test_a_copy_has_the_other_apps_code_and_says_whose_it_is(flask: App, tmp_path: Path) -> None:
    with new_folder(tmp_path, "quart_app") as draft:
        begin_like(draft, QUART, flask, (file.name for file in own_files(flask).files))
    made = read_app(tmp_path / "quart_app")
    assert (made.name, made.manifest.title) == ("quart", "Quart (copy of Flask)")
    assert (made.manifest.package, made.manifest.family) == ("flask", Family.SCAFFOLD)
    assert made.manifest.endpoints == (Endpoint.HELLO, Endpoint.JSON)
    assert {name: (each.server, each.command) for name, each in made.manifest.variants.items()} == {
        name: (each.server, each.command) for name, each in flask.manifest.variants.items()
    }
    assert (made.folder / "app.py").read_bytes() == (flask.folder / "app.py").read_bytes()
    assert not (made.folder / ".venv").exists()
    for file in ("pyproject.toml", "uv.lock"):
        assert 'name = "quart-app"' in (made.folder / file).read_text()
        assert "flask-app" not in (made.folder / file).read_text()
    assert "Flask" in (made.folder / "README.md").read_text()


def test_a_copy_stays_on_the_same_framework_where_nobody_names_another(flask: App, tmp_path: Path) -> None:
    with new_folder(tmp_path, "myapp") as draft:
        left_out = begin_on_the_same(draft, flask, (file.name for file in own_files(flask).files))
    made = read_app(tmp_path / "myapp_app")
    assert (made.name, made.manifest.title, made.manifest.family) == ("myapp", "Flask (myapp)", Family.SCAFFOLD)
    kept = ("package", "endpoints", "variants", "homepage", "not_offered", "deviates", "orm", "driver", "serializer")
    for field in kept:
        assert getattr(made.manifest, field) == getattr(flask.manifest, field), field
    assert set(left_out) == {"bare_site", "bare_site.py", "batteries_site", "batteries_site.py"}
    lock = (made.folder / "uv.lock").read_text()
    assert lock == (flask.folder / "uv.lock").read_text().replace("flask-app", "myapp-app")
    assert (made.folder / "README.md").read_text().startswith("# Flask (myapp)\n\nBegun as a copy of the app `flask`")
    told = "\n".join(next_steps_on_the_same(name="myapp", both="--app flask", like=flask, left_out=left_out))
    assert "bench verify myapp" in told
    assert "bench run --profile smoke --app flask." in told


def test_what_is_left_names_every_endpoint_that_is_not_declared(flask: App) -> None:
    told = "\n".join(next_steps(QUART, Interface.WSGI, name="quart", folder=FOLDER, like=flask))
    for endpoint in undeclared((Endpoint.HELLO, Endpoint.JSON)):
        assert re.search(rf"  {endpoint.value}: (GET|POST|WebSocket) /{endpoint.value}\b", told)
    assert "bench verify quart" in told
    assert "Remove Flask" in told


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), new_folder(tmp_path, "quart") as draft:
        (draft / "uv.lock").read_text()
    assert list(tmp_path.iterdir()) == []
    assert not draft.parent.exists()


def test_a_new_app_names_its_python_where_no_folder_above_does(tmp_path: Path) -> None:
    draft = tmp_path / "draft"
    draft.mkdir()
    (tmp_path / "within").mkdir()
    (tmp_path / "within" / ".python-version").write_text("3.13\n")
    pin_python(draft, tmp_path / "within")
    assert not list(draft.iterdir())
    pin_python(draft, tmp_path)
    assert (draft / ".python-version").read_text() == f"{sys.version_info.major}.{sys.version_info.minor}\n"


def test_an_existing_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "quart_app").mkdir()
    with pytest.raises(UsageError, match="exists"), new_folder(tmp_path, "quart"):
        pass


def test_a_missing_folder_of_apps_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder") as refused, new_folder(tmp_path / "aps", "quart"):
        pass
    assert "--apps-dir" in refused.value.hint
    assert f"mkdir -p {tmp_path / 'aps'}" in refused.value.hint


@pytest.mark.parametrize("name", ["", "Quart", "../quart", "1quart", "quart app", "q" * 41])
def test_a_name_that_is_no_folder_or_identifier_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="can't be an app's name") as refused, new_folder(tmp_path, name):
        pass
    assert refused.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("web.py", ": bench new webpy --package web.py"),
        ("Falcon", ": bench new falcon --package Falcon"),
        ("quart app", "--package"),
        ("3", "--package"),
    ],
)
def test_a_distribution_that_no_app_can_be_called_as_is_told_with_the_command(
    tmp_path: Path, name: str, told: str
) -> None:
    with pytest.raises(UsageError) as refused, new_folder(tmp_path, name):
        pass
    assert refused.value.hint.endswith(told)


def test_an_app_is_found_by_name_without_reading_its_broken_neighbours(flask: App, tmp_path: Path) -> None:
    broken = tmp_path / "broken_app"
    broken.mkdir()
    (broken / "pyproject.toml").write_text("[tool")
    assert find_app((tmp_path, APPS), "flask_app") == flask
    with pytest.raises(UsageError, match="flusk") as refused:
        find_app((tmp_path, APPS, tmp_path / "nowhere"), "flusk")
    assert "flask" in refused.value.hint


def test_a_copy_has_nothing_of_the_folder_but_the_app_s_own_files(tmp_path: Path) -> None:
    model = tmp_path / "flask_app"
    shutil.copytree(APPS / "flask_app", model, ignore=shutil.ignore_patterns(".venv", "__pycache__"))
    (model / "#lock#").symlink_to("somebody@nowhere.1")
    (model / "local_settings.py").write_text("secret")
    (model / "venv").mkdir()
    (model / "venv" / "pyvenv.cfg").write_text("")
    app = read_app(model)
    with new_folder(tmp_path, "quart") as draft:
        begin_like(draft, QUART, app, (file.name for file in own_files(app).files if not file.withheld))
    made = {path.name for path in (tmp_path / "quart_app").iterdir()}
    assert made == {path.name for path in (APPS / "flask_app").iterdir()} - NOT_TAKEN


def test_a_copy_leaves_out_what_is_the_other_apps_own_and_says_so(flask: App, tmp_path: Path) -> None:
    assert flask.manifest.bare_site
    assert any(variant.source for variant in flask.manifest.variants.values())
    with new_folder(tmp_path, "quart") as draft:
        left_out = begin_like(draft, QUART, flask, (file.name for file in own_files(flask).files))
    made = read_app(tmp_path / "quart_app")
    assert (made.manifest.sites, made.manifest.homepage) == ({}, None)
    assert not list(made.folder.glob("*_site.py"))
    for variant in made.manifest.variants.values():
        assert variant.source is None
        assert "still to say" in variant.why
    assert set(left_out) == {
        *("why", "source", "homepage", "not_offered"),
        *("bare_site", "bare_site.py", "batteries_site", "batteries_site.py"),
    }
    told = next_steps(QUART, Interface.WSGI, name="quart", folder=FOLDER, like=flask, left_out=left_out)
    assert told[0].startswith("Left out, since it is Flask's own: why, ")


def test_a_copy_is_told_to_deploy_the_default_that_it_has(flask: App) -> None:
    assert flask.resolve("default")
    told = "\n".join(next_steps(QUART, Interface.WSGI, name="quart", folder=FOLDER, like=flask))
    assert "Deploy `default` as Quart's documentation recommends" in told
    assert "Add a variant" not in told
    alone = "\n".join(next_steps(QUART, Interface.WSGI, name="quart", folder=FOLDER, like=None))
    assert "Add a variant `default`" in alone


def test_a_native_app_is_told_of_no_shared_server() -> None:
    told = "\n".join(next_steps(QUART, Interface.NATIVE, name="quart", folder=FOLDER, like=None))
    assert "controlled" not in told
    assert "Python's own HTTP server answers them" in told
    assert "own_server = true" in told


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("--apps-dir", "my apps"), "--package: bench new webpy --package web.py --apps-dir 'my apps'"),
        (("--interface", "wsgi"), "--package: bench new webpy --package web.py --interface wsgi"),
        (("--package", "web.py>=0.6"), "--package: bench new webpy --package 'web.py>=0.6'"),
        (("--like", "flask"), "beginning with a letter: bench new webpy --like flask"),
    ],
)
def test_the_command_keeps_what_was_typed_beside_the_name(tmp_path: Path, typed: tuple[str, ...], told: str) -> None:
    with pytest.raises(UsageError) as refused, new_folder(tmp_path, "web.py", typed):
        pass
    assert refused.value.hint.endswith(told)


@pytest.mark.parametrize("like", [True, False])
def test_the_commands_name_the_folder_as_it_can_be_typed(flask: App, *, like: bool) -> None:
    steps = next_steps(QUART, Interface.WSGI, name="quart", folder=FOLDER, like=flask if like else None)
    told = "\n".join(steps)
    assert "lock them: uv lock --project 'my apps/quart_app'." in told
    assert ("uv add --no-sync --project 'my apps/quart_app' 'psycopg[binary,pool]>=3.3'." in told) != like
    assert not re.search(r"uv (lock|add)\b(?! --)", told)


def test_an_app_of_the_project_is_named_from_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder, named in ((APPS.parent, "apps/flask_app"), (tmp_path, str(APPS.resolve() / "flask_app"))):
        monkeypatch.chdir(folder)
        told = "\n".join(next_steps(QUART, Interface.WSGI, name="quart", folder=FOLDER, like=None))
        assert f". {named} keeps the whole contract" in told


@pytest.mark.parametrize(("inside", "above"), [(False, "--apps-dir 'my apps'"), (True, "--apps-dir ..")])
def test_an_app_is_not_made_within_another(
    flask: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, inside: bool, above: str
) -> None:
    """No command would find it there."""
    monkeypatch.chdir(tmp_path)
    model = Path("my apps", "flask_app")
    shutil.copytree(flask.folder, model, ignore=shutil.ignore_patterns(".venv", "__pycache__"))
    if inside:
        monkeypatch.chdir(model)
    with pytest.raises(UsageError, match="is an app") as refused, new_folder(Path() if inside else model, "quart"):
        pass
    assert refused.value.hint.endswith(above)


def test_a_folder_that_can_not_be_written_to_is_told_as_that() -> None:
    folder = Path("/proc/self")
    with pytest.raises(UsageError, match=r"quart_app can't be made: ") as refused, new_folder(folder, "quart"):
        pass
    assert "--apps-dir" in refused.value.hint
