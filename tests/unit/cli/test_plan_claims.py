"""`bench plan --claims`: what a run could decide is known before it is begun."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.claims.read import ClaimsError
from harness.cli import plan
from harness.cli.main import bench
from harness.model.course import Pace
from harness.model.errors import ExitCode, UsageError
from harness.model.host import CpuLayout
from tests.unit.claims.test_refused import KEPT, RATIO

ROOT = Path(__file__).parents[3]
NO_WORKERS = "leave out what it asks of `workers`, which no host measures so far: docs/method.md#who-runs-where"
CONCURRENCY = KEPT.replace('"routes"', '"concurrency"').replace("at = 1000", "at = 512")
ODD = CONCURRENCY.replace("over = 0", "over = 32").replace("first", "odd").partition("\n")[2]
"""No profile has so many connections."""


def planned(*words: str) -> Result:
    return CliRunner().invoke(bench, ["plan", "--apps-dir", str(ROOT / "apps"), *words], standalone_mode=False)


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a claim that any run decides, and such as one run decides."""
    monkeypatch.setattr(plan, "pace_here", lambda *_: Pace())
    claims = [
        RATIO,
        CONCURRENCY.replace("over = 0", "over = 8").replace("first", "bears"),
        RATIO.replace("first", "not-offered").replace('"json"', '"fortunes"').replace('"flask"', '"tornado/default"'),
    ]
    file = tmp_path / "mine.toml"
    file.write_text('source = "me"\n' + "".join(each.partition("\n")[2] for each in claims))
    return file


def test_each_claim_of_a_file_is_told_with_what_would_decide_it(mine: Path) -> None:
    mine.write_text(mine.read_text() + ODD)
    done = planned("--profile", "quick", "--claims", str(mine))
    table, _, claims = done.stdout.partition(" in all, ")
    assert "flask/controlled" in table
    assert table.count("/twin (second copy, to test the run)") == 1
    told = claims.splitlines()[1:]
    assert told[0] == "first: this run can decide it"
    assert told[1] == "bears: this run can't decide it: concurrency is not measured of Flask (controlled)"
    assert told[3].startswith("odd: no run can decide it: no profile has what odd asks for; there is: concurrency with")
    assert told[2] == "not-offered: this run can't decide it: capacity on fortunes is not measured of Tornado (default)"
    where = f"--claims {mine} --apps-dir {ROOT / 'apps'}"
    command = (
        f"bench run --profile standard {where} --app django --app flask --app tornado/default --variant controlled "
        "--variant default --workload capacity --workload concurrency --endpoint fortunes --endpoint json"
    )
    alone = f"(one of them alone: bench run {where} --claim ID)"
    assert told[4:] == [f"one run can decide bears and not-offered: {command} {alone}"]


def test_a_claim_that_is_left_open_alone_has_a_command_of_its_own(mine: Path) -> None:
    done = planned("--profile", "standard", "--claims", str(mine), "--workload", "capacity")
    assert done.exception is None
    (told,) = (line for line in done.stdout.splitlines() if line.startswith("bears: "))
    assert told.endswith(f"; this one can: bench run --claims {mine} --apps-dir {ROOT / 'apps'} --claim bears")
    assert "one run can decide" not in done.stdout


def test_one_run_that_decides_a_dozen_claims_is_told_once() -> None:
    file = ROOT / "claims" / "granian.toml"
    done = planned("--profile", "quick", "--claims", str(file))
    assert done.exception is None
    lines = done.stdout.splitlines()
    (told,) = (line for line in lines if line.startswith("one run can decide granian-throughput-asgi, "))
    alone = [line.partition(":")[0] for line in lines if "; this one can: bench run" in line]
    assert not [name for name in alone if f"{name}," in told or f"{name}:" in told]
    assert len(alone) < told.count("granian-") - 1
    assert f"bench run --claims {file} --apps-dir {ROOT / 'apps'} --profile servers" in told


def test_one_claim_is_planned_as_it_would_be_measured(mine: Path) -> None:
    done = planned("--claims", str(mine), "--claim", "bears", "--json")
    assert done.exception is None
    assert done.stderr.endswith("\nbears: this run can decide it\n")
    assert '"workload": "concurrency"' in done.stdout
    assert '"workload": "latency"' not in done.stdout


