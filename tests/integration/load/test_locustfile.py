"""The engine under Locust alone, without the harness."""

import csv
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import PATIENCE_S, eventually, undisturbed

LOCUSTFILE = Path(__file__).parents[3] / "harness" / "load" / "locustfile.py"


def command(port: int, *arguments: str) -> list[str]:
    """Locust without its page, until it is stopped."""
    words = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "-H", f"http://127.0.0.1:{port}", "--headless"]
    return [*words, "-u", "8", "-r", "8", "--json-file", "out", *arguments]


@contextmanager
def running(server: Any, folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Locust under way, once the server has answered; stopped in the end as a user would stop it."""
    with subprocess.Popen(
        command(server.port, *arguments), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as locust:
        try:
            eventually(lambda: locust.poll() is not None or server.counts()["requests"] > 1000, "1,000 requests")
            yield locust
        finally:
            locust.terminate()


def locust(server: Any, folder: Path, *arguments: str) -> tuple[int, str]:
    """Run Locust until the server has answered a thousand times; its exit status, and what it said."""
    with running(server, folder, *arguments) as started:
        started.terminate()
        _, said = started.communicate(timeout=PATIENCE_S)
    return started.returncode, said


def stats_of(folder: Path) -> dict[str, Any]:
    """What Locust counted for the only endpoint."""
    (entry,) = json.loads((folder / "out.json").read_text())
    assert (entry["method"], entry["name"]) == ("GET", "/hello")
    return dict(entry)


@pytest.mark.parametrize("processes", [[], ["--processes", "2"]])
def test_locust_counts_what_the_server_served(serve: Callable[..., Any], tmp_path: Path, processes: list[str]) -> None:
    """In one process or with workers, Locust's statistics hold every response once, and its latencies are no zeros."""
    server = serve("right")
    status, said = locust(server, tmp_path, *processes)
    assert status == 0, said
    stats, served = stats_of(tmp_path), server.counts()["requests"]
    # What is under way when the test is stopped is served, but not counted.
    assert served - 8 <= stats["num_requests"] <= served
    assert stats["num_failures"] == 0
    assert sum(stats["response_times"].values()) == stats["num_requests"]
    assert any(float(latency_ms) % 1 > 0 for latency_ms in stats["response_times"])
    assert re.search(r"latency in ms: p50 0?\.?\d", said)


def test_open_loop_offers_its_rate_over_all_processes(serve: Callable[..., Any], tmp_path: Path) -> None:
    """The workers share the rate among them."""
    server = serve("right")

    def rate_rps() -> float:
        before, began_s = server.counts()["requests"], time.monotonic()
        time.sleep(1.0)
        return float((server.counts()["requests"] - before) / (time.monotonic() - began_s))

    def check(rate_rps: float) -> None:
        assert rate_rps == pytest.approx(400, rel=0.2)

    with running(server, tmp_path, "--mode", "open", "--rate", "400", "--processes", "2"):
        undisturbed(rate_rps, check)


def failures_in(folder: Path) -> list[dict[str, str]]:
    """The rows of Locust's table of failures, as far as it is written."""
    file = folder / "out_failures.csv"
    return list(csv.DictReader(file.read_text().splitlines())) if file.exists() else []


def test_failures_show_in_locusts_error_report(serve: Callable[..., Any], tmp_path: Path) -> None:
    """A wrong answer is a failed request for Locust too, and its exit status says so."""
    with running(serve("wrong-after", 100), tmp_path, "--csv", "out") as started:
        eventually(lambda: failures_in(tmp_path), "a table of failures")
        started.terminate()
        started.communicate(timeout=PATIENCE_S)
    assert started.returncode == 1
    stats = stats_of(tmp_path)
    assert stats["num_requests"] - stats["num_failures"] == sum(stats["response_times"].values()) == 100
    assert stats["num_none_requests"] == stats["num_failures"]  # kept out of the percentiles
    (failure,) = failures_in(tmp_path)  # rewritten once a second, so a little behind
    assert 0 < int(failure["Occurrences"]) <= stats["num_failures"]
    assert failure["Error"].startswith("wrong_body: HTTP/1.1 200 OK Hello, Wurld!")


@pytest.mark.parametrize(
    ("arguments", "hint"), [(["--mode", "open"], "--rate"), (["-H", "ftp://example.invalid"], "give one such as -H")]
)
def test_unusable_options_end_locust_with_a_hint(
    closed_port: int, tmp_path: Path, arguments: list[str], hint: str
) -> None:
    """A user's mistake is answered with what to do, not with a traceback."""
    ended = subprocess.run(
        command(closed_port, *arguments), cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert ended.returncode == 2
    assert hint in ended.stderr
    assert "Traceback" not in ended.stderr
