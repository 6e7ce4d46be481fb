"""A whole run watches the host's stalls where latency counts, or says why it can't, wherever a user looks."""

import json
from pathlib import Path

from harness.analysis.analyse import analyse
from harness.metering.stall_watch import UNPRIVILEGED
from harness.model.window import Mode
from harness.results.folder import read_run
from harness.results.records import RecordedRun
from tests import warm
from tests.integration.cli.conftest import Bench, MakeApp
from tests.odd_hosts import standing, without_real_time
from tests.real_time import need_real_time

SMOKE = ("run", "--profile", "smoke", "--endpoint", "json", "--workload", "capacity", "--workload", "latency")


def reasons(recorded: RecordedRun) -> set[str | None]:
    found = analyse(recorded).cells
    return {each.of_server_unknown for each in found if each.cell.workload.value == "latency" and each.valid}


def test_every_window_of_latency_has_the_stalls_from_its_first_request_on_and_no_other_has(
    bench: Bench, make_app: MakeApp, tmp_path: Path
) -> None:
    need_real_time()
    make_app("sound")
    done = bench(*SMOKE)
    assert "as met only" not in done.stderr
    recorded = read_run(tmp_path / done.stdout.strip())
    assert recorded.run.stalls_unwatched is None
    taken = [window for window in recorded.windows if window.spec and window.report]
    watched = [window for window in taken if window.spec and window.spec.mode is Mode.OPEN]
    assert watched
    for window in watched:
        assert window.spec
        assert window.report
        assert window.stalls
        assert window.stalls.from_ns <= -window.spec.lead_in_s * 1e9
        assert window.stalls.to_ns >= window.report.duration_ns
    assert [window for window in taken if window.stalls] == watched
    assert not any("not watched" in (why or "") for why in reasons(recorded))


def test_without_the_right_to_real_time_the_run_the_report_and_the_doctor_say_what_is_missing(
    make_app: MakeApp, tmp_path: Path
) -> None:
    make_app("sound")
    with standing(without_real_time()) as host:
        done = warm.bench(tmp_path, *SMOKE, host=host)
        doctor = warm.bench(tmp_path, "doctor", "--json", host=host)
    assert done.stderr.count(f"! latencies as met only, and none of the server: {UNPRIVILEGED}") == 1, done.stderr
    folder = tmp_path / done.stdout.strip()
    recorded = read_run(folder)
    assert recorded.run.stalls_unwatched == UNPRIVILEGED
    assert not any(window.stalls for window in recorded.windows)
    assert reasons(recorded) <= {f"stalls of the host were not watched: {UNPRIVILEGED}"}
    assert f"not watched: {UNPRIVILEGED}" in (folder / "index.html").read_text(encoding="utf-8")
    checks = json.loads(doctor.stdout)
    (found,) = (check for check in checks if check["name"] == "real-time priority")
    assert (found["grade"], found["value"]) == ("poor", "SCHED_FIFO with priority 3 is refused")
