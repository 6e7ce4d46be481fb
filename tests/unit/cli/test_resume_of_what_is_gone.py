"""A run that can't be gone on with as it was is refused before anything is started."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.measure.begin import METHOD_VERSION
from harness.model.errors import ExitCode
from harness.model.run import RoundEnd
from harness.results.run_folders import CLAIMS_FILE, HEADER_FILE, RECORDS_FILE
from tests.saying import Said, say

ROOT = Path(__file__).parents[3]

type CutOff = Callable[[str], Path]


@pytest.fixture
def cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CutOff:
    """Makes a run of the shipped apps that was cut off, with Flask under another name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BENCH_RUNTIME", "process")

    def make(name: str) -> Path:
        folder = tmp_path / "reports" / "cut"
        folder.mkdir(parents=True)
        header = json.loads((ROOT / "reports" / "sample" / HEADER_FILE).read_text().replace('"flask"', f'"{name}"'))
        changed = {"finished_at": None, "method_version": METHOD_VERSION}
        (folder / HEADER_FILE).write_text(json.dumps(header | changed))
        (folder / RECORDS_FILE).touch()
        return folder

    return make


def resumed(*more: str) -> Said:
    return say("run", "--resume", "cut", "--apps-dir", str(ROOT / "apps"), *more)


def test_an_app_that_is_not_here_is_named_with_the_option_that_finds_it(cut_off: CutOff) -> None:
    cut_off("gone")
    said = resumed()
    assert said.code == ExitCode.USAGE
    assert "cut measures gone/controlled" in said.err
    assert "go on with it as it was begun: bench run --resume cut; or have --apps-dir name the folder" in said.err


def test_a_broken_manifest_of_an_app_that_the_run_does_not_measure_is_left_out(cut_off: CutOff) -> None:
    folder = cut_off("gone")
    broken = folder.parents[1] / "beside" / "broken_app"
    broken.mkdir(parents=True)
    (broken / "pyproject.toml").write_text("[")
    said = resumed("--apps-dir", str(broken.parent))
    assert said.code == ExitCode.USAGE
    assert "error: cut measures gone/controlled" in said.err
    assert f"left out, and not asked for: {broken / 'pyproject.toml'}" in said.err
    cut_off_of_it = json.loads((folder / HEADER_FILE).read_text().replace('"gone"', '"broken"'))
    (folder / HEADER_FILE).write_text(json.dumps(cut_off_of_it))
    assert f"error: {broken / 'pyproject.toml'}" in resumed("--apps-dir", str(broken.parent)).err, "which it measures"


def test_a_finished_run_is_refused_at_once_with_the_command_that_reports_on_it(cut_off: CutOff) -> None:
    header = cut_off("gone") / HEADER_FILE
    ended = json.loads(header.read_text())
    header.write_text(json.dumps(ended | {"finished_at": ended["started_at"]}))
    header.with_name(RECORDS_FILE).write_text(
        RoundEnd(round_index=0, finished_at=ended["started_at"]).model_dump_json() + "\n"
    )
    said = resumed()
    assert said.code == ExitCode.USAGE
    assert "`bench report cut`" in said.err


def test_claims_that_can_not_be_read_are_told_before_the_run_goes_on(cut_off: CutOff) -> None:
    (cut_off("flask") / CLAIMS_FILE).write_text("source =\n")
    said = resumed()
    assert said.code == ExitCode.USAGE
    assert f"{CLAIMS_FILE}: " in said.err
