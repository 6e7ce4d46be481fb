"""An app that is not where it is looked for: one error that says where it may lie, and the words that name it."""

from pathlib import Path

import pytest

from harness.model.errors import ExitCode
from tests.saying import say
from tests.unit.catalog.test_discover import MANIFEST

OTHER_PROJECT = '[project]\nname = "other"\n'
CLONE = Path(__file__).parents[3]

type Files = dict[str, str]
"""The text of a folder's `pyproject.toml`, by the folder's path below the working directory's parent."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, alone in its parent."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def make(parent: Path, files: Files) -> None:
    for place, manifest in files.items():
        folder = parent / place
        folder.mkdir(parents=True)
        if manifest:
            (folder / "pyproject.toml").write_text(manifest)
        (folder / "uv.lock").write_text("version = 1\n")


TINY: Files = {"here/apps/tiny_app": MANIFEST}


@pytest.mark.parametrize(
    ("files", "words", "error", "hint"),
    [
        pytest.param(
            {**TINY, "here/muffin_app": MANIFEST}, ("muffin",),
            "there is no app 'muffin' in apps, and one lies in muffin_app",
            "name that folder: --apps-dir muffin_app", id="in the working directory",
        ),
        pytest.param(
            {**TINY, "here/my own/muffin_app": MANIFEST}, ("muffin_app",),
            "there is no app 'muffin' in apps, and one lies in my own/muffin_app",
            "name that folder: --apps-dir 'my own/muffin_app'", id="one folder deeper",
        ),
        pytest.param(
            {**TINY, "muffin_app": MANIFEST}, ("muffin/default",),
            "there is no app 'muffin' in apps, and one lies in ../muffin_app",
            "name that folder: --apps-dir ../muffin_app", id="beside",
        ),
        pytest.param(
            {**TINY, "mine/muffin_app": MANIFEST}, ("tiny", "muffin"),
            "there is no app 'muffin' in apps, and one lies in ../mine/muffin_app",
            "name that folder: --apps-dir apps --apps-dir ../mine/muffin_app", id="beside another that is asked for",
        ),
        pytest.param(
            TINY, ("muffin",), "there is no app 'muffin'",
            "choose from: tiny; one that lies elsewhere is found by --apps-dir FOLDER", id="nowhere near",
        ),
        pytest.param(
            {**TINY, "mine/muffin_app": MANIFEST}, ("../mine/muffin_app",),
            "'../mine/muffin_app' is a folder, and apps are asked for by their names",
            "muffin --apps-dir ../mine/muffin_app", id="a path in place of the name",
        ),
        pytest.param(
            TINY, ("apps/tiny_app",), "'apps/tiny_app' is a folder, and apps are asked for by their names", "tiny",
            id="a path in the usual folder",
        ),
        pytest.param(
            {**TINY, "here/apps/muffin": OTHER_PROJECT}, ("muffin",),
            "there is no app 'muffin': apps/muffin is passed over",
            "the name of an app's folder ends in _app: rename muffin to muffin_app", id="a name without the ending",
        ),
        pytest.param(
            {**TINY, "here/apps/guests/muffin-app": MANIFEST}, ("muffin",),
            "there is no app 'muffin': apps/guests/muffin-app is passed over",
            "the name of an app's folder ends in _app: rename muffin-app to muffin_app", id="a hyphen in the ending",
        ),
        pytest.param(
            {**TINY, "here/apps/muffin_app": ""}, ("muffin",),
            "there is no app 'muffin': apps/muffin_app has no pyproject.toml",
            "that file makes a folder an app: docs/add-a-framework.md#the-manifest tells what is in it",
            id="no project file",
        ),
        pytest.param(
            {"muffin_app": MANIFEST}, ("muffin",), "there is no folder apps in {here}, and apps are looked for there",
            "run bench in the project's folder (cd {clone}), and name what lies elsewhere: "
            "--apps-dir {parent}/muffin_app", id="outside the clone",
        ),
        pytest.param(
            {}, (), "there is no folder apps in {here}, and apps are looked for there",
            "run bench in the project's folder (cd {clone}), or name another with --apps-dir",
            id="outside the clone, without a name",
        ),
        pytest.param(
            {}, ("--apps-dir", "mine"), "there is no folder mine in {here}", "name one that is there with --apps-dir",
            id="a folder that is not there",
        ),
        pytest.param(
            {**TINY, "here": OTHER_PROJECT}, ("--apps-dir", "{here}"),
            "{here} holds no app: no folder named *_app with a pyproject.toml",
            "name the folder that the apps lie in: --apps-dir {here}/apps", id="a clone",
        ),
        pytest.param(
            {**TINY, "here": OTHER_PROJECT, "other": OTHER_PROJECT}, ("--apps-dir", ".."),
            ".. holds no app: no folder named *_app with a pyproject.toml",
            "name the folder that the apps lie in: --apps-dir ../here/apps", id="what holds a clone",
        ),
        pytest.param(
            {"here/mine/deep/tiny_app": MANIFEST}, ("--apps-dir", "mine"),
            "mine holds no app: no folder named *_app with a pyproject.toml",
            "name the folder that the apps lie in: --apps-dir mine/deep", id="what holds a folder of apps",
        ),
        pytest.param(
            {"here/mine/tiny": MANIFEST, "here/mine/other": OTHER_PROJECT}, ("--apps-dir", "mine"),
            "mine holds no app: no folder named *_app with a pyproject.toml",
            "the name of an app's folder ends in _app: rename tiny to tiny_app", id="a misnamed app beside a project",
        ),
        pytest.param(
            {"here/mine/other": OTHER_PROJECT}, ("--apps-dir", "mine"),
            "mine holds no app: no folder named *_app with a pyproject.toml",
            "run bench in the project's folder (cd {clone}), or name the apps' folder with --apps-dir",
            id="a project of another kind",
        ),
    ],
)  # fmt: skip
def test_the_error_says_where_an_app_may_lie(
    here: Path, files: Files, words: tuple[str, ...], error: str, hint: str
) -> None:
    make(here.parent, {place: text for place, text in files.items() if place != "here"})
    if "here" in files:
        (here / "pyproject.toml").write_text(files["here"])
    names = {"here": here, "parent": here.parent, "clone": CLONE}
    said = say("verify", *(word.format_map(names) for word in words))
    assert said.code == ExitCode.USAGE
    assert said.err == f"error: {error}\nhint: {hint}\n".format_map(names)


@pytest.mark.parametrize("given", [".", "../tiny_app", "../tiny_app/../tiny_app/."])
def test_the_folder_of_an_app_is_one_however_it_is_spelt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    make(tmp_path, {"tiny_app": MANIFEST})
    monkeypatch.chdir(tmp_path / "tiny_app")
    said = say("list", "apps", "--apps-dir", given)
    assert (said.code, said.err) == (ExitCode.OK, "")
    assert "tiny" in said.out


def test_an_app_that_is_broken_keeps_none_of_the_others_from_the_list(here: Path) -> None:
    make(here.parent, {**TINY, "here/apps/sound_app": MANIFEST, "here/apps/torn_app": MANIFEST})
    (here / "apps" / "torn_app" / "uv.lock").unlink()
    said = say("list", "apps")
    assert said.code == ExitCode.USAGE
    assert "sound" in said.out
    assert "torn" not in said.out
    assert "torn_app has no uv.lock" in said.err


def test_where_all_that_there_is_is_broken_nothing_else_is_said(here: Path) -> None:
    make(here.parent, {"mine/torn_app": "[tool.bench]\ntitle = 3\n"})
    said = say("list", "apps", "--apps-dir", "../mine")
    assert said.code == ExitCode.USAGE
    assert said.out == ""
    assert said.err.startswith("error: ../mine/torn_app/pyproject.toml")
    assert say("list", "apps", "--apps-dir", "../mine", "--json").out == "[]\n"


def test_of_runs_that_are_all_damaged_none_is_said_to_be_there_not_yet(here: Path) -> None:
    assert say("history").out == "no run yet\n"
    (here / "reports" / "torn").mkdir(parents=True)
    (here / "reports" / "torn" / "run.json").write_text("{")
    assert say("history").out.startswith("in no series: torn: ")


def test_what_its_name_alone_keeps_from_being_an_app_is_told_beside_those_that_are(here: Path) -> None:
    make(here.parent, {**TINY, "here/apps/muffin": MANIFEST, "here/apps/other": OTHER_PROJECT})
    said = say("list", "apps")
    assert said.code == ExitCode.OK
    assert said.err == (
        "apps/muffin is passed over: the name of an app's folder ends in _app: rename muffin to muffin_app\n"
    )


CLAIM = """
source = "our wiki"

