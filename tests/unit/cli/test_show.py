"""`bench show` says of a run what a reader has to know before believing it."""

import re
from pathlib import Path

from click.testing import CliRunner

from harness.cli.main import bench

SAMPLE = Path(__file__).parents[3] / "reports" / "sample"


def test_whether_the_host_cared_who_was_measured_and_what_latencies_are_not_known_is_said() -> None:
    shown = CliRunner().invoke(bench, ["show", str(SAMPLE)], standalone_mode=False)
    assert shown.exit_code == 0, shown.output
    assert "steal of the host did not depend, as far as can be told, on who was measured (p = " in shown.output
    assert "no latency of the server: stalls of the host were not watched: " in shown.output
    assert "p50 as met, us" in shown.output
    assert "p99 as met, us" in shown.output


def test_two_apps_stand_side_by_side_and_each_line_says_which_is_better_or_that_they_are_tied() -> None:
    shown = CliRunner().invoke(
        bench, ["show", str(SAMPLE), "--app", "flask", "--app", "fastapi"], standalone_mode=False
    )
    assert shown.exit_code == 0, shown.output
    line = next(line for line in shown.output.splitlines() if line.startswith("P99 as met on json"))
    assert "FastAPI (uvicorn)" in line
    assert re.search(r"5\.99. \(4\.64.7\.73\)", line)
    assert "tied" in next(line for line in shown.output.splitlines() if line.startswith("Capacity on db"))
    start = next(line for line in shown.output.splitlines() if line.startswith("Start-up"))
    assert "FastAPI" not in start, "one start of each says nothing"
    assert "Flask" not in start
