"""What is made of a run is the same in every process, whatever seed it hashes texts by."""

import os
import subprocess
import sys
from pathlib import Path

from harness.model.app import Family
from harness.report.file_names import REPORT_FILE, SUMMARY_FILE
from tests.unit.analysis.simulate import subject
from tests.unit.results.whole_run import FASTAPI, whole_run, write

MAKE = "import pathlib, sys; from harness.report.publish import publish; publish(pathlib.Path(sys.argv[1]))"
SEEDS = ("1", "2")
"""By which the layer and the baseline of an app stand the other way round in a set."""
LAYER, BASELINE = subject("layer"), subject("baseline")
STANDS = {
    FASTAPI: {"built_on": "layer"},
    LAYER: {"family": Family.LAYER},
    BASELINE: {"family": Family.BASELINE},
}


def test_a_report_is_the_same_bytes_whatever_seed_texts_are_hashed_by(tmp_path: Path) -> None:
    run, records = whole_run({LAYER: 800.0, BASELINE: 900.0})
    deployments = tuple(each.model_copy(update=STANDS.get(each.subject, {})) for each in run.deployments)
    whole = run.model_copy(update={"deployments": deployments}), records
    folders = [write(tmp_path / seed / "run", whole) for seed in SEEDS]
    makers = [
        subprocess.Popen((sys.executable, "-c", MAKE, str(folder)), env={**os.environ, "PYTHONHASHSEED": seed})
        for folder, seed in zip(folders, SEEDS, strict=True)
    ]
    assert [maker.wait() for maker in makers] == [0, 0]
    one, other = ({file.name: file.read_bytes() for file in folder.iterdir()} for folder in folders)
    assert {REPORT_FILE, SUMMARY_FILE} < one.keys() == other.keys()
    assert "fastapi (controlled, gunicorn gthread) is not faster than layer" in one[REPORT_FILE].decode()
    assert [name for name, made in one.items() if made != other[name]] == []
