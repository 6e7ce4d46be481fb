"""The two sides of an app, by whatever they differ: planned alike, and told apart in words."""

import subprocess
from pathlib import Path

import pytest

from harness.catalog.discover import read_app
from harness.model.app import App
from harness.model.cell import Subject
from harness.model.errors import UsageError
from harness.model.plan import Sides
from harness.model.run import RuntimeName
from harness.runtime import interpreters
from harness.runtime.docker.images import PYTHON_IMAGE, image_name
from harness.runtime.sides import Pair, as_recorded, besides, pairs_of
from tests.unit.runtime.test_revisions import MANIFEST

SECOND = """
[tool.bench.variants.threads]
server = "waitress"
interface = "wsgi"
command = ["python", "app.py", "--threads"]
environment = { MODE = "quiet" }
why = "To compare."
"""


@pytest.fixture
def app(tmp_path: Path) -> App:
    folder = tmp_path / "apps" / "one_app"
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(MANIFEST + SECOND)
    (folder / "uv.lock").write_text("version = 1\n")
    (folder / "app.py").write_text("one")
    return read_app(folder)


def sides_of(app: App, tmp_path: Path, place: RuntimeName = RuntimeName.PROCESS, **asked: tuple[str, ...]) -> Pair:
    (pair,) = pairs_of([app], Sides(**asked), tmp_path / "sides", place=place, all_of_them=True)
    return pair


@pytest.fixture
def pythons(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are found as they are, and their version is the path's last part."""

    def find(given: str) -> interpreters.FoundPython:
        build = interpreters.own_python().build.model_copy(update={"version": given.rpartition("/")[2]})
        return interpreters.FoundPython(given, Path(given), build)

    monkeypatch.setattr("harness.runtime.sides.find_python", find)


def test_a_variable_is_told_to_one_side_or_each_its_own(app: App, tmp_path: Path) -> None:
    a, b = sides_of(app, tmp_path, variables=("MODE=loud", "LEVEL=2"))
    assert (a.name, a.revision) == ("one", None)
    assert (b.name, b.revision) == ("one@with-MODE-loud-LEVEL-2", "with MODE=loud, LEVEL=2")
    assert a.manifest == app.manifest
    assert {name: each.environment for name, each in b.manifest.variants.items()} == {
        "default": {"MODE": "loud", "LEVEL": "2"},
        "threads": {"MODE": "loud", "LEVEL": "2"},
    }
    a, b = sides_of(app, tmp_path, variables=("MODE=loud", "MODE="))
    assert (a.name, a.revision, b.revision) == ("one", "with MODE=loud", "with MODE=")
    assert a.manifest.variants["threads"].environment == {"MODE": "loud"}
    assert b.manifest.variants["threads"].environment == {"MODE": ""}


def test_a_secret_is_not_told(app: App, tmp_path: Path) -> None:
    _, b = sides_of(app, tmp_path, variables=("API_TOKEN=h4rd-2-gu3ss-indeed",))
    assert "h4rd" not in f"{b.name} {b.revision}"
    assert b.manifest.variants["default"].environment == {"API_TOKEN": "h4rd-2-gu3ss-indeed"}
    assert as_recorded(Sides(variables=("API_TOKEN=dog", "MODE=dog"))).variables == ("API_TOKEN=***", "MODE=dog")


def test_two_variants_are_one_cell_each(app: App, tmp_path: Path) -> None:
    a, b = sides_of(app, tmp_path, variants=("threads", "controlled"))
    assert (a.name, a.revision) == ("one@variant-threads", "threads, waitress")
    assert (b.name, b.revision) == ("one@variant-default", "default, its own")
    assert [list(each.manifest.variants) for each in (a, b)] == [["threads"], ["default"]]
    kin = {Subject(app=each.name, variant=next(iter(each.manifest.variants))).kin for each in (a, b)}
    assert kin == {("one", "")}, "or they would be offered two rates"


LOCK = 'version = 1\n\n[[package]]\nname = "werkzeug"\nversion = "{}"\n'


@pytest.mark.parametrize("given", [("werkzeug==3.1.3",), ("werkzeug==3.1.4", "werkzeug==3.1.4.0")])
def test_a_requirement_that_changes_no_version_is_refused_before_anything_is_measured(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...]
) -> None:
    (app.folder / "uv.lock").write_text(LOCK.format("3.1.3"))

    def require(folder: Path, requirements: list[str]) -> None:
        version = requirements[0].partition("==")[2].removesuffix(".0")
        (folder / "uv.lock").write_text(LOCK.format(version) + "# written anew\n")

    monkeypatch.setattr("harness.runtime.revisions.require", require)
    with pytest.raises(UsageError) as refused:
        sides_of(app, tmp_path, requirements=given)
    version = given[0].partition("==")[2]
    told = f"with {' and '.join(given)}, both sides of app 'one' have the same versions: werkzeug {version}"
    assert refused.value.what == told
    a, b = sides_of(app, tmp_path / "again", requirements=("werkzeug==3.1.2",))
    assert (a.revision, b.revision) == (None, "with werkzeug==3.1.2")


