"""`bench plan --claims`: what a run could decide is known before it is begun."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.claims.read import ClaimsError
from harness.cli import plan
from harness.cli.main import bench
from harness.model.course import Pace
from harness.model.errors import UsageError
from tests.unit.claims.test_refused import KEPT, RATIO

ROOT = Path(__file__).parents[3]


def planned(*words: str) -> Result:
    return CliRunner().invoke(bench, ["plan", "--apps-dir", str(ROOT / "apps"), *words], standalone_mode=False)


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a claim that any run decides, and such as one run decides or none."""
    monkeypatch.setattr(plan, "pace_here", lambda *_: Pace())
    concurrency = KEPT.replace('"routes"', '"concurrency"').replace("at = 1000", "at = 512")
    claims = [
        RATIO,
        concurrency.replace("over = 0", "over = 8").replace("first", "bears"),
        concurrency.replace("over = 0", "over = 32").replace("first", "odd"),
        RATIO.replace("first", "not-offered").replace('"json"', '"fortunes"').replace('"flask"', '"tornado/default"'),
    ]
    file = tmp_path / "mine.toml"
    file.write_text('source = "me"\n' + "".join(each.partition("\n")[2] for each in claims))
    return file


def test_each_claim_of_a_file_is_told_with_what_would_decide_it(mine: Path) -> None:
    done = planned("--profile", "quick", "--claims", str(mine))
    assert done.exception is None
    table, _, claims = done.stdout.partition(" in all, ")
    assert "flask/controlled" in table
    told = claims.splitlines()[1:]
    assert told[0] == "first: this run can decide it"
    command = f"bench run --profile standard --claims {mine} --apps-dir {ROOT / 'apps'} --claim"
    concurrency = "this run can't decide it: concurrency is not measured of flask/controlled"
    assert told[1] == f"bears: {concurrency}; this one can: {command} bears"
    assert told[2].startswith("odd: no run can decide it: no profile has what odd asks for; there is: concurrency with")
    fortunes = "this run can't decide it: capacity on fortunes is not measured of tornado/default"
    assert told[3] == f"not-offered: {fortunes}; this one can: {command} not-offered"


def test_one_claim_is_planned_as_it_would_be_measured(mine: Path) -> None:
    done = planned("--claims", str(mine), "--claim", "bears", "--json")
    assert done.exception is None
    assert done.stderr.endswith("\nbears: this run can decide it\n")
    assert '"workload": "concurrency"' in done.stdout
    assert '"workload": "latency"' not in done.stdout


def test_what_the_run_would_refuse_is_refused_alike(mine: Path) -> None:
    refused = planned("--claims", str(mine), "--claim", "odd").exception
    assert isinstance(refused, UsageError)
    assert refused.what == "no profile has what odd asks for"
    mine.write_text(mine.read_text().replace('"django"', '"djanog"'))
    misspelt = planned("--claims", str(mine)).exception
    assert isinstance(misspelt, ClaimsError)
    assert "is 'django' meant?" in misspelt.what
