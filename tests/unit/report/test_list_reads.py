"""The list of runs is made of digests: where each run has one, nothing else of a run is read, and nothing judges."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.many_runs import make_runs
from harness.results.run_folders import HEADER_FILE, RECORDS_FILE

UNWANTED = ("scipy", "pandas", "matplotlib", "harness.analysis.analyse", "harness.results.records")
LIST = """
import json, pathlib, sys
opened = []
sys.addaudithook(lambda event, of: opened.append(pathlib.Path(str(of[0])).name) if event == "open" else None)
from harness.report.publish_list import publish_index
publish_index(pathlib.Path(sys.argv[1]))
print(json.dumps({"opened": opened, "loaded": list(sys.modules)}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    runs = tmp_path_factory.mktemp("runs")
    make_runs(runs, 7)
    command = [sys.executable, "-c", LIST, str(runs)]
    said = subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parents[3]).stdout
    found: dict[str, list[str]] = json.loads(said)
    return found


def test_no_run_is_read(told: dict[str, list[str]]) -> None:
    assert told["opened"].count("digest.json") == 2 * 7, "each to see what has changed, and to make the list of"
    assert not {HEADER_FILE, RECORDS_FILE} & {*told["opened"]}


def test_nothing_that_judges_or_draws_is_imported(told: dict[str, list[str]]) -> None:
    assert not {*UNWANTED} & {*told["loaded"]}
