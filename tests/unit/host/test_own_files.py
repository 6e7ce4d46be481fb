"""What is published of an app's folder is its own code, whatever else lies there."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.host.git import environment
from harness.host.imports import import_script
from harness.host.own_files import MOST_FILES, own_files, without_foreign
from harness.model.app import App, Endpoint, Family, Interface, Manifest, Variant
from harness.model.run import AppSource
from harness.runtime import app_source
from harness.runtime.app_source import code_sha256, source
from tests.odd_hosts import as_stranger, folder_for_all, lacking

SECRET = "Pl4nted-in-a-file"

type MakeApp = Callable[..., App]


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    """Makes an app's folder with these files, in a git repository or not."""

    def make(files: dict[str, str], *, ignored: str | None = None) -> App:
        folder = tmp_path / "apps" / "tiny_app"
        for name, text in {"pyproject.toml": "", "uv.lock": "", "app.py": "import flask\n", **files}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        if ignored is not None:
            git(tmp_path, "init", "--quiet")
            (tmp_path / ".gitignore").write_text(ignored)
        return tiny(folder)

    return make


def tiny(folder: Path) -> App:
    variant = Variant(server="s", interface=Interface.WSGI, command=("python",), why="for a test")
    manifest = Manifest(
        title="Tiny", family=Family.BASELINE, endpoints=(Endpoint.HELLO,), variants={"default": variant}
    )
    return App(name="tiny", folder=folder, manifest=manifest, python=">=3.13")


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@localhost")
    subprocess.run(("git", *identity, *arguments), cwd=folder, env=environment(), check=True, capture_output=True)


def texts(found: AppSource) -> dict[str, str | None]:
    return {file.path: file.text for file in found.files}


def reasons(found: AppSource) -> dict[str, str]:
    return {each.path: each.why for each in found.left_out}


def test_of_a_repository_what_git_tracks_or_would_track_is_kept_and_the_rest_is_named(make_app: MakeApp) -> None:
    app = make_app(
        {
            "tracked.py": "one",
            "new.py": "two",
            "local_settings.py": SECRET,
            "service-account.json": SECRET,
            "instance/config.py": SECRET,
            "venv/lib/python3.13/site-packages/framework.py": SECRET,
            "venv/pyvenv.cfg": "",
            "__pycache__/app.pyc": SECRET,
            "build/tracked_too.py": "three",
        },
        ignored="local_settings.py\nservice-account.json\ninstance/\nvenv/\n",
    )
    git(app.folder, "add", "tracked.py", "build/tracked_too.py")
    found = source(app)
    assert texts(found) == {
        "app.py": "import flask\n",
        "build/tracked_too.py": "three",
        "new.py": "two",
        "pyproject.toml": "",
        "tracked.py": "one",
    }
    assert reasons(found) == dict.fromkeys(
        ["instance/", "local_settings.py", "service-account.json", "venv/"], "git ignores it"
    )
    assert SECRET not in found.model_dump_json()


def test_the_hash_is_over_the_same_files(make_app: MakeApp) -> None:
    app = make_app({"local_settings.py": "one", "views.py": "one"}, ignored="local_settings.py\n")
    before = code_sha256(app)
    (app.folder / "local_settings.py").write_text("two")
    assert code_sha256(app) == before
    (app.folder / "views.py").write_text("two")
    assert code_sha256(app) != before


def test_what_would_be_tracked_by_an_oversight_is_hashed_and_not_shown(make_app: MakeApp) -> None:
    app = make_app({"service-account.json": SECRET, "myenv/pyvenv.cfg": "", "myenv/lib/x.py": SECRET}, ignored="")
    found = source(app)
    assert texts(found)["service-account.json"] is None
    assert "secrets" in reasons(found)["service-account.json"]
    assert reasons(found)["myenv/"] == "a virtual environment"
    assert SECRET not in found.model_dump_json()
    before = code_sha256(app)
    (app.folder / "service-account.json").write_text("other")
    assert code_sha256(app) != before


