"""No option is ignored in silence: what would do nothing beside another, or without it, is refused with its remedy."""

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click
import pytest

from harness.claims.read import ARTICLE
from harness.cli.given.own_choices import own_claim
from harness.cli.given.unused import OF_OTHERS, VARIABLES
from harness.cli.main import bench
from harness.measure.begin import METHOD_VERSION
from harness.model.errors import ExitCode
from harness.results.run_folders import CLAIMS_FILE, HEADER_FILE, RECORDS_FILE
from tests.saying import say
from tests.unit.results.sample import run_of

ROOT: Final = Path(__file__).parents[3]
WHERE: Final = f"--apps-dir {ROOT / 'apps'}"
APPS: Final = f"--app flask {WHERE}"
OWN: Final = f"--resume cut {WHERE}"
OF_TWO: Final = f"--resume two {WHERE}"
COUNTS: Final = ()
"""Nothing has it do nothing."""
CHOICES: Final = {
    "profile": "--profile full",
    "app_names": "--app django",
    "guests": "--guests",
    "variants": "--variant default",
    "endpoints": "--endpoint db",
    "workloads": "--workload latency",
    "connections": "--connections 8",
    "rounds": "--rounds 7",
    "seed": "--seed 7",
    "pythons": "--python 3.14",
    "runtime_name": "--runtime docker",
}
"""Which none of the runs here was begun with."""
NAMES_AND_VARIANTS: Final = {
    "guests": ("--guests --app flask",),
    "variants": ("--variant default --app flask/controlled --app fastapi/controlled",),
}

type Lines = tuple[str, ...]