[[claim]]
id = "{id}"
says = "It is so."

[[claim.condition]]
form = "bound"
subjects = ["{app}"]
metric = "throughput_rps"
endpoints = ["hello"]
at_least = 1
"""


def claims_about(*apps: str) -> str:
    """A file with a claim about each."""
    parts = [CLAIM.format(id=f"on-{app}", app=app) for app in apps]
    Path("mine.toml").write_text("".join([parts[0], *(each.partition('wiki"\n')[2] for each in parts[1:])]))
    return "mine.toml"


@pytest.mark.parametrize("words", [("plan",), ("run",), ("list", "claims"), ("run", "--claim", "on-muffin")])
def test_an_app_of_a_claims_file_is_looked_for_elsewhere_too(here: Path, words: tuple[str, ...]) -> None:
    make(here.parent, {**TINY, "mine/muffin_app": MANIFEST})
    said = say(*words, "--claims", claims_about("muffin"))
    assert said.code == ExitCode.USAGE
    assert "line 10: there is no app 'muffin' in apps, and one lies in ../mine/muffin_app" in said.err
    assert "hint: name that folder: --apps-dir apps --apps-dir ../mine/muffin_app" in said.err


@pytest.mark.parametrize("words", [("plan",), ("run",), ("plan", "--claim", "on-muffin")])
def test_so_it_is_where_there_is_no_usual_folder(here: Path, words: tuple[str, ...]) -> None:
    make(here.parent, {"here/muffin_app": MANIFEST})
    said = say(*words, "--claims", claims_about("muffin"))
    assert said.code == ExitCode.USAGE
    assert "there is no folder apps in " in said.err
    assert f"and name what lies elsewhere: --apps-dir {here / 'muffin_app'}" in said.err


def test_a_claim_needs_the_manifests_of_its_own_apps_alone(here: Path) -> None:
    """What is wrong with somebody else's app is told, and no error."""
    make(here.parent, {**TINY, "here/apps/muffin_app": "[project"})
    file = claims_about("tiny", "muffin")
    said = say("plan", "--claims", file, "--claim", "on-tiny")
    assert "left out, and not asked for: apps/muffin_app/pyproject.toml: " in said.err
    assert "it ends as soon as on-tiny is decided" in said.err
    assert "error: apps/muffin_app" in say("plan", "--claims", file).err, "it is about all apps"
