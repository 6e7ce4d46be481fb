"""Ctrl-C, SIGTERM and kill: what finished is kept, nothing is left, and the run can be resumed."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.waiting import PATIENCE_S, eventually, has_come_to

type MakeApp = Callable[..., Path]
type Bench = Callable[..., subprocess.CompletedProcess[str]]

RUN = (str(Path(sys.executable).parent / "bench"), "run", "--profile", "smoke", "--rounds", "3", "--endpoint", "hello")


def started_run(folder: Path, *, until: str) -> subprocess.Popen[str]:
    """A run that has got as far as a record that contains `until`."""
    run = subprocess.Popen(RUN, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    has_come_to(run, until, folder)
    return run


def processes_in(folder: Path) -> list[psutil.Process]:
    return [p for p in psutil.process_iter(["cwd"]) if p.info["cwd"] and Path(p.info["cwd"]).is_relative_to(folder)]


@pytest.mark.fault(
    where="terminal",
    what="Ctrl-C or SIGTERM in mid-run",
    happens="Everything is ended, a report is written of what finished, and the command that goes on is printed.",
    lost="The round under way",
    exit_code=130,
)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_reports_what_finished_and_can_be_resumed(
    make_app: MakeApp, bench: Bench, tmp_path: Path, number: signal.Signals
) -> None:
    make_app("sound")
    run = started_run(tmp_path, until='"record":"round"')
    run.send_signal(number)
    out, err = run.communicate(timeout=PATIENCE_S)
    assert run.returncode == 130, err
    assert "Traceback" not in err
    folder = tmp_path / out.strip()
    assert (folder / "index.html").is_file()
    assert f"bench run --resume {folder.name}" in err
    assert processes_in(tmp_path) == []

    resumed = bench("run", "--resume", folder.name)
    assert resumed.returncode == 0, resumed.stderr
    found = json.loads(bench("show", folder.name, "--json").stdout)
    assert found["rounds_complete"] == found["rounds_planned"] == 3


@pytest.mark.fault(
    where="terminal",
    what="The harness is killed (`kill -9`, or by the kernel for want of memory)",
    happens="Its servers, its database and its load generator end by themselves; the run can be resumed.",
    lost="The round under way",
    exit_code=None,
)
def test_what_a_killed_harness_left_behind_is_gone_soon_and_its_rounds_can_be_resumed(
    make_app: MakeApp, bench: Bench, tmp_path: Path
) -> None:
    make_app("sound")
    run = started_run(tmp_path, until='"kind":"measured"')
    run.kill()
    run.communicate(timeout=PATIENCE_S)
    eventually(lambda: processes_in(tmp_path) == [], "the end of all that the killed harness had started")
    assert bench("run", "--resume", "latest").returncode == 0