TABLE: Final[Mapping[str, Mapping[str, Lines]]] = {
    "ab": {
        "what": COUNTS,  # beside --resume, it is refused by what it says
        **{name: (f"{words} {OF_TWO}",) for name, words in CHOICES.items()},
        "requirements": (f"--with flask<3 {OF_TWO}",),
        "variables": (f"--env A=1 {OF_TWO}",),
        "detect": (
            f"--detect 5 {OF_TWO}",
            f"flask --env A=1 --detect 5 --runtime process --workload footprint {WHERE}",
        ),
        "guests": (
            "main --guests --app flask",
            "flask --guests --env A=1",
            f"flask --guests --variant default --variant controlled {WHERE}",
            f"--guests {OF_TWO}",
        ),
        "variants": (
            "main --variant default --app flask/controlled",
            "flask/controlled --variant default --env A=1",
            f"--variant default {OF_TWO}",
        ),
        "apps_dirs": COUNTS,
        "app_host": (f"main --app-host h --runtime process {APPS}",),
        "beside_other_tables": ("main --beside-other-tables",),
        "resumed": COUNTS,
        "fail_on_regression": COUNTS,
        "as_markdown": ("main --markdown --json",),
        "as_json": COUNTS,
    },
    "calibrate": {"windows": COUNTS, "window_s": COUNTS, "as_json": COUNTS},
    "ci": {
        "remote": ("--remote r --comment", "--remote r --against main"),
        "branch": ("--branch b --comment", "--branch b --against main"),
        "out": ("--out o --comment",),
        "measured_run": ("--run r --comment", "--run r --against main"),
        "beside_file": (
            "--beside beside.json",
            "--beside beside.json --comment",
            "--beside beside.json --against main",
        ),
        "only_measure": ("--only-measure --comment", "--only-measure --against main", "--only-measure --run r"),
        "against": ("--against main --comment",),
        "alpha": ("--alpha 2", "--alpha 2 --comment", "--alpha 2 --run r"),
        "comment": COUNTS,
        "run_options": ("--comment -- --app flask", "--run r -- --app flask"),
    },
    "claims": {"run": COUNTS, "claims_file": COUNTS, "apps_dirs": COUNTS, "as_json": COUNTS},
    "compare": {
        "runs": COUNTS,
        "source": COUNTS,
        "force": ("--force one", "--force --from history.jsonl one"),
        "fail_on_regression": COUNTS,
        "as_markdown": ("one other --markdown --json",),
        "page": COUNTS,
        "as_json": COUNTS,
    },
    "doctor": {"strict": COUNTS, "as_json": COUNTS},
    "history": {
        "run": ("latest",),
        "target": COUNTS,
        "source": ("--append a.jsonl --from b.jsonl",),
        "as_json": ("--append a.jsonl --json",),
    },
    "list": {
        "what": COUNTS,
        "apps_dirs": tuple(
            f"{what} --apps-dir mine" for what in ("endpoints", "workloads", "profiles", "claims", "runs")
        ),
        "claims_file": tuple(
            f"{what} --claims mine.toml" for what in ("apps", "servers", "endpoints", "workloads", "profiles", "runs")
        ),
        "as_json": COUNTS,
    },
    "new": {
        "name": COUNTS,
        "like": COUNTS,
        "interface": ("muffin --interface wsgi --like flask",),
        "package": COUNTS,
        "apps_dirs": ("muffin --apps-dir one --apps-dir two",),
    },
    "plan": {
        **dict.fromkeys(CHOICES, COUNTS),
        **NAMES_AND_VARIANTS,
        "guests": ("--guests --app flask", "--guests --claim sanic-speed"),
        "apps_dirs": COUNTS,
        "claim_id": COUNTS,
        "claims_file": COUNTS,
        "minutes": COUNTS,
        "as_json": COUNTS,
    },
    "report": {"run": COUNTS, "claims_file": COUNTS, "apps_dirs": COUNTS, "open_": COUNTS},
    "run": {
        **{name: (*NAMES_AND_VARIANTS.get(name, ()), f"{words} {OWN}") for name, words in CHOICES.items()},
        "guests": (*NAMES_AND_VARIANTS["guests"], "--guests --claim sanic-speed", f"--guests {OWN}"),
        "apps_dirs": COUNTS,
        "app_host": (f"--app-host h --runtime process {APPS}",),
        "beside_other_tables": ("--beside-other-tables",),
        "workers": (f"--workers 2 {OWN}",),
        "listen": ("--listen 127.0.0.1:9", "--workers 0 --listen 127.0.0.1:9", f"--listen 127.0.0.1:9 {OWN}"),
        "claim_id": (f"--claim sanic-speed {OWN}",),
        "claims_file": COUNTS,
        "minutes": (f"--minutes 3 {OWN}",),
        "resumed": COUNTS,
    },
    "show": {"run": COUNTS, "app": COUNTS, "as_json": COUNTS},
    "verify": {
        "app_names": COUNTS,
        "variants": ("flask/controlled --variant default",),
        "guests": ("flask --guests",),
        "apps_dirs": COUNTS,
        "pythons": COUNTS,
        "runtime_name": COUNTS,
        "app_host": (f"flask --app-host h --runtime process {WHERE}",),
        "beside_other_tables": ("--beside-other-tables",),
        "as_json": COUNTS,
    },
}
"""By command, each of its parameters with the command lines on which it would do nothing."""

