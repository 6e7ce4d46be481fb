"""A whole run with the shipped apps: real frameworks, real PostgreSQL, real load, a report."""

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.ending import ended_well
from tests.integration.cli.conftest import Bench, Read

APPS = Path(__file__).parents[3] / "apps"

BUSY_HOST = {"generator run delay", "generator CPU", "offered rate", "Little's law", "enough data"}
"""Gates that may trip in a short run on a busy host, which is no fault of the code under test."""


@pytest.fixture
def run(bench: Bench, tmp_path: Path) -> tuple[subprocess.CompletedProcess[str], Path]:
    arguments = ["--apps-dir", str(APPS), "--profile", "smoke", "--app", "flask", "--app", "wsgi", "--app", "tornado"]
    done = bench("run", *arguments)
    return done, tmp_path / done.stdout.strip()


def test_a_run_prints_its_folder_and_leaves_a_report_and_data(
    run: tuple[subprocess.CompletedProcess[str], Path], read: Read
) -> None:
    done, folder = run
    assert ended_well(done.returncode, done.stderr), done.stderr
    files = {file.name for file in folder.iterdir()}
    assert files >= {"run.json", "windows.jsonl", "index.html", "summary.md", "data.csv", "data.parquet"}
    found = json.loads(read("show", "--json").out)
    header = json.loads((folder / "run.json").read_text())
    again = ["bench", "run", "--runtime", "process", "--apps-dir", str(APPS)]
    assert header["command"][: len(again)] == again, "BENCH_RUNTIME is not there on another shell"
    assert f"    {shlex.join(header['command'])}\n" in (folder / "summary.md").read_text()
    # Nobody gives way on the generator's CPU where the generator goes first.
    beside = set(header["plan"]["cpus"]["database"]) & set(header["plan"]["cpus"]["generator"])
    gives_way = bool(beside) and header["generator_scheduling"] != "SCHED_FIFO"
    assert ("scheduling policy" in header["database"]["settings"]) == gives_way
    rankings = {(ranking["endpoint"], ranking["workload"]) for ranking in found["rankings"]}
    assert rankings == {("hello", "capacity"), ("json", "capacity"), ("db", "capacity"), ("json", "latency")}
    valid = [cell for cell in found["cells"] if cell["valid"]]
    tripped = {gate["name"] for cell in found["cells"] for gate in cell["gates"] if not gate["held"]}
    assert tripped <= BUSY_HOST
    assert all(cell["throughput_rps"]["value"] > 0 for cell in valid)
    windows = [json.loads(line) for line in (folder / "windows.jsonl").read_text().splitlines()]
    measured = [window["report"] for window in windows if window["record"] == "window" and window["report"]]
    assert sum(report["responses"] for report in measured)
    assert not any(report["failures"] for report in measured)

    page = (folder / "index.html").read_bytes()
    (folder / "index.html").unlink()
    rebuilt = read("report", folder.name)
    assert rebuilt.code == 0, rebuilt.err
    assert (folder / "index.html").read_bytes() == page
