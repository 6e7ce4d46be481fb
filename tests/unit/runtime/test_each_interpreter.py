"""Apps on several interpreters: named alike everywhere, and what can't be had is not available, with the reason."""

import json
import subprocess
from pathlib import Path

import pytest

from harness.model.app import App
from harness.model.cell import Subject
from harness.model.errors import RuntimeFault, UsageError
from harness.model.run import RuntimeName
from harness.runtime import each_interpreter, interpreters
from harness.runtime.docker.images import PYTHON_IMAGE, image_name
from harness.runtime.each_interpreter import Spread, choose_pythons, spread
from harness.runtime.server_project import make_project, project_folder
from tests.unit.plan.manifests import app_with

MISSING = "2.3"
OWN = interpreters.own_python()
ONE = app_with("one", ("hello",), default=()).model_copy(update={"python": ">=3.12"})
TWO = app_with("two", ("hello",), default=())


@pytest.fixture(autouse=True)
def pythons(monkeypatch: pytest.MonkeyPatch) -> None:
    """The own one is found by its path; all others are at `/pythons/VERSION`, but for one."""

    def find(given: str) -> interpreters.FoundPython:
        if given == str(OWN.path):
            return OWN
        version = given.rpartition("/")[2]
        if version == MISSING:
            raise UsageError(f"--python {given}: there is none", hint="install it")
        build = OWN.build.model_copy(update={"version": f"{version}.1"})
        return interpreters.FoundPython(given, Path("/pythons", version), build)

    def see_to(*images: str) -> None:
        if f"python:{MISSING}-slim-trixie" in images:
            raise RuntimeFault("the image can't be had: no such\nmore", hint="pull it")

    monkeypatch.setattr(each_interpreter, "find_python", find)
    monkeypatch.setattr(each_interpreter, "see_to", see_to)
    monkeypatch.delenv("PYTHON_IMAGE", raising=False)


def on(*given: str, place: RuntimeName = RuntimeName.PROCESS, apps: tuple[App, ...] = (ONE, TWO)) -> Spread:
    return spread(apps, *choose_pythons(given, place))


def test_each_app_is_on_each_interpreter_and_that_on_the_first_has_its_usual_name() -> None:
    found = on("3.13", "3.14")
    assert [(app.name, app.base_name, app.revision) for app in found.apps] == [
        ("one", "one", "on CPython 3.13.1"),
        ("one@3.14", "one", "on CPython 3.14.1"),
        ("two", "two", "on CPython 3.13.1"),
        ("two@3.14", "two", "on CPython 3.14.1"),
    ]
    assert [app.interpreter for app in found.apps] == [Path("/pythons/3.13"), Path("/pythons/3.14")] * 2
    assert (found.pythons, found.not_available) == (("3.13", "3.14"), ())
    assert [found.python_of(app.name) for app in found.apps] == ["3.13", "3.14"] * 2


def test_the_harness_s_own_needs_nothing_beside_what_apps_have() -> None:
    (usual, other) = on(str(OWN.path), "3.99", apps=(TWO,)).apps
    assert (usual.name, usual.interpreter, usual.revision) == ("two", None, f"on {OWN.words}")
    assert (other.name, other.interpreter) == ("two@3.99", Path("/pythons/3.99"))


def test_on_one_interpreter_apps_are_called_as_ever() -> None:
    assert [(app.name, app.revision) for app in on("3.14").apps] == [("one", None), ("two", None)]


def test_what_is_not_there_or_not_admitted_is_not_available_with_the_reason_and_the_rest_is_measured() -> None:
    found = on(MISSING, "3.12", "3.13")
    assert [app.name for app in found.apps] == ["one", "one@3.13", "two@3.13"]
    assert [(each.what, each.why) for each in found.not_available] == [
        (f"Python {MISSING}", "there is none"),
        ("two on Python 3.12", "its project requires Python >=3.13"),
    ]
    assert found.pythons == ("3.12", "3.13"), "or a run that goes on would ask for what it never had"


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ((MISSING,), f"--python {MISSING}: there is none"),
        (("3.11",), "one on Python 3.11: its project requires Python >=3.12; two on Python 3.11: "),
        (("3.13", "/x/3.13"), "--python 3.13 and --python /x/3.13 are one interpreter: /pythons/3.13"),
    ],
)
def test_where_nothing_is_left_or_one_is_meant_twice_that_is_told(given: tuple[str, ...], what: str) -> None:
    with pytest.raises(UsageError) as caught:
        on(*given)
    assert what in caught.value.what


def test_two_builds_of_one_version_are_told_by_their_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    builds = {each: interpreters.FoundPython(each, Path("/x", each), OWN.build) for each in ("a", "3.13")}
    monkeypatch.setattr(each_interpreter, "find_python", builds.__getitem__)
    found = on("3.13", "a", apps=(ONE,))
    assert [app.revision for app in found.apps] == [f"on {OWN.words}, /x/{each}" for each in ("3.13", "a")]
    assert found.apps[1].name == f"one@{OWN.build.version}"


def test_of_one_version_each_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    builds = {each: interpreters.FoundPython(each, Path("/x", each), OWN.build) for each in ("a", "b", "c")}
    monkeypatch.setattr(each_interpreter, "find_python", builds.__getitem__)
    version = OWN.build.version
    names = ["one", f"one@{version}+2", f"one@{version}+3"]
    assert [app.name for app in on("a", "b", "c", apps=(ONE,)).apps] == names
    assert [Subject(app=each, variant="default").kin for each in names] == [("one", "default")] * 3