LINES: Final = [
    (command, name, line) for command, own in TABLE.items() for name, lines in own.items() for line in lines
]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a run that was cut off, and with one of two revisions; `gone` is an app that is not here."""
    monkeypatch.chdir(tmp_path)
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "beside.json").write_text('{"base": "main"}')
    for name, app in (("cut", "gone"), ("two", "flask@v1")):
        folder = tmp_path / "reports" / name
        folder.mkdir(parents=True)
        text = (ROOT / "reports" / "sample" / HEADER_FILE).read_text().replace('"flask"', f'"{app}"')
        header = json.loads(text) | {"finished_at": None, "method_version": METHOD_VERSION}
        if name == "two":
            header["plan"]["sides"] = {"commit": "v1"}
        (folder / HEADER_FILE).write_text(json.dumps(header))
        (folder / RECORDS_FILE).touch()
    return tmp_path


@pytest.mark.parametrize("command", sorted(bench.commands))
def test_the_table_has_every_parameter_of_every_command(command: str) -> None:
    assert TABLE[command].keys() == {each.name for each in bench.commands[command].params}


@pytest.mark.parametrize(("command", "name", "line"), LINES)
def test_what_would_do_nothing_is_refused_with_its_remedy(command: str, name: str, line: str) -> None:
    said = say(command, *shlex.split(line))
    assert said.code == ExitCode.USAGE, said.err
    (parameter,) = (each for each in bench.commands[command].params if each.name == name)
    label = parameter.opts[0] if isinstance(parameter, click.Option) else name.upper()
    (error,) = re.findall("^error: (.*)$", said.err, re.MULTILINE)
    assert re.search(rf"{label}\b", error)
    assert re.search(r"^hint: leave ", said.err, re.MULTILINE)


def test_what_can_not_be_combined_with_resume_is_named_all_at_once_with_the_reason() -> None:
    said = say("run", *shlex.split(f"--python 3.14 --app django --profile full {OWN}"))
    assert said.err.splitlines() == [
        (
            "error: --python, --app and --profile can't be combined with --resume: cut goes on with its own "
            "choices, by which its other rounds were measured"
        ),
        "hint: leave them out, or start a new `bench run` with them",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "--profile smoke --seed 0 --rounds 1 --workers 0 --runtime process",
        "--app gone --app fastapi --app wsgi",
    ],
)
def test_a_choice_that_is_the_runs_own_is_no_mistake(line: str) -> None:
    said = say("run", *shlex.split(f"{line} {OWN}"))
    assert "cut measures gone/controlled, and no such app or variant is here" in said.err
    assert "or start a new `bench run --profile smoke --app gone --app fastapi --app wsgi`" in said.err


def test_what_two_revisions_were_begun_with_is_their_own(here: Path) -> None:
    header = here / "reports" / "two" / HEADER_FILE
    begun = json.loads(header.read_text())
    begun["command"] = ["bench", "ab", "flask", "--env", "A=1", "--detect", "5"]
    begun["plan"]["sides"] = {"variables": ["A=1"]}
    begun["plan"]["sequential"] = {"looks": [4], "detect": 0.07}
    header.write_text(json.dumps(begun))
    for line, fine in (("--env A=1 --detect 7", True), ("--env A=2", False), ("--detect 3", False)):
        said = say("ab", *shlex.split(f"{line} {OF_TWO}"))
        assert ("can't be combined with --resume" in said.err) is not fine, said.err


def test_a_run_that_was_begun_for_a_claim_goes_on_for_it(tmp_path: Path) -> None:
    run = run_of()
    assert own_claim(tmp_path, run) == (None, ARTICLE)
    pursued = run.model_copy(update={"command": ("bench", "run", "--claims", "mine.toml", "--claim", "one")})
    assert own_claim(tmp_path, pursued) == ("one", ARTICLE)
    (tmp_path / CLAIMS_FILE).touch()
    assert own_claim(tmp_path, pursued) == ("one", tmp_path / CLAIMS_FILE)


def test_the_options_of_a_run_are_looked_at_before_a_job_measures_anything() -> None:
    said = say("ci", "--", "--guests", "--app", "flask")
    assert said.err.startswith("error: --guests would do nothing where apps are named: ")
    said = say("ci", "--against", "main", "--", "--python", "3.13", "--env", "A=1")
    assert said.err.startswith("error: --python and --env can't be combined with --against, ")


def test_a_variable_that_does_nothing_is_told_and_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_BESIDE_OTHER_TABLES", "1")
    monkeypatch.setenv("BENCH_RUNTIME", "docker")
    said = say("run", *shlex.split(OWN))
    assert "BENCH_BESIDE_OTHER_TABLES is set and does nothing without BENCH_DATABASE_URL: " in said.err
    assert "BENCH_RUNTIME is set to docker and does nothing: cut goes on with process" in said.err
    assert "error: cut measures gone/controlled" in said.err


def test_a_variable_that_is_spelt_wrongly_is_told_with_the_one_that_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_RUN_TIME", "docker")
    monkeypatch.setenv("BENCH_RUN_OPTIONS", "--app flask")
    said = say("list", "workloads")
    assert said.code == ExitCode.OK
    assert said.err == (
        "BENCH_RUN_TIME is set and does nothing, since bench knows no such variable: is 'BENCH_RUNTIME' meant?\n"
    )


def test_variables_of_make_and_of_compose_are_known_to_be_theirs() -> None:
    files = [ROOT / "Makefile", *ROOT.glob("docker-compose*.yml"), ROOT / "harness" / "runtime" / "ledger.py"]
    found = {each for file in files for each in re.findall(r"\bBENCH_[A-Z_]+", file.read_text())}
    assert found <= VARIABLES | OF_OTHERS