@pytest.mark.usefixtures("pythons")
def test_each_python_has_a_copy_of_the_app(app: App, tmp_path: Path) -> None:
    a, b = sides_of(app, tmp_path, pythons=("/x/3.13.1", "/y/3.14.0"))
    assert [each.revision for each in (a, b)] == ["on CPython 3.13.1", "on CPython 3.14.0"]
    assert (a.name, b.name) == ("one", "one@with-CPython-3.14.0")
    assert [each.interpreter for each in (a, b)] == [Path("/x/3.13.1"), Path("/y/3.14.0")]
    assert len({app.folder, a.folder, b.folder}) == 3


@pytest.mark.usefixtures("pythons")
def test_with_one_python_a_is_the_app_as_ever(app: App, tmp_path: Path) -> None:
    a, b = sides_of(app, tmp_path, pythons=("/y/3.99.0",))
    assert (a.folder, a.interpreter) == (app.folder, None)
    assert a.revision == f"on {interpreters.own_python().words}"
    assert b.interpreter == Path("/y/3.99.0")


@pytest.mark.usefixtures("pythons")
def test_two_builds_of_one_version_are_told_by_their_paths(app: App, tmp_path: Path) -> None:
    a, b = sides_of(app, tmp_path, pythons=("/x/3.13.1", "/y/3.13.1"))
    assert [each.revision for each in (a, b)] == ["on CPython 3.13.1, /x/3.13.1", "on CPython 3.13.1, /y/3.13.1"]


@pytest.mark.usefixtures("pythons")
@pytest.mark.parametrize(
    ("asked", "what", "remedy"),
    [
        ({"variables": ("MODE",)}, "--env MODE: no value", "NAME=VALUE"),
        ({"variables": ("A=1", "A=2", "A=3")}, "--env A is given three times", "two values"),
        ({"variables": ("A=1", "A=1")}, "says the same of both sides", "that differ"),
        ({"variables": ("PORT=1",)}, "--env PORT: PORT is set by the harness", "reads"),
        ({"variables": ("9=1",)}, "--env 9: ", "reads"),
        ({"variables": ("TOKEN=***",)}, "the value of TOKEN is a secret", "anew"),
        ({"variants": ("default", "thread")}, "app 'one' has no variant 'thread'", "is 'threads' meant?"),
        ({"variants": ("default", "controlled")}, "default and controlled are one variant", "threads"),
        ({"pythons": ("/x/3.13.1", "/x/3.13.1")}, "is the interpreter of both sides", "another"),
        ({"pythons": ("/x/3.12.1",)}, "app 'one' can't run on CPython 3.12.1: its project requires >=3.13", "uv lock"),
    ],
)
def test_what_can_not_be_compared_is_told_with_its_remedy(
    app: App, tmp_path: Path, asked: dict[str, tuple[str, ...]], what: str, remedy: str
) -> None:
    with pytest.raises(UsageError) as caught:
        sides_of(app, tmp_path, **asked)
    assert what in caught.value.what
    assert remedy in caught.value.hint


def test_the_own_python_is_found_by_its_path_and_none_that_is_not_there() -> None:
    own = interpreters.own_python()
    assert interpreters.find_python(str(own.path)).path == own.path
    for given in ("2.3", "/nosuch/python", "nosuch"):
        with pytest.raises(UsageError, match=f"--python {given}: ") as caught:
            interpreters.find_python(given)
        assert "uv python list" in caught.value.hint


