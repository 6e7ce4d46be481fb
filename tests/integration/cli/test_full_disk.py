"""A run whose disk fills up while it measures."""

import re
import shutil
from pathlib import Path

import pytest

from harness.results.folder import read_run
from tests import warm
from tests.integration.cli.conftest import MakeApp
from tests.odd_hosts import seen_from, standing, with_mounts


@pytest.mark.fault(
    where="disk",
    what="It fills up while a run measures",
    happens="One error names the command to go on with. What was measured is on the disk, whole.",
    lost="The window under way",
    exit_code=4,
)
def test_a_run_on_a_disk_that_fills_up_says_how_to_go_on(tmp_path: Path, make_app: MakeApp) -> None:
    make_app("sound")
    reports, kept = tmp_path / "reports", tmp_path / "kept"
    reports.mkdir()
    with standing(with_mounts(("mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", str(reports)))) as host:
        done = warm.bench(tmp_path, "run", "--profile", "smoke", "--rounds", "4", host=host)  # the slower, the more
        shutil.copytree(seen_from(host, reports), kept)  # the disk goes with its host
    assert done.returncode == 4, done.stderr
    (folder,) = kept.iterdir()
    assert done.stdout.strip() == f"reports/{folder.name}"
    assert done.stderr.count("error: ") == 1
    assert re.search(r"(run\.json|windows\.jsonl): No space left on device", done.stderr), done.stderr
    assert done.stderr.count(f"bench run --resume {folder.name}") == 2, "told by the error's hint, and by the run"
    assert "Traceback" not in done.stderr
    assert read_run(folder).windows
    assert {file.name for file in folder.iterdir()} == {"run.json", "windows.jsonl"}