def test_what_no_run_can_decide_is_refused_as_a_run_for_it_would_be(mine: Path) -> None:
    """All of it is told all the same."""
    mine.write_text(mine.read_text() + ODD)
    for options in ((), ("--json",)):
        done, alone = (planned("--claims", str(mine), *options, *claim) for claim in ((), ("--claim", "odd")))
        refused, by_itself = done.exception, alone.exception
        assert isinstance(refused, UsageError)
        assert isinstance(by_itself, UsageError)
        assert (refused.what, refused.hint, refused.exit_code) == (by_itself.what, by_itself.hint, ExitCode.USAGE)
        assert "flask/controlled" in done.stdout or '"cells"' in done.stdout
        assert "first: this run can decide it" in done.stdout + done.stderr
    mine.write_text(mine.read_text() + ODD.replace("odd", "stranger"))
    several = planned("--claims", str(mine)).exception
    assert isinstance(several, UsageError)
    assert several.what == "no run can decide odd and stranger"
    assert str(mine) in several.hint


def test_what_the_run_would_refuse_is_refused_alike(mine: Path) -> None:
    mine.write_text(mine.read_text() + ODD)
    refused = planned("--claims", str(mine), "--claim", "odd").exception
    assert isinstance(refused, UsageError)
    assert refused.what == "no profile has what odd asks for"
    mine.write_text(mine.read_text().replace('"django"', '"djanog"'))
    misspelt = planned("--claims", str(mine)).exception
    assert isinstance(misspelt, ClaimsError)
    assert "is 'django' meant?" in misspelt.what


def test_the_profile_that_a_file_names_is_used_where_none_is_given(mine: Path) -> None:
    mine.write_text(mine.read_text().replace('source = "me"', 'source = "me"\nprofile = "smoke"'))
    done = planned("--claims", str(mine), "--app", "flask", "--app", "django")
    assert done.exception is None
    assert f"by the profile 'smoke', which {mine} names" in done.stderr
    assert "\n1 round; " in done.stdout
    given = planned("--claims", str(mine), "--app", "flask", "--app", "django", "--profile", "quick")
    assert "by the profile" not in given.stderr
    assert "\n5 rounds; " in given.stdout
    one = planned("--claims", str(mine), "--claim", "first")
    assert "by the profile" not in one.stderr


SITELESS = """
[[claim]]
id = "siteless"
says = "It refuses."
[[claim.condition]]
form = "probe"
subjects = ["wsgi"]
probe = "csrf"
"""


@pytest.mark.parametrize("given", [(), ("--app", "flask")])
def test_no_choice_is_advised_against_where_a_claim_lacks_what_no_choice_takes_away(
    mine: Path, given: tuple[str, ...]
) -> None:
    mine.write_text(mine.read_text() + SITELESS)
    done = planned("--profile", "quick", "--claims", str(mine), *given)
    assert isinstance(done.exception, UsageError)
    assert done.exception.what.startswith("nothing in this plan can decide siteless: bare WSGI has no bare site")
    told = next(line for line in done.stdout.splitlines() if line.startswith("siteless: "))
    assert told.startswith("siteless: no run can decide it: bare WSGI has no bare site")
    assert f"mend the claim; `bench list apps --apps-dir {ROOT / 'apps'}`" in told
    assert "leave" not in told
    assert "nothing in this plan" not in told


@pytest.mark.parametrize("given", [(), ("--claim", "grows")])
def test_where_but_cpus_are_lacking_it_is_said_that_no_host_gives_more(
    mine: Path, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...]
) -> None:
    monkeypatch.setattr(plan, "layout_here", lambda: CpuLayout(server=(0,), generator=(1,), database=(1,)))
    grows = KEPT.replace('"routes"', '"workers"').replace("at = 1000", 'at = "most"').replace("over = 0", "over = 1")
    mine.write_text(mine.read_text() + grows.partition("\n")[2].replace("first", "grows"))
    done = planned("--claims", str(mine), *given)
    if given:
        assert isinstance(done.exception, UsageError)
        assert done.exception.hint == NO_WORKERS
    else:
        (told,) = (line for line in done.stdout.splitlines() if line.startswith("grows: "))
        assert told.startswith("grows: no run on this host can decide it: ")
        assert told.endswith(f"it has 1, as on every host so far; {NO_WORKERS}")
        assert done.exception is None, "nothing in the file has to be mended"