def test_what_pyenv_has_is_found_whatever_the_folder_is_set_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = interpreters.own_python().path
    shims, versions = tmp_path / "shims", tmp_path / "versions" / "mine" / "bin"
    for folder in (shims, versions):
        folder.mkdir(parents=True)
    (shims / own.name).write_text("#!/bin/sh\nexit 127\n")
    (shims / own.name).chmod(0o755)
    (versions / own.name).symlink_to(own)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", str(shims))
    assert interpreters.find_python(own.name).path == own


def test_a_python_2_that_pyenv_has_ends_no_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "versions" / "2.7" / "bin"
    old.mkdir(parents=True)
    (old / "python").write_text("#!/bin/sh\necho 'Unknown option: -I' >&2\nexit 2\n")
    (old / "python").chmod(0o755)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    with pytest.raises(UsageError, match=r"--python 3\.99: No interpreter found"):
        interpreters.find_python("3.99")


def test_of_what_uv_says_the_error_is_told_and_no_warning_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "warning: Failed to inspect an interpreter\n  cause: odd\nerror: No interpreter found for Python 3.99\n"
    failed = subprocess.CompletedProcess((), 2, "", said)
    monkeypatch.setattr(interpreters, "_said", lambda _command: failed)
    with pytest.raises(UsageError, match=r"^--python 3\.99: No interpreter found for Python 3\.99 "):
        interpreters.find_python("3.99")


def test_a_variable_and_a_choice_of_variants_reach_servers_that_apps_share(tmp_path: Path) -> None:
    flask = read_app(Path("apps/flask_app"))
    a, b = sides_of(flask, tmp_path, variables=("LEVEL=1",))
    assert b.variant("granian").environment == {"LEVEL": "1"}
    assert a.variant("granian").environment == {}
    a, b = sides_of(flask, tmp_path, variants=("controlled", "granian"))
    assert (a.variant("controlled").server, b.variant("granian").server) == ("gunicorn gthread", "Granian")
    assert "granian" in b.on_servers, "or its packages would not be there"


@pytest.mark.parametrize(
    ("given", "images"),
    [
        (("3.14",), (PYTHON_IMAGE, "python:3.14-slim-trixie")),
        (("3.14", "3.15.0"), ("python:3.14-slim-trixie", "python:3.15.0-slim-trixie")),
        (("my/python:3.14", "pypy"), ("my/python:3.14", "pypy")),
        (("3.14t", "pypy3.13"), ("python:3.14t-slim-trixie", "pypy:3.13-slim-trixie")),
    ],
)
def test_in_containers_a_python_is_an_image(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], images: tuple[str, str]
) -> None:
    monkeypatch.delenv("PYTHON_IMAGE", raising=False)
    a, b = sides_of(app, tmp_path, RuntimeName.DOCKER, pythons=given)
    assert (a.base_image, b.base_image) == images
    assert [each.revision for each in (a, b)] == [f"on {image}" for image in images]
    assert b.name.startswith("one@with-")
    usual = image_name(app)
    assert len({usual, image_name(a), image_name(b)}) == 3, "or one would be built over the other"


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (("/usr/bin/python3",), "--python /usr/bin/python3: a path of this host"),
        (("3.12",), "can't run on Python 3.12: its project requires >=3.13"),
        (("3.14", "3.14"), "is the interpreter of both sides: python:3.14-slim-trixie"),
    ],
)
def test_what_is_no_image_is_told(app: App, tmp_path: Path, given: tuple[str, ...], what: str) -> None:
    with pytest.raises(UsageError) as caught:
        sides_of(app, tmp_path, RuntimeName.DOCKER, pythons=given)
    assert what in caught.value.what


def test_the_images_of_two_sides_have_names_of_their_own(app: App, tmp_path: Path) -> None:
    for asked in ({"variables": ("MODE=loud",)}, {"variants": ("threads", "default")}):
        a, b = sides_of(app, tmp_path, RuntimeName.DOCKER, **asked)
        assert a.folder == b.folder == app.folder, "they are one image, which is built once"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("waitress<3", []),
        ("Waitress ~= 3.0", []),
        ("./checkout", []),
        ("uvloop", ["One does not use uvloop, so B has it besides."]),
        ("waitres==3", ["One does not use waitres, so B has it besides. Is 'waitress' meant?"]),
    ],
)
def test_what_an_app_does_not_have_is_told_before_it_is_measured(app: App, given: str, told: list[str]) -> None:
    (app.folder / "uv.lock").write_text('version = 1\n\n[[package]]\nname = "waitress"\nversion = "3.0.2"\n')
    assert [*besides(app, [given])] == told
