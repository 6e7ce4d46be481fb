"""A few requests a second, and as many as an app answers in time: measured, and shown."""

import json
import re
from itertools import pairwise
from pathlib import Path

from tests.integration.cli.conftest import Bench, MakeApp, Read


def test_what_an_app_costs_at_rest_and_its_highest_rate_are_measured_and_shown(
    make_app: MakeApp, bench: Bench, read: Read, tmp_path: Path
) -> None:
    make_app("one")
    words = ("--profile", "rates", "--endpoint", "json", "--workload", "idle", "--workload", "limit")
    ran = bench("run", *words, "--app", "one", "--rounds", "1")
    assert ran.returncode == 0, ran.stderr
    (run,) = [each for each in (tmp_path / "reports").iterdir() if each.is_dir()]
    windows = [json.loads(line) for line in (run / "windows.jsonl").read_text().splitlines()]
    measured = [each for each in windows if each.get("kind") == "measured"]
    (idle,) = [each for each in measured if ":idle:" in each["cell"]]
    assert (idle["spec"]["rate_rps"], idle["report"]["offered"], idle["stalls"]) == (10.0, 30, None)
    rates = [each["spec"]["rate_rps"] for each in measured if ":limit:" in each["cell"]]
    assert len(rates) == 6
    assert all(rate != before for before, rate in pairwise(rates)), "each followed from what the one before it kept"
    shown = read("show", run.name)
    assert shown.code == 0, shown.err
    assert re.search(r"CPU time on json at 10 requests/s\napp .*\none  ", shown.out)
    assert "Highest rate on json with a p99 under 10 ms" in shown.out
