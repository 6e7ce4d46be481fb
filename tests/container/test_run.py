"""Whole runs in containers: what they leave in the run folder, and that they leave nothing else."""

import json
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from harness.results.folder import read_run
from tests.container.left import APPS, left_of
from tests.ending import ended_well
from tests.saying import say
from tests.started import leave_one_round, started_run

ENGINE_SCRIPT = Path(__file__).parents[2] / ".ci" / "engine"
ENGINE_PID = Path("/run/framework-referee-dockerd.pid")

type Bench = Callable[..., subprocess.CompletedProcess[str]]

RUN = ("run", "--runtime", "docker", "--profile", "smoke", "--apps-dir", str(APPS))
SHORT = ("--app", "flask", "--endpoint", "hello", "--workload", "capacity")


def header(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "run.json").read_text())  # type: ignore[no-any-return]


def test_a_run_measures_in_containers_and_leaves_a_report_and_nothing_else(bench: Bench, tmp_path: Path) -> None:
    done = bench(*RUN, "--app", "flask", "--app", "fastapi", "--endpoint", "json", "--endpoint", "db")
    assert ended_well(done.returncode, done.stderr), done.stderr
    folder = tmp_path / done.stdout.strip()
    assert {file.name for file in folder.iterdir()} >= {"run.json", "windows.jsonl", "index.html", "data.parquet"}
    run = header(folder)
    assert run["runtime"] == "docker"
    assert run["engine"]["version"]
    assert run["generator_scheduling"] == ("SCHED_FIFO" if os.geteuid() == 0 else "SCHED_OTHER")
    # Nobody gives way on the generator's CPU where the generator goes first.
    beside = set(run["plan"]["cpus"]["database"]) & set(run["plan"]["cpus"]["generator"])
    gives_way = bool(beside) and run["generator_scheduling"] != "SCHED_FIFO"
    assert ("cpu shares" in run["database"]["settings"]) == gives_way
    assert run["driver_image"]["size_bytes"] > 10_000_000
    assert run["database"]["image"]["digest"].startswith("sha256:")
    assert run["database"]["version"].startswith("18.")
    for deployment in run["deployments"]:
        image = deployment["image"]
        assert image["digest"].startswith("sha256:")
        assert image["size_bytes"] > 10_000_000
        assert image["build_s"] > 0
    with chdir(tmp_path):
        found = json.loads(say("show", "--json").out)
    assert {cell["cell"]["subject"]["app"] for cell in found["cells"] if cell["throughput_rps"]} == {"flask", "fastapi"}
    records = [json.loads(line) for line in (folder / "windows.jsonl").read_text().splitlines()]
    starts = [record for record in records if record["record"] == "start"]
    assert all(start["charged_loaded_bytes"] > 5_000_000 for start in starts if start["rss_loaded_bytes"])
    metered = [record for record in records if record.get("meter")]
    # Of each server, not in each window: the reading of a short one can come so late that its server rests already.
    used_ns: Counter[str] = Counter()
    for record in metered:
        used_ns[record["cell"].partition(":")[0]] += record["meter"]["server_cpu_ns"]
    assert used_ns.keys() >= {"flask/controlled", "fastapi/controlled"}
    assert min(used_ns.values()) > 0
    meters = [record["meter"] for record in metered]
    # Some window may seem to hold more: between the reading of the account and that of the clock a host can stall.
    assert median(meter["server_cpu_ns"] / meter["elapsed_ns"] for meter in meters) <= 1.1
    assert left_of() == []


