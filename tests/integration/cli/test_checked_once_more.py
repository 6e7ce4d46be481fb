"""A server that fails a check is checked once more, also where it was the only one to be checked."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.ending import ended_well

type MakeApp = Callable[..., Path]
type Bench = Callable[..., subprocess.CompletedProcess[str]]


def test_what_went_wrong_once_costs_no_rank(make_app: MakeApp, bench: Bench) -> None:
    """A host that stood still makes a check fail as well as the app does."""
    make_app("single", "finds_one_thing")
    done = bench("run", "--profile", "smoke", "--workload", "capacity", "--endpoint", "json")
    assert ended_well(done.returncode, done.stderr), done.stderr
    (checked,) = json.loads(bench("show", "--json").stdout)["contracts"]
    assert checked["subject"]["app"] == "single"
    assert checked["failed"] == []
