"""A real file system that is full, at every page of what is written."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.odd_hosts import PROJECT, with_mounts
from tests.waiting import PATIENCE_S

SAMPLE = PROJECT / "reports" / "sample"
SCRIPT = Path(__file__).with_name("fill_page_by_page.py")


@pytest.mark.fault(
    where="disk",
    what="It is full while a report, a digest or a history is written, at whatever byte",
    happens="What was there before stands whole; it is said how much room is lacking, and how to go on.",
    lost="Nothing",
    exit_code=4,
)
def test_at_whatever_page_the_disk_is_full_what_was_there_stands_and_the_run_can_be_reported_again(
    tmp_path: Path,
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    words = with_mounts(("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)))
    command = (*words, sys.executable, str(SCRIPT), str(disk), str(SAMPLE))
    done = subprocess.run(
        command, cwd=PROJECT, env={"PYTHONPATH": str(PROJECT)}, capture_output=True, text=True, timeout=PATIENCE_S,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for what in ("report", "history", "publish"):
        attempts, stood, told = found[what]
        assert (attempts > 1, stood, told) == (True, True, True), what
    assert found["report"][0] > 50, "a report has more pages than that, and each was the last one once"
    assert found["whole_again"]
    assert found["runs"] == 2