@pytest.mark.parametrize(
    ("claim", "given", "advised"),
    [
        ("siteless", (), f"mend the claim; `bench list apps --apps-dir {ROOT / 'apps'}` shows what there is"),
        ("first", ("--endpoint", "hello"), "leave --endpoint out, or mend the claim"),
        ("first", ("--app", "flask", "--endpoint", "hello"), "leave --app or --endpoint out, or mend the claim"),
        ("first", ("--workload", "footprint"), "leave --workload out, or mend the claim"),
        ("bears", ("--connections", "8"), "leave --connections out, or mend the claim"),
        ("bears", ("--connections", "7"), "leave --connections out, or mend the claim"),
    ],
)
def test_of_the_choices_only_those_that_were_made_are_advised_against(
    mine: Path, claim: str, given: tuple[str, ...], advised: str
) -> None:
    mine.write_text(mine.read_text() + SITELESS)
    refused = planned("--claims", str(mine), "--claim", claim, *given).exception
    assert isinstance(refused, UsageError)
    assert refused.hint.startswith(advised)
    advice, _, command = refused.hint.partition("; `")
    assert advice.count("--") == len(given[::2])
    if given:
        words = shlex.split(command.partition("`")[0])
        shows = CliRunner().invoke(bench, words[1:], standalone_mode=False)
        assert shows.exception is None, "it can be given as it stands"
        assert f"{claim}: this run can decide it" in shows.stdout


def test_of_an_app_that_does_not_declare_an_endpoint_that_is_said_and_not_that_it_is_not_measured(mine: Path) -> None:
    app = mine.parent / "apps" / "webpy_app"
    shutil.copytree(ROOT / "apps" / "bottle_app", app, ignore=shutil.ignore_patterns(".venv"))
    manifest = app / "pyproject.toml"
    text = manifest.read_text().replace('title = "Bottle"', 'title = "web.py"')
    manifest.write_text(re.sub(r"(?ms)^endpoints = \[.*?\]", 'endpoints = ["hello", "json"]', text))
    claim = RATIO.partition("\n")[2].replace('"json"', '"queries"').replace('"flask"', '"webpy"')
    mine.write_text(f'source = "me"\n{claim}')
    done = planned("--profile", "quick", "--claims", str(mine), "--apps-dir", str(app.parent))
    assert isinstance(done.exception, UsageError)
    (told,) = (line for line in done.stdout.splitlines() if line.startswith("first: "))
    assert told.startswith("first: no run can decide it: web.py does not declare queries; mend the claim")


def test_one_round_is_not_said_to_decide_what_rounds_decide(mine: Path) -> None:
    xss = SITELESS.replace("csrf", "xss").replace("siteless", "probed").replace("wsgi", "flask")
    mine.write_text(mine.read_text() + xss)
    for rounds, few in (("1", "1 round hardly decides it"), ("2", "2 rounds hardly decide it")):
        done = planned("--profile", "quick", "--claims", str(mine), "--rounds", rounds)
        assert done.exception is None
        told = done.stdout.splitlines()
        alone = "a run for it alone takes 3 to 32, as they differ"
        assert f"first: this run measures it, and {few}: {alone}" in {each.partition("; ")[0] for each in told}
        assert "probed: this run can decide it" in told


@pytest.mark.parametrize("given", [(), ("--runtime", "process")])
def test_commands_that_are_told_measure_where_the_plan_was_asked_for(mine: Path, given: tuple[str, ...]) -> None:
    """Elsewhere they would measure in containers as soon as an engine answers, which compares with nothing."""
    for choices in (("--profile", "quick"), ("--profile", "standard", "--workload", "capacity")):
        told = planned(*choices, "--claims", str(mine), *given).stdout
        commands = [line.partition("bench run")[2].split() for line in told.splitlines() if "bench run" in line]
        assert commands
        assert all(("--runtime" in words) is bool(given) for words in commands), told
