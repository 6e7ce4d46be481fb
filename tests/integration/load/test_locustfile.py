"""The engine under Locust alone, without the harness."""

import csv
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import PATIENCE_S, undisturbed

LOCUSTFILE = Path(__file__).parents[3] / "harness" / "load" / "locustfile.py"


def locust(port: int, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Locust headless for some seconds."""
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "-H", f"http://127.0.0.1:{port}", "--headless"]
    command += ["-u", "8", "-r", "8", "-t", "3s", "--json-file", "out", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def stats_of(folder: Path) -> dict[str, Any]:
    """What Locust counted for the only endpoint."""
    (entry,) = json.loads((folder / "out.json").read_text())
    assert (entry["method"], entry["name"]) == ("GET", "/hello")
    return dict(entry)


@pytest.mark.parametrize("processes", [[], ["--processes", "2"]])
def test_locust_counts_what_the_server_served(serve: Callable[..., Any], tmp_path: Path, processes: list[str]) -> None:
    """In one process or with workers, Locust's statistics hold every response once, and its latencies are no zeros."""
    server = serve("right")
    ended = locust(server.port, tmp_path, *processes)
    assert ended.returncode == 0, ended.stderr
    stats, served = stats_of(tmp_path), server.counts()["requests"]
    # What is under way when the test is stopped is served, but not counted.
    assert served - 8 <= stats["num_requests"] <= served
    assert stats["num_failures"] == 0
    assert sum(stats["response_times"].values()) == stats["num_requests"]
    assert any(float(latency_ms) % 1 > 0 for latency_ms in stats["response_times"])
    assert re.search(r"latency in ms: p50 0?\.?\d", ended.stderr)


def test_open_loop_offers_its_rate_over_all_processes(serve: Callable[..., Any], tmp_path: Path) -> None:
    """The workers share the rate among them."""

    def counted() -> int:
        ended = locust(serve("right").port, tmp_path, "--mode", "open", "--rate", "400", "--processes", "2")
        assert ended.returncode == 0, ended.stderr
        return int(stats_of(tmp_path)["num_requests"])

    def check(count: int) -> None:
        assert 2.2 * 400 < count < 3.3 * 400

    undisturbed(counted, check)


def test_failures_show_in_locusts_error_report(serve: Callable[..., Any], tmp_path: Path) -> None:
    """A wrong answer is a failed request for Locust too, and its exit status says so."""
    ended = locust(serve("wrong-after", 100).port, tmp_path, "--csv", "out")
    assert ended.returncode == 1
    stats = stats_of(tmp_path)
    assert stats["num_requests"] - stats["num_failures"] == sum(stats["response_times"].values()) == 100
    assert stats["num_none_requests"] == stats["num_failures"]  # kept out of the percentiles
    with (tmp_path / "out_failures.csv").open() as table:  # rewritten once a second, so a little behind
        (failure,) = csv.DictReader(table)
    assert 0 < int(failure["Occurrences"]) <= stats["num_failures"]
    assert failure["Error"].startswith("wrong_body: HTTP/1.1 200 OK Hello, Wurld!")


@pytest.mark.parametrize(
    ("arguments", "hint"), [(["--mode", "open"], "--rate"), (["-H", "ftp://example.invalid"], "give one such as -H")]
)
def test_unusable_options_end_locust_with_a_hint(
    closed_port: int, tmp_path: Path, arguments: list[str], hint: str
) -> None:
    """A user's mistake is answered with what to do, not with a traceback."""
    ended = locust(closed_port, tmp_path, *arguments)
    assert ended.returncode == 2
    assert hint in ended.stderr
    assert "Traceback" not in ended.stderr
