"""Ctrl-C, SIGTERM and kill: what finished is kept, nothing is left, and the run can be resumed."""

import json
import signal
from pathlib import Path

import pytest

from tests.ending import ended_well
from tests.integration.cli.conftest import Bench, MakeApp, Read, left_behind
from tests.started import leave_one_round, started_anew, started_run
from tests.waiting import eventually

BEGIN = ("run", "--profile", "smoke", "--rounds", "6", "--endpoint", "hello", "--workload", "capacity")
GO_ON = ("run", "--resume", "latest")


@pytest.mark.fault(
    where="terminal",
    what="Ctrl-C or SIGTERM in mid-run",
    happens="Everything is ended, a report is written of what finished, and the command that goes on is printed.",
    lost="The round under way",
    exit_code=130,
)
@pytest.mark.fault(
    where="terminal",
    what="The harness is killed (`kill -9`, or by the kernel for want of memory)",
    happens="Its servers, its database and its load generator end by themselves; the run can be resumed.",
    lost="The round under way",
    exit_code=None,
)
def test_however_often_a_run_is_cut_off_what_finished_is_kept_nothing_is_left_and_it_goes_on_to_its_end(
    make_app: MakeApp, bench: Bench, read: Read, tmp_path: Path
) -> None:
    make_app("sound")
    for words, number in ((BEGIN, signal.SIGINT), (GO_ON, signal.SIGTERM)):
        run = started_run(tmp_path, *words, until='"record":"round"')
        run.send_signal(number)
        out, err = run.communicate()
        assert run.returncode == 130, err
        assert "Traceback" not in err
        folder = tmp_path / out.strip()
        report = (folder / "index.html").read_bytes()
        (folder / "index.html").unlink()
        assert report.startswith(b"<!doctype html>")
        assert f"bench run --resume {folder.name}" in err
        assert left_behind(tmp_path) == []

    run = started_anew(tmp_path, *GO_ON, until='"kind":"measured"')
    run.kill()
    run.communicate()
    eventually(lambda: left_behind(tmp_path) == [], "the end of all that the killed harness had started")

    rounds = leave_one_round(folder)
    resumed = bench("run", "--resume", folder.name)
    assert ended_well(resumed.returncode, resumed.stderr), resumed.stderr
    assert len(list(tmp_path.glob("reports/2*/"))) == 1
    found = json.loads(read("show", "latest", "--json").out)
    assert found["rounds_complete"] == found["rounds_planned"] == rounds