@pytest.mark.parametrize("ignored", [None, "apps/\n"])
def test_where_git_does_not_know_the_folder_the_usual_rest_is_left_out(make_app: MakeApp, ignored: str | None) -> None:
    """As in a folder without a repository, or one that a repository ignores whole."""
    app = make_app(
        {
            "contract/views.py": "one",
            "local_settings.py": SECRET,
            "service-account.json": SECRET,
            "instance/config.py": SECRET,
            "instance/deep/config.py": SECRET,
            "venv/x.py": SECRET,
            "any-name/pyvenv.cfg": "",
            "any-name/lib/x.py": SECRET,
            "node_modules/x/x.js": SECRET,
            "app.log": SECRET,
            ".env": SECRET,
        },
        ignored=ignored,
    )
    found = source(app)
    assert {path for path, text in texts(found).items() if text is not None} == {
        *("app.py", "contract/views.py", "pyproject.toml")
    }
    assert reasons(found).keys() == {
        *("any-name", "app.log", "instance", "local_settings.py", "node_modules", "service-account.json", "venv")
    }
    assert SECRET not in found.model_dump_json()


@pytest.mark.parametrize("broken", ["dubious", "damaged"])
def test_where_git_can_not_tell_what_it_ignores_no_text_is_kept(make_app: MakeApp, broken: str) -> None:
    app = make_app({"anything.py": SECRET}, ignored="anything.py\n")
    if broken == "dubious":
        if os.geteuid():
            lacking("only root can give a repository away")
        os.chown(app.folder.parents[1] / ".git", 54_321, 54_321)
        os.chown(app.folder.parents[1], 54_321, 54_321)
    else:
        (app.folder.parents[1] / ".git" / "HEAD").write_text("what?")
    found = source(app)
    assert not any(texts(found).values())
    assert "git can't tell" in reasons(found)["app.py"]
    assert code_sha256(app)


