"""`bench plan`, `bench run` and what goes on with it, on interpreters that are asked for."""

import json
from pathlib import Path

import pytest

from harness.catalog.discover import told_apart
from harness.claims.casting import Casting
from harness.claims.commands import origin_of
from harness.measure.begin import METHOD_VERSION
from harness.model.cell import Subject
from harness.model.claim import DeploymentName
from harness.model.errors import ExitCode, UsageError
from harness.model.plan import Plan
from harness.results.folder import read_header
from harness.results.run_folders import HEADER_FILE, RECORDS_FILE
from harness.runtime import each_interpreter, interpreters
from tests.saying import say
from tests.unit.plan.manifests import app_with
from tests.unit.results.sample import run_of

ROOT = Path(__file__).parents[3]
APPS = ("--apps-dir", str(ROOT / "apps"))
PLANNED = ("plan", *APPS, "--profile", "smoke", "--app", "flask", "--app", "tornado")


@pytest.fixture(autouse=True)
def pythons(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that begin with 3.1 are here."""
    own = interpreters.own_python().build

    def find(given: str) -> interpreters.FoundPython:
        if not given.startswith("3.1"):
            raise UsageError(f"--python {given}: there is none", hint="install it")
        return interpreters.FoundPython(given, Path("/x", given), own.model_copy(update={"version": f"{given}.0"}))

    monkeypatch.setattr(each_interpreter, "find_python", find)
    monkeypatch.setenv("BENCH_RUNTIME", "process")


@pytest.fixture
def cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The header of a run on two interpreters that was cut off."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "reports" / "cut"
    folder.mkdir(parents=True)
    header = json.loads((ROOT / "reports" / "sample" / HEADER_FILE).read_text().replace('"flask"', '"fastapi@2.9"'))
    header |= {"finished_at": None, "method_version": METHOD_VERSION}
    header["plan"]["pythons"] = ["3.13", "2.9"]
    (folder / HEADER_FILE).write_text(json.dumps(header))
    (folder / RECORDS_FILE).touch()
    return folder


def test_a_plan_names_the_interpreter_of_each_and_what_is_not_available() -> None:
    said = say(*PLANNED, "--python", "3.12", "--python", "3.13", "--python", "2.9", "--endpoint", "json")
    assert said.code == ExitCode.OK, said.err
    rows = {line.split()[0]: line for line in said.out.splitlines()[1:] if line.strip()}
    assert "CPython 3.12.0" in rows["flask/controlled"]
    assert "CPython 3.13.0" in rows["flask@3.13/controlled"]
    assert "tornado/default" not in rows
    assert "not available: Python 2.9: there is none" in said.err
    assert "hint: install it\n" in said.err
    assert (
        "hint: have requires-python in an app's pyproject.toml admit it and run `uv lock --project FOLDER`\n"
        in said.err
    )
    assert "Python 3.12 is the first: ratios between interpreters are to it, and claims are held against " in said.err
    assert "not available: tornado on Python 3.12: its project requires Python >=3.13" in said.err
    twice = say(
        *PLANNED, "--python", "3.13", "--python", "3.14", "--endpoint", "json", "--app", "asgi", "--variant", "default"
    )
    assert "asgi is left out: it has no variant 'default'" in twice.err
    assert "@3.14 is left out" not in twice.err, "it is so on both"


def test_where_the_first_is_not_available_it_is_said_which_the_others_are_held_against() -> None:
    said = say(*PLANNED, "--python", "2.9", "--python", "3.13", "--endpoint", "json")
    assert said.code == ExitCode.OK, said.err
    assert "Python 3.13 is the first, since Python 2.9 is not available: ratios between" in said.err
    assert "is the first" not in say(*PLANNED, "--python", "3.13", "--endpoint", "json").err


def test_the_same_is_planned_on_one_interpreter_as_ever() -> None:
    as_ever, on_one = (json.loads(say(*PLANNED, "--json", *more).out) for more in ((), ("--python", "3.14")))
    assert (as_ever["pythons"], on_one["pythons"]) == ([], ["3.14"])
    assert as_ever["cells"] == on_one["cells"]


def test_the_apps_of_a_profile_are_those_on_every_interpreter() -> None:
    planned = say("plan", *APPS, "--profile", "servers", "--python", "3.13", "--python", "3.14", "--json")
    assert planned.code == ExitCode.OK, planned.err
    apps = {each["app"] for each in json.loads(planned.out)["subjects"]}
    assert apps == {f"{app}{on}" for app in ("asgi", "wsgi", "django", "fastapi", "flask") for on in ("", "@3.14")}


def test_where_there_is_none_of_all_that_is_an_error() -> None:
    said = say(*PLANNED, "--python", "2.9")
    assert (said.code, said.err.splitlines()[0]) == (ExitCode.USAGE, "error: --python 2.9: there is none")


def test_a_claim_about_an_app_that_is_not_available_there_is_measured_without_the_option() -> None:
    planned = ("plan", *APPS, "--claim", "sanic-speed")
    said = say(*planned, "--python", "3.12", "--python", "3.13")
    assert said.code == ExitCode.USAGE
    assert "not available: sanic on Python 3.12: " in said.err
    assert "hint: leave --python out, " in said.err
    on_both = say(*planned, "--python", "3.13", "--python", "3.14")
    assert (on_both.code, "sanic@3.14/controlled" in on_both.out) == (ExitCode.OK, True), on_both.err


def test_a_run_goes_on_only_while_all_of_its_interpreters_are_there(cut_off: Path) -> None:
    assert not read_header(cut_off).plan.has_revisions
    said = say("run", "--resume", "cut", *APPS)
    assert said.code == ExitCode.USAGE
    assert "error: cut measures on Python 2.9, which is not available any more: there is none" in said.err
    assert "or start a new `bench run --profile smoke --app fastapi@2.9 --app fastapi --app wsgi`" in said.err
    said = say("ab", "--resume", "cut", *APPS)
    assert "bench run --resume cut" in said.err


def test_apps_of_one_title_are_told_apart_and_one_app_on_two_interpreters_is_not_such() -> None:
    apps = [app_with(name, ("hello",), default=()) for name in ("one", "one@3.14", "two", "other")]
    same = apps[3].model_copy(update={"manifest": apps[2].manifest})
    assert [app.manifest.title for app in told_apart(apps)] == [app.manifest.title for app in apps]
    assert [app.manifest.title for app in told_apart([*apps[2:3], same])] == ["Two [two]", "Two [other]"]
    twice = [each.model_copy(update={"manifest": apps[0].manifest}) for each in apps[:2]]
    assert [app.manifest.title for app in told_apart(twice)] == ["One", "One"]


def test_apps_on_several_interpreters_are_no_two_revisions() -> None:
    plan = run_of().plan
    twice = (Subject(app="flask", variant="default"), Subject(app="flask@3.14", variant="default"))

    def made_by(pythons: tuple[str, ...]) -> tuple[bool, str]:
        made: Plan = plan.model_copy(update={"subjects": twice, "pythons": pythons})
        return made.has_revisions, made.measured_by

    assert made_by(()) == (True, "bench ab")
    assert made_by(("3.13", "3.14")) == (False, "bench run")


def test_of_an_app_on_another_interpreter_only_a_claim_says_so() -> None:
    here = (Subject(app="fastapi@3.14", variant="controlled"), Subject(app="flask", variant="controlled"))
    casting = Casting(here, {})
    words = "fastapi was measured as fastapi@3.14 only, and no claim is about that"
    assert casting.why_absent("fastapi", DeploymentName.CONTROLLED) == words
    assert casting.why_absent("fast", DeploymentName.CONTROLLED) == "fast was not measured"


def test_what_measures_a_claim_again_does_so_on_the_same_interpreters() -> None:
    run = run_of()
    assert origin_of(run, "r").made_with == ()
    on_two = run.model_copy(update={"plan": run.plan.model_copy(update={"pythons": ("3.13", "3.14")})})
    assert origin_of(on_two, "r").made_with == ("--python", "3.13", "--python", "3.14")


def test_a_plan_for_containers_names_the_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(each_interpreter, "see_to", lambda _: None)
    asked = (*PLANNED, "--python", "3.13", "--python", "2.9t", "--endpoint", "json")
    said = say(*asked, "--runtime", "docker")
    assert said.code == ExitCode.OK, said.err
    rows = {line.split()[0]: line for line in said.out.splitlines()[1:] if line.strip()}
    assert " python:3.13-slim-trixie " in rows["flask/controlled"], "which no interpreter of this host stands for"
    assert "not available: flask on Python 2.9t: its project requires Python >=3.12" in said.err
