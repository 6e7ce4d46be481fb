"""Whoever names a folder of apps has those in place of the usual ones, and is told how to have both."""

from pathlib import Path

import pytest

from harness.catalog.discover import discover
from harness.catalog.selection import choose
from harness.model.errors import ExitCode
from tests.saying import say
from tests.unit.runtime.test_revisions import MANIFEST


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder with one app, beside which the usual ones are."""
    folder = tmp_path / "my apps" / "tiny_app"
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(MANIFEST)
    (folder / "uv.lock").write_text("version = 1\n")
    return folder.parent


@pytest.mark.parametrize(
    "words",
    [("plan", "--app", "flask"), ("plan", "--app", "tiny", "--app", "flask_app/default"), ("verify", "flask"),
     ("run", "--app", "flask")],
)  # fmt: skip
def test_an_app_of_the_usual_folder_is_told_to_be_there(mine: Path, words: tuple[str, ...]) -> None:
    said = say(*words, "--apps-dir", str(mine))
    assert said.code == ExitCode.USAGE
    assert f"there is no app 'flask' in {mine}, which --apps-dir names in place of apps" in said.err
    assert f"hint: to have both: --apps-dir '{mine}' --apps-dir apps" in said.err


def test_so_both_are_there(mine: Path) -> None:
    both = (mine, Path("apps"))
    chosen = choose(discover(both, ("flask", "tiny")), ("flask", "tiny"), both)
    assert [app.name for app in chosen] == ["flask", "tiny"]


def test_a_name_that_neither_has_is_told_with_those_there_are(mine: Path) -> None:
    said = say("plan", "--apps-dir", str(mine), "--app", "tinny")
    assert said.code == ExitCode.USAGE
    assert "there is no app 'tinny'\nhint: is 'tiny' meant? choose from: tiny" in said.err
