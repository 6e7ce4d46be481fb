"""How far a run is to be trusted stands above its verdicts and its figures, in the words of its report."""

import json
import shutil
from html import unescape
from pathlib import Path

import pytest

from harness.report.numbers import NBSP
from harness.report.publish import publish
from tests.saying import say

SAMPLE = Path(__file__).parents[3] / "reports" / "sample"


@pytest.fixture(scope="module")
def disturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a host of which some checks are poor, and its report."""
    folder = tmp_path_factory.mktemp("disturbed") / "run"
    shutil.copytree(SAMPLE, folder)
    publish(folder)
    return folder


def told(command: str, folder: Path) -> str:
    (line,) = (line for line in say(command, str(folder)).out.splitlines() if line.startswith("Quality: "))
    return line


@pytest.mark.parametrize("command", ["claims", "show"])
def test_a_run_that_was_disturbed_is_said_to_be_so_by_the_words_of_its_report(command: str, disturbed: Path) -> None:
    quality, _, doubt = told(command, disturbed).partition(". ")
    assert quality.endswith("not good")
    assert doubt
    page = unescape((disturbed / "index.html").read_text()).replace(NBSP, " ")
    assert f"{quality}<" in page
    assert f"{doubt} <a" in page


@pytest.mark.parametrize("command", ["claims", "show"])
def test_what_a_run_is_not_doubted_for_is_not_told(command: str, disturbed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(SAMPLE, folder)
    run = json.loads((folder / "run.json").read_text())
    run["checks"] = [each | {"grade": "good"} for each in run["checks"]]
    (folder / "run.json").write_text(json.dumps(run))
    assert "Checks of the host" in told(command, disturbed)
    assert "Checks of the host" not in told(command, folder)