def test_in_containers_each_is_an_image_with_a_name_of_its_own() -> None:
    found = on("3.13", "3.14", MISSING, "my/python:3.15", place=RuntimeName.DOCKER, apps=(TWO,))
    assert [app.name for app in found.apps] == ["two", "two@3.14", "two@my-python-3.15"]
    bases = [None, "python:3.14-slim-trixie", "my/python:3.15"]
    assert [app.base_image for app in found.apps] == bases, "the first is the usual one"
    assert [app.revision for app in found.apps] == [f"on {each or PYTHON_IMAGE}" for each in bases]
    assert len({image_name(app) for app in found.apps}) == 3, "or one would be built over the other"
    assert [(each.what, each.why) for each in found.not_available] == [
        (f"Python {MISSING}", "the image can't be had: no such")
    ]
    with pytest.raises(UsageError, match="a path of this host"):
        on("/usr/bin/python3", place=RuntimeName.DOCKER)


def test_a_free_threaded_build_and_pypy_are_images_of_a_version_that_an_app_has_to_admit() -> None:
    found = on("3.13", "3.14t", "pypy3.11", place=RuntimeName.DOCKER)
    assert [app.name for app in found.apps] == ["one", "one@3.14t", "two", "two@3.14t"]
    assert [app.base_image for app in found.apps] == [None, "python:3.14t-slim-trixie"] * 2
    assert [(each.what, each.why) for each in found.not_available] == [
        ("one on pypy3.11", "its project requires Python >=3.12"),
        ("two on pypy3.11", "its project requires Python >=3.13"),
    ]
    (admitted,) = on("pypy3.12", place=RuntimeName.DOCKER, apps=(ONE,)).apps
    assert admitted.base_image == "pypy:3.12-slim-trixie"


def test_each_interpreter_has_an_environment_of_its_own_by_the_same_lock(tmp_path: Path) -> None:
    folder = tmp_path / "two_app"
    folder.mkdir()
    for name in ("pyproject.toml", "uv.lock"):
        (folder / name).write_text(name)
    state = tmp_path / "state"
    usual, *others = on(str(OWN.path), "3.14", "3.15", apps=(TWO.model_copy(update={"folder": folder}),)).apps
    assert make_project(usual, None, state) == folder
    made = [make_project(app, None, state) for app in others]
    assert len({folder, *made}) == 3
    assert [(each / "uv.lock").read_text() for each in made] == ["uv.lock"] * 2
    (again,) = on("3.14", apps=(TWO.model_copy(update={"folder": folder}),)).apps
    assert project_folder(again, None, state) == made[0], "or it would be made anew where it stands first"


def test_the_environments_of_an_interpreter_that_is_no_more_go_and_no_others(tmp_path: Path) -> None:
    folder = tmp_path / "two_app"
    folder.mkdir()
    for name in ("pyproject.toml", "uv.lock"):
        (folder / name).write_text(name)
    two = TWO.model_copy(update={"folder": folder})
    usual, *others = on(str(OWN.path), "3.14", "3.15", "3.16", apps=(two,)).apps
    made = [make_project(app, None, tmp_path / "state") for app in others]
    for project, interpreter in zip(made[:2], (tmp_path / "gone", OWN.path), strict=True):
        (project / ".venv" / "bin").mkdir(parents=True)
        (project / ".venv" / "bin" / "python").symlink_to(interpreter)
    make_project(usual, None, tmp_path / "state")
    assert [each.exists() for each in made] == [False, True, True], "the last is still to be made"


@pytest.mark.parametrize("given", ["3.12,3.13", "3.12 3.13", "3.12;/opt/python", "/a/python,/b/python"])
@pytest.mark.parametrize("place", RuntimeName)
def test_several_in_a_word_are_given_one_by_one(given: str, place: RuntimeName) -> None:
    with pytest.raises(UsageError) as caught:
        on("3.14", given, place=place)
    assert caught.value.what == f"--python {given} names 2 interpreters"
    assert caught.value.hint.startswith("give the option once for each: --python ")
    assert caught.value.hint.count("--python") == 2


def test_a_major_version_names_no_one_and_what_is_here_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreters, "installed", lambda: ("2.7.18", "3.11.7", "3.12.1", "pypy-3.11.13"))
    with pytest.raises(UsageError) as caught:
        on("3.14", "3")
    assert caught.value.what == "--python 3 names no one interpreter: here are 3.11.7, 3.12.1"
    assert "such as --python 3." in caught.value.hint
    with pytest.raises(UsageError, match=r"^--python 3 names no one interpreter "):
        on("3", place=RuntimeName.DOCKER)


def test_what_is_installed_here_is_listed_the_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [
        {"version": "3.14.0", "implementation": "cpython", "variant": "freethreaded"},
        {"version": "3.9.18", "implementation": "cpython", "variant": "default"},
        {"version": "3.9.18", "implementation": "cpython", "variant": "default"},
        {"version": "3.11.13", "implementation": "pypy"},
    ]
    answers = iter(
        (subprocess.CompletedProcess((), 0, json.dumps(listed), ""), subprocess.CompletedProcess((), 2, "", ""))
    )
    monkeypatch.setattr(interpreters, "_said", lambda _: next(answers))
    assert interpreters.installed() == ("3.9.18", "pypy-3.11.13", "3.14.0t")
    assert interpreters.installed() == (), "where uv can't tell"


def test_what_is_not_available_says_what_would_have_it_so_and_the_run_does_not_record_it() -> None:
    lacking, unfit = on(MISSING, "3.12", apps=(ONE, TWO)).not_available
    assert lacking.remedy == "install it"
    assert "requires-python" in unfit.remedy
    assert "remedy" not in lacking.model_dump()
