"""An app's project on a server that it shares with others: the app's lock as it is, and the server's packages."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.catalog.discover import read_app
from harness.model.app import App, OnServer
from harness.model.cell import Subject
from harness.model.errors import BenchError, ManifestError, RuntimeFault
from harness.runtime import server_project
from harness.runtime.requirements import NotAdded, NotResolved
from harness.runtime.server_project import make_project, project_folder, standing_apart

LOCK = '[[package]]\nname = "{name}"\nversion = "{version}"\n'
USUAL = Subject(app="flask", variant="controlled")
SERVED = Subject(app="flask", variant="granian")


@pytest.fixture
def app(tmp_path: Path) -> App:
    """Flask's app, on a server that needs `click`, which it has, and `granian`, which it has not."""
    folder = tmp_path / "flask_app"
    folder.mkdir()
    shutil.copy("apps/flask_app/pyproject.toml", folder)
    has = {"flask": "3.1.3", "click": "8", "psycopg": "3.3.9"}
    locked = (LOCK.format(name=name, version=version) for name, version in has.items())
    (folder / "uv.lock").write_text("".join(locked))
    found = read_app(folder)
    on_server = found.on_servers["granian"].model_copy(update={"packages": {"click": "8.5.1", "granian": "2.8.9"}})
    return found.model_copy(update={"on_servers": {"granian": OnServer.model_validate(dict(on_server))}})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """What uv is asked to add; it then stands in the lock."""
    every: list[Sequence[str]] = []

    def require(folder: Path, requirements: Sequence[str]) -> None:
        every.append(requirements)
        with (folder / "uv.lock").open("a") as lock:
            for name, _, version in (each.partition("==") for each in requirements):
                if version:
                    lock.write(LOCK.format(name=name, version=version))

    monkeypatch.setattr(server_project, "require", require)
    return every


def test_what_the_app_has_keeps_its_version_and_its_folder_is_left_alone(
    app: App, asked: list[Sequence[str]], tmp_path: Path
) -> None:
    before = {file.name: file.read_bytes() for file in app.folder.iterdir()}
    folder = make_project(app, "granian", tmp_path / "state")
    assert asked == [["click", "granian==2.8.9"]]
    assert 'name = "granian"' in (folder / "uv.lock").read_text()
    assert {file.name: file.read_bytes() for file in app.folder.iterdir()} == before
    assert project_folder(app, "granian", tmp_path / "state") == folder
    assert project_folder(app, "controlled", tmp_path / "state") == app.folder


def test_it_is_made_once_and_anew_where_the_lock_has_changed(
    app: App, asked: list[Sequence[str]], tmp_path: Path
) -> None:
    for _ in range(2):
        make_project(app, "granian", tmp_path / "state")
    assert len(asked) == 1
    lock = app.folder / "uv.lock"
    lock.write_text(lock.read_text() + LOCK.format(name="jinja2", version="3"))
    make_project(app, "granian", tmp_path / "state")
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("of", "instead", "told"),
    [
        ('version = "8"', 'version = "9"', "another version of click"),
        ('name = "flask"', 'name = "six"\nversion = "1.17"\n[[package]]\nname = "flask"', "needs six"),
    ],
    ids=["another version than the app's", "a package that is not pinned"],
)
def test_a_server_that_would_change_the_app_or_is_not_pinned_is_refused(  # noqa: PLR0913, PLR0917 - fixtures
    app: App, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, of: str, instead: str, told: str
) -> None:
    def require(folder: Path, _: Sequence[str]) -> None:
        lock = folder / "uv.lock"
        lock.write_text(lock.read_text().replace(of, instead))

    monkeypatch.setattr(server_project, "require", require)
    with pytest.raises(ManifestError, match=told):
        make_project(app, "granian", tmp_path / "state")


@pytest.mark.parametrize(
    ("raised", "kind", "told"),
    [
        (NotResolved("No solution found when resolving dependencies"), ManifestError, "no versions fit both:\nNo"),
        (NotAdded("Failed to initialize cache"), RuntimeFault, "uv could not add what it needs:\nFailed"),
    ],
)
def test_what_uv_can_t_do_is_told_apart_from_versions_that_don_t_fit(  # noqa: PLR0913, PLR0917 - fixtures
    app: App, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, raised: Exception, kind: type[BenchError], told: str
) -> None:
    def require(_: Path, __: Sequence[str]) -> None:
        raise raised

    monkeypatch.setattr(server_project, "require", require)
    with pytest.raises(kind, match=told):
        make_project(app, "granian", tmp_path / "state")


def test_what_is_left_of_an_app_that_is_no_more_goes(app: App, asked: list[Sequence[str]], tmp_path: Path) -> None:
    folder = make_project(app, "granian", tmp_path / "state")
    moved = app.model_copy(update={"folder": app.folder.rename(tmp_path / "elsewhere_app")})
    make_project(moved, "granian", tmp_path / "state")
    assert not folder.exists()
    assert len(asked) == 2


def test_only_servers_that_are_measured_are_made(app: App) -> None:
    assert standing_apart(app, [USUAL]) == ()
    assert standing_apart(app, [USUAL, SERVED, SERVED.model_copy(update={"app": "bottle"})]) == ("granian",)


def test_a_variant_of_the_manifest_that_needs_more_has_a_project_too(
    app: App, asked: list[Sequence[str]], tmp_path: Path
) -> None:
    orm = SERVED.model_copy(update={"variant": "sqlalchemy"})
    assert standing_apart(app, [USUAL, orm]) == ("sqlalchemy",)
    folder = make_project(app, "sqlalchemy", tmp_path / "state")
    assert asked == [[f"{name}=={version}" for name, version in app.packages("sqlalchemy").items()]]
    assert 'name = "sqlalchemy"' in (folder / "uv.lock").read_text()
    assert 'name = "sqlalchemy"' not in (app.folder / "uv.lock").read_text()
    assert project_folder(app, "sqlalchemy", tmp_path / "state") == folder