def test_the_conformance_checks_pass_in_a_container(bench: Bench) -> None:
    done = bench("verify", "flask", "--runtime", "docker", "--variant", "controlled", "--apps-dir", str(APPS), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    (verdict,) = json.loads(done.stdout)
    checks = {result["check"]: result["outcome"] for result in verdict["report"]["results"]}
    assert "passed" in checks.values()
    assert any("statement" in check and outcome == "passed" for check, outcome in checks.items())


@pytest.mark.fault(
    where="engine",
    what="A container ends at its start",
    happens="Its cells are invalid and say with which exit code; the end of its log is in the run.",
    lost="Its cells",
    exit_code=4,
)
def test_a_crash_at_start_is_told_with_the_container_s_log(bench: Bench, tmp_path: Path) -> None:
    app = tmp_path / "apps" / "broken_app"
    app.mkdir(parents=True)
    for name in ("pyproject.toml", "uv.lock", "database.py", "feed.py", "parameters.py", "views.py"):
        text = (APPS / "flask_app" / name).read_text()
        (app / name).write_text(text.replace('"flask-app"', '"broken-app"'))
    (app / "app.py").write_text('raise RuntimeError("the cupboard is bare")\n')
    done = bench("run", "--runtime", "docker", "--profile", "smoke", "--endpoint", "hello")
    assert done.returncode == 4, done.stderr
    assert "ended at its start" in done.stderr
    (records,) = tmp_path.glob("reports/*/windows.jsonl")
    assert "the cupboard is bare" in records.read_text()
    assert left_of() == []


@pytest.mark.fault(
    where="engine",
    what="Ctrl-C while containers run",
    happens="Containers and networks are removed, a report is written of what finished.",
    lost="The round under way",
    exit_code=130,
)
@pytest.mark.fault(
    where="engine",
    what="The harness is killed while containers run",
    happens="The next start removes containers and networks; the run can be resumed.",
    lost="The round under way",
    exit_code=None,
)
def test_an_interrupted_run_leaves_no_container_and_what_a_killed_one_left_is_swept_when_it_goes_on(
    bench: Bench, tmp_path: Path
) -> None:
    begin, go_on = (*RUN, *SHORT, "--rounds", "6"), ("run", "--resume", "latest", "--apps-dir", str(APPS))
    for words, number in ((begin, signal.SIGINT), (go_on, signal.SIGTERM)):
        run = started_run(tmp_path, *words, until='"record":"round"')
        run.send_signal(number)
        _, err = run.communicate()
        assert run.returncode == 130, err
        assert "Traceback" not in err
        assert left_of() == []
    run = started_run(tmp_path, *go_on, until='"kind":"measured"')
    run.kill()
    run.communicate()
    assert left_of() != []
    (folder,) = tmp_path.glob("reports/2*/")
    rounds = leave_one_round(folder)
    resumed = bench(*go_on)
    assert ended_well(resumed.returncode, resumed.stderr), resumed.stderr
    assert header(tmp_path / resumed.stdout.strip())["runtime"] == "docker"
    assert read_run(folder).rounds_complete == rounds
    assert left_of() == []


@pytest.mark.fault(
    where="engine",
    what="It is restarted in mid-run",
    happens="What was measured is reported; the run can be resumed.",
    lost="The round under way",
    exit_code=4,
)
def test_a_restart_of_the_engine_loses_the_round_under_way_and_nothing_more(bench: Bench, tmp_path: Path) -> None:
    if not ENGINE_PID.exists():
        reason = "the engine was not started by .ci/engine, so it is not this test's to restart"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    run = started_run(tmp_path, *RUN, *SHORT, "--rounds", "6", until='"record":"round"')
    for order in ("stop", "start"):
        subprocess.run((str(ENGINE_SCRIPT), order), check=True)
    _, err = run.communicate()
    assert run.returncode == 4, err
    assert "Traceback" not in err
    (header_file,) = tmp_path.glob("reports/*/run.json")
    folder = header_file.parent
    assert (folder / "index.html").exists()
    if header(folder)["finished_at"] is None:
        leave_one_round(folder)
        resumed = bench("run", "--resume", "latest", "--apps-dir", str(APPS))
        assert "Traceback" not in resumed.stderr
    else:
        assert bench("verify", "flask", "--runtime", "docker", "--variant", "controlled", "--apps-dir", str(APPS))
    records = [json.loads(line) for line in (folder / "windows.jsonl").read_text().splitlines()]
    measured = [r for r in records if r["record"] == "window" and r["kind"] == "measured" and r["report"]]
    assert 0 in {window["round_index"] for window in measured}
    assert left_of() == []
