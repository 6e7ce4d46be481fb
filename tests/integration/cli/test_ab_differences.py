"""`bench ab` for real, by whatever the two sides differ: each ends with a sentence, a page and an exit code."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import uv

from harness.runtime.interpreters import own_python
from tests.integration.cli.conftest import Bench, MakeApp
from tests.integration.cli.test_ab import served
from tests.integration.cli.test_pythons import other  # noqa: F401 - a fixture
from tests.unit.runtime.test_local_wheel import wheel_of, write_project

SMALL = ("--profile", "smoke", "--rounds", "2", "--endpoint", "json", "--workload", "capacity")
USUAL, SLOW = 10_000, 200_000
"""What the app counts to before it answers, by its dependency and by a variable."""
LONGEST = 60
"""Characters in which a revision is told."""
TURNS = f'sum(range(int(os.environ.get("TURNS", "{USUAL}")) + tiny_dep.value))'
INDEX = '[tool.uv]\nno-index = true\nfind-links = ["{wheels}"]\n'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The sources of version 2 of the app's dependency, with which it is slow."""
    return dependency(tmp_path / "checkout", "2", SLOW)


@pytest.fixture
def app(make_app: MakeApp, checkout: Path, tmp_path: Path) -> Path:
    """The folder of an app whose lock pins version 1; there are wheels of both versions where its project looks."""
    wheels = wheel_of(dependency(tmp_path / "first", "1", 0), tmp_path / "wheels").parent
    folder = make_app("one")
    project, code = folder / "pyproject.toml", folder / "app.py"
    text = project.read_text().replace('version = "0"', 'version = "0"\ndependencies = ["tiny-dep"]')
    project.write_text(text.replace("[tool.uv]\n", INDEX.format(wheels=wheels)))
    source = code.read_text().replace("import time\n", "import time\nimport tiny_dep\n")
    assert "sum(range(10_000))" in source
    code.write_text(source.replace("sum(range(10_000))", TURNS))
    subprocess.run([uv.find_uv_bin(), "lock", "--project", folder, "--offline", "-q", "-p", sys.executable], check=True)
    for wheel in wheel_of(checkout, tmp_path / "second").parent.glob("*.whl"):
        shutil.move(wheel, wheels)
    return folder


def dependency(folder: Path, version: str, turns: int) -> Path:
    (write_project(folder, version) / "tiny_dep.py").write_text(f"value = {turns}\n")
    return folder


@pytest.mark.parametrize(
    ("given", "sides", "changed"),
    [
        (("--with", "tiny-dep==2"), ("one", "one (with tiny-dep==2)"), "Tiny.Dep 1 -> 2"),
        (("--with", "./checkout"), ("one", "one (with tiny-dep 2)"), "Tiny.Dep 1 -> 2"),
        (
            ("--env", f"TURNS={USUAL}", "--env", f"TURNS={SLOW}"),
            (f"one (with TURNS={USUAL})", f"one (with TURNS={SLOW})"),
            f"TURNS '{USUAL}' -> '{SLOW}'",
        ),
    ],
    ids=["version", "folder of sources", "variable"],
)
def test_a_slower_side_is_told_in_a_sentence_a_page_and_an_exit_code(
    bench: Bench, app: Path, given: tuple[str, ...], sides: tuple[str, str], changed: str
) -> None:
    told_apart(bench, app, given, sides, changed)
    place = app.parents[1]
    a, b = served(place, "one/"), served(place, "one@")
    assert b < 0.7 * a, "it does some twenty times the work, whatever the gates say of a busy host"


def test_two_interpreters_are_told_by_their_paths(
    bench: Bench,
    app: Path,
    other: Path,  # noqa: F811 - the fixture
) -> None:
    first, words = str(own_python().path), own_python().words
    longer = f"on {words}, {other}"
    told = longer if len(longer) <= LONGEST else f"{longer[: LONGEST - 1]}…"
    sides = (f"one (on {words}, {first})", f"one ({told})")
    told_apart(bench, app, ("--python", first, "--python", str(other)), sides, None)


def told_apart(bench: Bench, app: Path, given: tuple[str, ...], sides: tuple[str, str], changed: str | None) -> None:
    place = app.parents[1]
    done = bench("ab", "one", *given, *SMALL, "--json", "--fail-on-regression", UV_OFFLINE="1")
    found = json.loads(done.stdout) if done.stdout else {}
    assert found, done.stderr
    assert (found["a"]["name"], found["b"]["name"]) == sides
    assert changed is None or found["app_changes"] == [f"one: {changed}"]
    told = (f"{sides[1]} is ", "Not decided whether ", f"{sides[1]} can't be compared with ")
    assert found["verdict"].startswith(told), found["verdict"]
    unknown = found["apps"][0]["outcome"] == "invalid"
    assert done.returncode == (5 if found["is_worse"] else 4 if unknown else 0), done.stderr
    (folder,) = place.glob("reports/2*")
    assert all(side in (folder / "comparison.html").read_text() for side in sides)
    title = (folder / "summary.md").read_text().splitlines()[0].replace("\\", "")
    assert title == f"# {found['verdict'].rstrip('.')}"
    assert list((place / ".bench" / "revisions").iterdir()) == []


def test_a_side_that_breaks_the_contract_is_told_in_each_of_the_three(bench: Bench, make_app: MakeApp) -> None:
    place = make_app("one").parents[1]
    done = bench("ab", "one", "--env", "FAULT=finds_everything", *SMALL, "--json", "--fail-on-regression")
    assert done.returncode == 3, done.stderr
    verdict = json.loads(done.stdout)["verdict"]
    assert verdict.startswith(
        "one (with FAULT=finds_everything) can't be compared with one: in B: it breaks the contract"
    )
    (folder,) = place.glob("reports/2*")
    assert "it breaks the contract" in (folder / "comparison.html").read_text()


def test_a_side_that_fails_under_load_is_not_said_to_be_no_regression(bench: Bench, make_app: MakeApp) -> None:
    """It keeps the contract until then, and has no figure that could be worse."""
    make_app("one")
    done = bench("ab", "one", "--env", "FAULT=wrong_midway", *SMALL, "--json", "--fail-on-regression")
    assert done.returncode == 4, done.stderr
    found = json.loads(done.stdout)
    assert found["apps"][0]["outcome"] == "invalid"
    assert "one (with FAULT=wrong_midway) can't be compared with one: in " in found["verdict"]
