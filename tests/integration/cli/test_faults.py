"""What a user sees when something is wrong: one clear error, or an invalid cell with its reason."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli.conftest import Bench, MakeApp, Read


def findings(read: Read) -> dict[str, Any]:
    shown = read("show", "latest", "--json")
    assert shown.code == 0, shown.err
    return json.loads(shown.out)  # type: ignore[no-any-return]


def cells_of(found: dict[str, Any], app: str) -> list[dict[str, Any]]:
    return [cell for cell in found["cells"] if cell["cell"]["subject"]["app"] == app]


def assert_one_error(done: subprocess.CompletedProcess[str], code: int, *named: str) -> None:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    assert sum(line.startswith("error: ") for line in lines) == 1
    assert sum(line.startswith("hint: ") for line in lines) == 1
    for name in named:
        assert name in done.stderr


@pytest.mark.fault(
    where="app",
    what="It ends at its start",
    happens="Its cells are invalid and say with which exit code; its log is in the run. All other apps are measured.",
    lost="Its cells",
    exit_code=4,
)
@pytest.mark.fault(
    where="app",
    what="It gets ready too late, or never",
    happens="It is given up after 20 s, where it still works after 2 minutes; its cells say so. All others go on.",
    lost="Its cells",
    exit_code=4,
)
@pytest.mark.fault(
    where="server",
    what="It ends under load",
    happens="It is told with its exit code, and takes no rank in the whole run, nor does its copy; the next round "
    "starts it afresh.",
    lost="Its cells, but for what was done with before",
    exit_code=4,
)
@pytest.mark.fault(
    where="server",
    what="It hangs under load",
    happens="The window under way ends with its time limit, that endpoint is not waited for again in the round, and "
    "the app takes no rank on it in the whole run.",
    lost="Its cells of that endpoint",
    exit_code=4,
)
def test_one_run_measures_the_sound_app_and_says_of_each_faulty_one_what_is_wrong(
    make_app: MakeApp, bench: Bench, read: Read, tmp_path: Path
) -> None:
    faults = ("crash_at_start", "hang_at_start", "crash_midway", "hang_midway", "wrong_midway", "error_midway")
    make_app("sound")
    for fault in faults:
        make_app(fault.replace("_", "-"), fault)
    done = bench("run", "--profile", "smoke", "--workload", "capacity")
    assert done.returncode == 4, done.stderr
    assert "the run is incomplete: " in done.stderr
    assert "! crash-midway (default, its own): the server ended by itself under load on " in done.stderr
    found = findings(read)
    tripped = {gate["name"] for cell in cells_of(found, "sound") for gate in cell["gates"] if not gate["held"]}
    assert tripped <= {"generator run delay", "Little's law"}, "only what a busy host may cause"
    said = {
        fault: " ".join(reason for cell in cells_of(found, fault.replace("_", "-")) for reason in cell["reasons"])
        for fault in faults
    }
    for fault in faults:
        assert not all(cell["valid"] for cell in cells_of(found, fault.replace("_", "-"))), fault
    assert "ended" in said["crash_at_start"]
    (records,) = tmp_path.glob("reports/*/windows.jsonl")
    assert "its cupboard is bare" in records.read_text(), "the log of the app that did not start"
    assert "20 s" in said["hang_at_start"]
    assert "the server ended by itself under load on " in said["crash_midway"]
    assert " (exit code " in said["crash_midway"]
    assert "stopped answering" in said["hang_midway"]
    shown = read("show", "latest").out
    for fault in ("crash-midway", "hang-midway"):
        assert f"{fault} (" in shown
        assert not any(row["subject"]["app"] == fault for ranking in found["rankings"] for row in ranking["rows"])
    assert shown.count("did not last under load") == 2
    assert "Mundo" in said["wrong_midway"]
    assert " answered with status 500; the first: status: HTTP/1.1 500 Internal Server Error" in said["error_midway"]
    (logs,) = tmp_path.glob("reports/*/app_logs.txt")
    assert f"what the apps at fault wrote last: {logs.relative_to(tmp_path)}" in done.stderr.splitlines()
    wrote = logs.read_text()
    for line in ("its cupboard is bare", "the tiny server crashes now", "the tiny server has lost its table"):
        assert line in wrote


@pytest.mark.fault(
    where="server",
    what="It closes connections under load that it should keep, announced",
    happens="Its cells are invalid and name the remedy for its manifest. Where no cell is valid, the run says so.",
    lost="Its cells",
    exit_code=4,
)
def test_a_run_without_a_valid_cell_says_so_and_does_not_end_with_success(make_app: MakeApp, bench: Bench) -> None:
    make_app("closing", "closes_midway")
    done = bench("run", "--profile", "smoke", "--workload", "capacity", "--endpoint", "json")
    assert done.returncode == 4, done.stderr
    assert "the run is incomplete" not in done.stderr
    (told,) = (line for line in done.stderr.splitlines() if "cells are invalid" in line)
    assert told.startswith("2 of 2 cells are invalid, so the run measured nothing usable: by ")
    assert '"reconnects"' in told
    assert "on json, capacity, " in told
    assert "set keep_alive = false in this variant of the app's manifest" in told


def test_an_unknown_app_is_a_usage_error_that_names_the_known_ones(make_app: MakeApp, bench: Bench) -> None:
    make_app("sound")
    assert_one_error(bench("run", "--app", "flusk"), 2, "flusk", "sound")


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--workers", "2", "--listen", "0.0.0.0:5557"), "192.168.1.10:5557"),
        (("--workers", "2", "--listen", "nowhere"), "nowhere"),
        (("--listen", "127.0.0.1:5557"), "--workers N"),
    ],
)
def test_workers_without_a_place_to_join_are_a_usage_error(
    make_app: MakeApp, bench: Bench, options: tuple[str, ...], named: str
) -> None:
    make_app("sound")
    assert_one_error(bench("run", *options), 2, "--listen", named)


def test_an_app_host_without_containers_is_a_usage_error(make_app: MakeApp, bench: Bench) -> None:
    make_app("sound")
    assert_one_error(bench("run", "--runtime", "process", "--app-host", "192.0.2.1"), 2, "--app-host", "DOCKER_HOST")


@pytest.mark.fault(
    where="app",
    what="A mistake in its manifest",
    happens="File and field are named before anything starts.",
    lost="Nothing",
    exit_code=2,
)
def test_a_bad_manifest_is_a_usage_error_that_names_file_and_field(make_app: MakeApp, bench: Bench) -> None:
    manifest = make_app("sound") / "pyproject.toml"
    manifest.write_text(manifest.read_text().replace('family = "micro"', 'family = "nano"'))
    assert_one_error(bench("run"), 2, "pyproject.toml", "tool.bench.family")


@pytest.mark.fault(
    where="app",
    what="It can't run on the Python that all others run on",
    happens="Both versions are named before anything starts.",
    lost="Nothing",
    exit_code=2,
)
def test_a_missing_interpreter_is_named_with_what_the_app_asks_for(make_app: MakeApp, bench: Bench) -> None:
    folder = make_app("sound")
    for file in (folder / "pyproject.toml", folder / "uv.lock"):
        file.write_text(file.read_text().replace(">=3.13", ">=3.99"))
    assert_one_error(bench("run", "--profile", "smoke"), 2, "sound", "3.99")


@pytest.mark.parametrize(("url", "code"), [("postgresql://nobody@127.0.0.1:1/nowhere", 4), ("not a url", 2)])
def test_a_database_that_can_not_be_reached_is_one_error(
    make_app: MakeApp, bench: Bench, tmp_path: Path, url: str, code: int
) -> None:
    manifest = make_app("sound") / "pyproject.toml"
    manifest.write_text(manifest.read_text().replace('["hello", "json"]', '["hello", "db"]'))
    assert_one_error(bench("run", "--profile", "smoke", BENCH_DATABASE_URL=url), code, "BENCH_DATABASE_URL")
    assert not (tmp_path / "reports").exists(), "nothing has begun"


def test_an_unknown_run_is_a_usage_error(read: Read) -> None:
    for command in ("show", "report"):
        said = read(command, "nonesuch")
        assert said.code == 2
        assert (said.err.count("error: "), said.err.count("hint: ")) == (1, 1)
        assert "nonesuch" in said.err