@pytest.mark.fault(
    where="app",
    what="Odd files in its folder: links to nowhere or to themselves, pipes, names that are no UTF-8, Python 2",
    happens="They are passed over and named in the report; it is measured like any other.",
    lost="Nothing",
    exit_code=0,
)
@pytest.mark.parametrize("ignored", [None, ""])
def test_odd_files_are_named_and_hinder_nothing(
    make_app: MakeApp, ignored: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app({"old.py": "print 'Python 2'\n", "template.py": "import {{ name }}\n"}, ignored=ignored)
    folder = app.folder
    (tmp_path / "outside.txt").write_text(SECRET)
    (folder / "zero.py").write_bytes(b"import\0")
    (folder / "latin.py").write_bytes(b"# \xe4\nimport flask\n")
    (folder / "deep.py").write_text("(" * 5000 + ")" * 5000)
    (folder / "#lock#").symlink_to("somebody@host.1234")
    (folder / "itself").symlink_to("itself")
    (folder / "up").symlink_to("..")
    (folder / "alias.py").symlink_to("app.py")
    (folder / "leads_out.txt").symlink_to(tmp_path / "outside.txt")
    os.mkfifo(folder / "pipe.py")
    with socket.socket(socket.AF_UNIX) as listener:
        monkeypatch.chdir(folder)  # such an address has to be short
        listener.bind("server.socket")
    Path(os.fsdecode(bytes(folder) + b"/caf\xe9.py")).write_text("import flask.views\n")
    found = source(app)
    kept, why = texts(found), reasons(found)
    assert kept["old.py"] == "print 'Python 2'\n"
    assert kept["caf\\xe9.py"] == "import flask.views\n"
    assert kept["alias.py"] == kept["app.py"]
    assert kept["latin.py"] is None
    assert why["latin.py"] == "no text"
    assert why["#lock#"] == "a link that leads nowhere"
    assert why["itself"].startswith("can't be read: ")
    assert why["up"] == "a link to a folder"
    assert why["leads_out.txt"] == "a link that leads out of the app's folder"
    assert ("pipe.py" in why) is (ignored is None), "git does not look at pipes"
    assert SECRET not in found.model_dump_json()
    assert json.loads(found.model_dump_json().encode())
    assert len(code_sha256(app)) == 64
    script = import_script(app, ("flask",))
    assert script is not None
    assert "import flask, flask.views;" in script
    shutil.copytree(folder, tmp_path / "copy", ignore=without_foreign)
    assert (tmp_path / "copy" / "alias.py").read_text() == "import flask\n"


def test_tracked_files_that_are_gone_and_repositories_within_are_named(make_app: MakeApp) -> None:
    app = make_app({"gone.py": "one", "other/x.py": "one"}, ignored="")
    git(app.folder / "other", "init", "--quiet")
    git(app.folder / "other", "add", "x.py")
    git(app.folder / "other", "commit", "--quiet", "--message", "one")
    git(app.folder, "add", "gone.py")
    (app.folder / "gone.py").unlink()
    assert reasons(source(app)) == {"gone.py": "it is not there", "other/": "a repository of its own"}


@pytest.mark.fault(
    where="app",
    what="A file in its folder of 4 GB, or one that may not be read",
    happens="It is named in the report; of a very long file only the size is looked at.",
    lost="Nothing",
    exit_code=0,
)
def test_a_file_of_4_gigabytes_costs_neither_memory_nor_time(make_app: MakeApp) -> None:
    app = make_app({})
    for name in ("huge.bin", "huge.py"):
        with (app.folder / name).open("wb") as stream:
            stream.truncate(4 * 2**30)
    before, found = code_sha256(app), source(app)
    assert import_script(app, ("flask",)) is not None
    assert reasons(found)["huge.bin"] == (
        "4,294,967,296 bytes are too many to be kept; only its size is in the hash of the code"
    )
    with (app.folder / "huge.bin").open("wb") as stream:
        stream.truncate(4 * 2**30 + 1)
    assert code_sha256(app) != before, "its size counts"


@pytest.mark.parametrize("size_mib", [300, 4096])
@pytest.mark.parametrize("look", ["code_sha256(app)", "source(app)", "import_script(app, ('flask',))"])
def test_a_large_file_is_read_in_pieces_or_not_at_all(make_app: MakeApp, size_mib: int, look: str) -> None:
    """In a process of its own, since the most that a process has had never falls."""
    app = make_app({})
    for name in ("large.bin", "large.py"):
        with (app.folder / name).open("wb") as stream:
            stream.truncate(size_mib * 2**20)
    script = (
        "import resource, sys; from pathlib import Path; from tests.unit.host.test_own_files import *;"
        "app = tiny(Path(sys.argv[1])); most = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        f"before = most(); {look}; print(most() - before)"
    )
    command = (sys.executable, "-c", script, app.folder)
    done = subprocess.run(command, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 64 * 1024


def test_all_texts_and_all_that_is_hashed_are_bounded(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app({f"data/{number:02}.txt": "x" * 60_000 for number in range(30)})
    found = source(app)
    kept = sum(len(text) for text in texts(found).values() if text)
    assert kept <= app_source.ALL_TEXTS_BYTES
    assert kept > app_source.ALL_TEXTS_BYTES - 60_000
    assert "60,000 bytes" in reasons(found)["data/29.txt"]
    before = code_sha256(app)
    monkeypatch.setattr(app_source, "ALL_HASHED_BYTES", 100_000)
    (app.folder / "data" / "29.txt").write_text("y" * 60_000)
    bounded = code_sha256(app)
    assert bounded != before
    (app.folder / "data" / "29.txt").write_text("z" * 60_000)
    assert code_sha256(app) == bounded


def test_so_many_files_are_enough(make_app: MakeApp) -> None:
    app = make_app({f"f{number:04}.txt": "" for number in range(MOST_FILES + 5)})
    found = own_files(app)
    assert len(found.files) == MOST_FILES
    assert "2,000 files" in found.left_out[-1].why


def test_only_some_of_what_is_ignored_is_named_one_by_one(make_app: MakeApp) -> None:
    app = make_app({f"{number:03}.tmp": "" for number in range(120)}, ignored="*.tmp\n")
    left_out = own_files(app).left_out
    assert len(left_out) == 51
    assert (left_out[-1].path, left_out[-1].why) == ("...", "and 70 more")


def test_a_file_that_may_not_be_read_is_named(make_app: MakeApp) -> None:
    app = make_app({"private.py": SECRET, "closed/x.py": SECRET})
    (app.folder / "private.py").chmod(0)
    (app.folder / "closed").chmod(0)
    script = (
        "import sys; from pathlib import Path; from tests.unit.host.test_own_files import tiny;"
        "from harness.runtime.app_source import code_sha256, source; app = tiny(Path(sys.argv[1]));"
        "assert code_sha256(app); print(source(app).model_dump_json())"
    )
    with folder_for_all() as place:
        done = subprocess.run(
            (*as_stranger(), sys.executable, "-c", script, shutil.move(app.folder, place)),
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    found = AppSource.model_validate_json(done.stdout)
    assert texts(found)["app.py"] == "import flask\n"
    assert reasons(found) == {
        "closed": "can't be read: Permission denied",
        "private.py": "can't be read: Permission denied",
    }
