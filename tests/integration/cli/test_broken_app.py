"""Whatever is measured was checked first: who breaks the contract is named everywhere, and takes no rank."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.contract.dataset import WORLD_ROWS, random_number

type MakeApp = Callable[..., Path]
type Bench = Callable[..., subprocess.CompletedProcess[str]]

CAPACITY = ("--profile", "smoke", "--workload", "capacity", "--endpoint", "json")
"""A choice that once measured without a look at what was measured."""


@pytest.mark.fault(
    where="app",
    what="It breaks the contract, though what is loaded is answered rightly",
    happens="It is checked before it is measured, named in the report, in `bench show` and at the end of the run, and "
    "stands apart from every ranking.",
    lost="Its ranks",
    exit_code=3,
)
def test_who_breaks_the_contract_is_named_everywhere_and_takes_no_rank(
    make_app: MakeApp, bench: Bench, tmp_path: Path
) -> None:
    make_app("sound")
    make_app("broken", "finds_everything")
    done = bench("run", *CAPACITY)
    assert done.returncode == 3, done.stderr
    assert "broken (default, its own) breaks the contract" in done.stderr
    assert "`bench verify broken --runtime process`" in done.stderr, "as the suite's runs are told by a variable"
    found = json.loads(bench("show", "--json").stdout)
    (ranking,) = found["rankings"]
    assert [row["subject"]["app"] for row in ranking["rows"]] in ([], ["sound"]), "a busy host may have none"
    assert {each["subject"]["app"] for each in ranking["apart"]} <= {"broken"}
    kept = {each["subject"]["app"]: each["failed"] for each in found["contracts"]}
    assert kept["sound"] == []
    assert any("unknown path" in each for each in kept["broken"])
    assert "breaks the contract, so it takes no rank: broken (default, its own): " in bench("show").stdout
    (summary,) = tmp_path.glob("reports/*/summary.md")
    assert "breaks the contract, so it takes no rank" in summary.read_text()


@pytest.mark.fault(
    where="app",
    what="It answers `/db` rightly, and from no database",
    happens="A whole run finds it as `bench verify` does: no statement came to PostgreSQL. It is named in the "
    "report, in `bench show` and at the end of the run, and takes no rank.",
    lost="Its ranks",
    exit_code=3,
)
def test_rows_that_come_from_no_database_are_found_by_a_whole_run(
    make_app: MakeApp, bench: Bench, tmp_path: Path
) -> None:
    folder = make_app("constant", "constant_rows")
    manifest = folder / "pyproject.toml"
    manifest.write_text(manifest.read_text().replace('"json"]', '"json", "db"]'))
    rows = {each: random_number(each) for each in range(1, WORLD_ROWS + 1)}
    (folder / "rows.json").write_text(json.dumps(rows))
    done = bench("run", "--profile", "smoke", "--workload", "capacity", "--endpoint", "db")
    assert done.returncode == 3, done.stderr
    why = "no statement in PostgreSQL for 4 of 4 requests to /db?id=1"
    assert "constant (default, its own) breaks the contract" in done.stderr
    assert "`bench verify constant --runtime process`" in done.stderr
    (checked,) = json.loads(bench("show", "--json").stdout)["contracts"]
    assert any(why in each for each in checked["failed"]), checked["failed"]
    shown = bench("show").stdout
    assert "breaks the contract, so it takes no rank: constant (default, its own): " in shown
    assert why in shown
    (summary,) = tmp_path.glob("reports/*/summary.md")
    assert "breaks the contract, so it takes no rank" in summary.read_text()


def test_a_server_that_starts_in_a_later_round_is_checked_there(make_app: MakeApp, bench: Bench) -> None:
    make_app("late", "starts_in_the_second_round")
    done = bench("run", *CAPACITY, "--rounds", "2")
    assert done.returncode == 4, done.stderr
    assert "does not start yet" in done.stderr or "ended at its start" in done.stderr
    (checked,) = json.loads(bench("show", "--json").stdout)["contracts"]
    assert checked["subject"]["app"] == "late"


def test_an_app_that_ignores_the_wish_for_further_routes_fails_a_check(make_app: MakeApp, bench: Bench) -> None:
    make_app("sound")
    make_app("narrow", "ignores_routes")
    done = bench("verify", "--variant", "nonesuch", "--variant", "controlled")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "without variant 'nonesuch': narrow, sound" in done.stderr
    assert "ok     sound/default: " in done.stdout
    assert "FAILED narrow/default: 21 passed, 1 failed" in done.stdout
    assert "server, extra routes: found " in done.stdout
    assert "does not register the 10 routes of EXTRA_ROUTES: GET /extra/9 gives 404" in done.stdout
    assert "have the app register /extra/0 to /extra/N-1" in done.stdout
