"""`bench ab` for real: two variants of a tiny app, each with a variable of its own, in one run."""

import json

from harness.model.cell import Workload
from harness.results.folder import read_run, resolve_run
from tests.ending import ended_well
from tests.integration.cli.conftest import Bench, MakeApp

SMALL = (
    "--profile",
    "smoke",
    "--rounds",
    "1",
    "--endpoint",
    "json",
    "--workload",
    "capacity",
    "--workload",
    "latency",
    "--json",
)
SECOND = """
[tool.bench.variants.other]
server = "its own, otherwise"
interface = "native"
command = ["python", "app.py"]
environment = { FAULT = "", MODE = "other" }
why = "To compare."
"""


def test_two_variants_are_compared_cell_by_cell_at_one_rate(bench: Bench, make_app: MakeApp) -> None:
    folder = make_app("one")
    with (folder / "pyproject.toml").open("a") as manifest:
        manifest.write(SECOND)
    done = bench("ab", "one", "--variant", "other", "--variant", "default", *SMALL)
    assert ended_well(done.returncode, done.stderr), done.stderr
    found = json.loads(done.stdout)
    assert (found["a"]["name"], found["b"]["name"]) == ("one (other, its own, otherwise)", "one (default, its own)")
    assert found["app_changes"] == ["one: its own, otherwise -> its own, MODE 'other' -> not set"]
    assert {change["cell"]["workload"] for change in found["changes"]} == {"capacity", "latency"}
    recorded = read_run(resolve_run(folder.parents[1] / "reports", "latest"))
    latency = [cell for cell in recorded.run.plan.cells if cell.workload is Workload.LATENCY]
    assert len({cell.subject.app for cell in latency}) == 2
    by_rate = {(rate.rule, rate.endpoint): rate for rate in recorded.run.rates}
    assert len(by_rate) == len(recorded.run.rates), "one for both"
    page = (resolve_run(folder.parents[1] / "reports", "latest") / "index.html").read_text()
    assert "default, its own, default" not in page
