"""A requirement that lies on this host: a folder of sources or a wheel, in place of a version of an index."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import uv

from harness.catalog.discover import read_app
from harness.host.git import environment
from harness.model.app import App
from harness.model.errors import UsageError
from harness.model.plan import Sides
from harness.model.run import RuntimeName
from harness.runtime.environment import lock_sha256, make_environment
from harness.runtime.local_wheel import is_path
from harness.runtime.revisions import with_requirements
from harness.runtime.sides import pairs_of
from tests.unit.runtime.test_revisions import MANIFEST

# A build backend of its own, so that nothing has to be fetched to build it.
PROJECT = """
[project]
name = "Tiny.Dep"
version = "{version}"

[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
BACKEND = '''
import pathlib, time, zipfile

def build_wheel(folder, settings=None, metadata=None):
    """Writes beside its sources, as some do."""
    name, version = "tiny_dep-{version}", "{version}"
    pathlib.Path("built.txt").write_text("left here")
    with zipfile.ZipFile(pathlib.Path(folder, name + "-py3-none-any.whl"), "w") as wheel:
        def add(path, text):
            wheel.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), text)
        add("tiny_dep.py", pathlib.Path("tiny_dep.py").read_text())
        add(name + ".dist-info/METADATA", "Metadata-Version: 2.1\\nName: Tiny.Dep\\nVersion: " + version + "\\n")
        add(name + ".dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        add(name + ".dist-info/RECORD", "")
    return name + "-py3-none-any.whl"
'''


def write_project(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PROJECT.format(version=version))
    (folder / "backend.py").write_text(BACKEND.replace("{version}", version))
    (folder / "tiny_dep.py").write_text("value = 1\n")
    return folder


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@localhost")
    done = subprocess.run(
        ("git", *identity, *words), cwd=folder, env=environment(), check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def wheel_of(folder: Path, out: Path) -> Path:
    """Built without the harness."""
    out.mkdir(parents=True)
    text = (folder / "backend.py").read_text()
    code = f"import os; os.chdir({str(folder)!r})\n{text}\nprint(build_wheel({str(out)!r}))"
    done = subprocess.run((sys.executable, "-c", code), check=True, capture_output=True, text=True)
    return out / done.stdout.strip()


@pytest.fixture
def app(tmp_path: Path) -> App:
    """An app whose lock pins tiny-dep 1, by a wheel of its own."""
    folder = tmp_path / "apps" / "one_app"
    wheel = wheel_of(write_project(tmp_path / "first", "1"), folder.parent / "own")
    folder.mkdir()
    manifest = MANIFEST.replace('version = "0"', 'version = "0"\ndependencies = ["tiny-dep"]')
    (folder / "pyproject.toml").write_text(
        f'{manifest}\n[tool.uv]\npackage = false\n\n[tool.uv.sources]\ntiny-dep = {{ path = "{wheel}" }}\n'
    )
    (folder / "app.py").write_text("one")
    subprocess.run([uv.find_uv_bin(), "lock", "--project", folder, "--offline", "-q", "-p", sys.executable], check=True)
    return read_app(folder)


def test_a_checkout_is_built_elsewhere_and_its_commit_is_told(app: App, tmp_path: Path) -> None:
    checkout = write_project(tmp_path / "checkout", "2.0.dev1")
    (checkout / "build").mkdir()
    (checkout / "build" / "stale.py").write_text("of an earlier build")
    git(checkout, "init", "--quiet")
    git(checkout, "add", "pyproject.toml", "backend.py", "tiny_dep.py")
    git(checkout, "commit", "--quiet", "--message", "one")
    commit = git(checkout, "rev-parse", "--short=9", "HEAD")
    (checkout / ".gitignore").write_text("/build\n.gitignore\n")
    before = {path for path in checkout.rglob("*") if ".git" not in path.parts}
    lock = (app.folder / "uv.lock").read_bytes()

    other = with_requirements(app, [str(checkout)], tmp_path / "b")
    assert other.revision == f"with tiny-dep 2.0.dev1, commit {commit}"
    assert other.name == f"one@with-tiny-dep-2.0.dev1-{commit}"
    assert {path for path in checkout.rglob("*") if ".git" not in path.parts} == before
    assert (app.folder / "uv.lock").read_bytes() == lock
    assert not (app.folder / ".venv").exists()
    (wheel,) = other.folder.glob("*.whl")
    assert wheel.name == "tiny_dep-2.0.dev1-py3-none-any.whl"
    assert "tiny_dep-2.0.dev1" in (other.folder / "uv.lock").read_text()

    make_environment(other, tmp_path / "locks")
    assert (
        other.folder / f".venv/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages/tiny_dep.py"
    ).read_text() == "value = 1\n"
    assert not (app.folder / ".venv").exists()

    again = with_requirements(app, [str(checkout)], tmp_path / "again")
    assert lock_sha256(again.folder) == lock_sha256(other.folder), "or a run that was cut off could not go on"
    (checkout / "tiny_dep.py").write_text("value = 2\n")
    changed = with_requirements(app, [str(checkout)], tmp_path / "c")
    assert changed.revision == f"with tiny-dep 2.0.dev1, commit {commit}+dirty"
    (wheel,) = changed.folder.glob("*.whl")
    assert zipfile.ZipFile(wheel).read("tiny_dep.py") == b"value = 2\n"
    assert lock_sha256(changed.folder) != lock_sha256(other.folder)


def test_a_wheel_is_taken_as_it_is(app: App, tmp_path: Path) -> None:
    wheel = wheel_of(write_project(tmp_path / "second", "2"), tmp_path / "out")
    other = with_requirements(app, [str(wheel)], tmp_path / "b")
    assert other.revision == "with tiny-dep 2"
    assert (other.folder / wheel.name).read_bytes() == wheel.read_bytes()


def test_of_two_checkouts_of_one_framework_a_has_the_first_and_b_the_second(app: App, tmp_path: Path) -> None:
    base, head = (write_project(tmp_path / name, "2") for name in ("base", "head"))
    (head / "tiny_dep.py").write_text("value = 2\n")
    asked = Sides(requirements=(str(base), str(head)))
    ((a, b),) = pairs_of([app], asked, tmp_path / "sides", place=RuntimeName.PROCESS, all_of_them=True)
    assert (a.name, a.revision) == ("one", "with tiny-dep 2, base")
    assert (b.name, b.revision) == ("one@with-tiny-dep-2", "with tiny-dep 2, head")
    contents = [zipfile.ZipFile(next(side.folder.glob("*.whl"))).read("tiny_dep.py") for side in (a, b)]
    assert contents == [b"value = 1\n", b"value = 2\n"]
    locks = [lock_sha256(side.folder) for side in (a, b)]
    assert len({*locks, lock_sha256(app.folder)}) == 3

    ((a, b),) = pairs_of([app], asked, tmp_path / "again", place=RuntimeName.PROCESS, all_of_them=True)
    assert [lock_sha256(side.folder) for side in (a, b)] == locks, "or a run that was cut off could not go on"
    asked = Sides(requirements=(str(base), str(head), "Tiny_Dep>1"))
    with pytest.raises(UsageError, match="tiny-dep three times"):
        pairs_of([app], asked, tmp_path / "thrice", place=RuntimeName.PROCESS, all_of_them=True)


def test_what_can_not_be_had_is_told_with_its_place_and_remedy(app: App, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    text = tmp_path / "notes.txt"
    text.write_text("")
    misnamed = tmp_path / "my.whl"
    misnamed.write_text("")
    broken = write_project(tmp_path / "broken", "3")
    (broken / "backend.py").write_text("raise SystemExit('it is broken')")
    foreign = write_project(tmp_path / "foreign", "3")
    for file in ("pyproject.toml", "backend.py"):
        path = foreign / file
        path.write_text(path.read_text().replace("Tiny.Dep", "tiny_deq").replace("tiny_dep-", "tiny_deq-"))
    for number, (path, what, remedy) in enumerate(
        (
            (tmp_path / "nosuch", "there is no such folder or wheel", "./checkout"),
            (empty, "neither pyproject.toml nor setup.py", "`pip install`"),
            (text, "the file is no wheel", "give a wheel"),
            (misnamed, "'my.whl' is no name of a wheel", "NAME-VERSION"),
            (broken, "it is broken", "uv build"),
            (foreign, "app 'one' does not use tiny-deq", "is 'tiny-dep' meant?"),
        )
    ):
        with pytest.raises(UsageError) as caught:
            with_requirements(app, [str(path)], tmp_path / str(number))
        assert what in caught.value.what
        assert remedy in caught.value.hint
        assert "/.sources" not in caught.value.what


@pytest.mark.parametrize(
    ("given", "is_one"),
    [
        ("./checkout", True),
        ("../starlette", True),
        ("/src/starlette", True),
        ("~/starlette", True),
        (".", True),
        ("starlette-1.0-py3-none-any.whl", True),
        ("dist/starlette-1.0-py3-none-any.whl", True),
        ("starlette", False),
        ("starlette<1.10", False),
        ("starlette @ https://example.org/starlette-1.0-py3-none-any.whl", False),
        ("starlette @ git+https://example.org/starlette", False),
    ],
)
def test_a_path_is_told_from_a_requirement(given: str, *, is_one: bool) -> None:
    assert is_path(given) is is_one
