"""A run whose disk fills up while it measures."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from harness.results.folder import read_run
from tests.integration.cli.conftest import MakeApp, bench_command
from tests.odd_hosts import with_mounts
from tests.waiting import PATIENCE_S


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
    words = with_mounts(("mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", str(reports)))
    # The disk goes with the command, so what is on it is taken to another at the end.
    keep = ("sh", "-c", f'"$@"; code=$?; cp -r {reports}/. {kept}; exit $code', "sh")
    done = subprocess.run(
        (*words, *keep, *bench_command("run", "--profile", "smoke", "--rounds", "4")),  # the slower the host, the more
        cwd=tmp_path, env=dict(os.environ), capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 4, done.stderr
    (folder,) = kept.iterdir()
    assert done.stdout.strip() == f"reports/{folder.name}"
    assert done.stderr.count("error: ") == 1
    assert re.search(r"(run\.json|windows\.jsonl): No space left on device", done.stderr), done.stderr
    assert done.stderr.count(f"bench run --resume {folder.name}") == 2, "told by the error's hint, and by the run"
    assert "Traceback" not in done.stderr
    assert read_run(folder).windows
    assert {file.name for file in folder.iterdir()} == {"run.json", "windows.jsonl"}
