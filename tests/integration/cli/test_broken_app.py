"""Whatever is measured was checked first: who breaks the contract is named everywhere, and takes no rank."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

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
