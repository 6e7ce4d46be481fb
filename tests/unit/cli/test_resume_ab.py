"""What `bench ab --resume` can't go on with is refused before anything is started."""

import json
from pathlib import Path

import pytest

from harness.measure.begin import METHOD_VERSION
from harness.model.errors import ExitCode
from harness.results.run_folders import HEADER_FILE, RECORDS_FILE
from tests.saying import say

ROOT = Path(__file__).parents[3]


@pytest.fixture
def cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The header of a run that was cut off."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "reports" / "cut"
    folder.mkdir(parents=True)
    header = json.loads((ROOT / "reports" / "sample" / HEADER_FILE).read_text())
    (folder / HEADER_FILE).write_text(json.dumps(header | {"finished_at": None, "method_version": METHOD_VERSION}))
    (folder / RECORDS_FILE).touch()
    return folder / HEADER_FILE


def test_a_run_of_the_apps_as_they_are_goes_on_by_the_other_command(cut_off: Path) -> None:
    assert cut_off.is_file()
    said = say("ab", "--resume", "cut")
    assert said.code == ExitCode.USAGE
    assert "cut does not compare two revisions" in said.err
    assert "bench run --resume cut" in said.err


def test_one_that_did_not_record_what_it_compares_is_begun_anew(cut_off: Path) -> None:
    cut_off.write_text(cut_off.read_text().replace('"flask"', '"flask@v1"'))
    said = say("ab", "--resume", "cut")
    assert said.code == ExitCode.USAGE
    assert "did not record what it compares" in said.err
    assert "start `bench ab` anew" in said.err


def test_one_of_two_revisions_goes_on_by_this_command_only(cut_off: Path) -> None:
    cut_off.write_text(cut_off.read_text().replace('"flask"', '"flask@v1"'))
    said = say("run", "--resume", "cut", "--apps-dir", str(ROOT / "apps"))
    assert said.code == ExitCode.USAGE
    assert "bench ab --resume cut" in said.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "neither a commit nor an app is named\nhint: add --variant V --variant V, --python PYTHON, "),
        (("v1", "--resume", "cut"), "leave 'v1' out"),
        (("--resume", "nosuch"), "nosuch"),
    ],
)
def test_what_is_to_be_compared_is_said_once(cut_off: Path, words: tuple[str, ...], told: str) -> None:
    assert cut_off.is_file()
    said = say("ab", *words)
    assert said.code == ExitCode.USAGE
    assert told in said.err
