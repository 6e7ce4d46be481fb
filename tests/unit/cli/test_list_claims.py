"""`bench list claims` shows the article's, leads to those of projects about themselves, and lists those of any file."""

import json
from pathlib import Path

import pytest

from harness.claims.read import ARTICLE, read_claims
from harness.model.errors import ExitCode
from tests.saying import say
from tests.unit.claims.test_refused import KEPT, RATIO
from tests.unit.cli.test_plan_claims import ODD, SITELESS

ROOT = Path(__file__).parents[3]
FILES = sorted(Path("claims", file.name) for file in (ROOT / "claims").glob("*.toml"))


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def listed(*options: str) -> list[str]:
    said = say("list", "claims", "--json", *options)
    assert said.code == ExitCode.OK, said.err
    return [each["claim"] for each in json.loads(said.out)]


def test_the_article_s_are_listed_and_the_files_of_projects_are_named_below() -> None:
    assert listed() == [claim.id for claim in read_claims(ARTICLE).claim]
    said = say("list", "claims")
    assert all(str(file) in said.err for file in FILES)
    assert "`bench list claims --claims FILE`" in said.err


@pytest.mark.parametrize("file", FILES)
def test_the_claims_of_a_file_are_listed(file: Path) -> None:
    assert listed("--claims", str(file)) == [claim.id for claim in read_claims(file).claim]
    assert "what projects say" not in say("list", "claims", "--claims", str(file)).err


def test_a_file_that_can_not_be_used_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('source = "me"\n[[claim]]\nid = "one"\n')
    said = say("list", "claims", "--claims", str(file))
    assert said.code == ExitCode.USAGE
    assert f"error: {file}" in said.err


def test_elsewhere_than_in_the_project_nothing_is_named_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "what projects say" not in say("list", "claims").err


CLAIM = """source = "me"

[[claim]]
id = "one"
says = "It is fast."

[[claim.condition]]
form = "bound"
subjects = ["{app}"]
metric = "throughput_rps"
endpoints = ["json"]
at_least = 1.5
"""


def claims_about(folder: Path, app: str) -> Path:
    file = folder / "mine.toml"
    file.write_text(CLAIM.format(app=app))
    return file


def test_the_apps_of_a_file_have_to_be_there(tmp_path: Path) -> None:
    said = say("list", "claims", "--claims", str(claims_about(tmp_path, "flaks")))
    assert said.code == ExitCode.USAGE
    assert "line 9: there is no app 'flaks'; is 'flask' meant?" in said.err
    assert "`bench list apps` shows those there are" in said.err
    assert not said.out


def test_where_no_apps_are_known_it_is_said_that_they_are_not_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = claims_about(tmp_path, "flaks")
    monkeypatch.chdir(tmp_path)
    said = say("list", "claims", "--claims", str(file))
    assert said.code == ExitCode.OK
    assert "It is fast." in said.out
    assert "not checked: whether there are the apps that it names (flaks), as there is no folder apps here" in said.err


def test_of_an_app_whose_manifest_can_not_be_used_the_variant_is_taken_on_trust_and_that_is_said(
    tmp_path: Path,
) -> None:
    (tmp_path / "mine_app").mkdir()
    (tmp_path / "mine_app" / "pyproject.toml").write_text("[tool.bench]\n")
    said = say("list", "claims", "--claims", str(claims_about(tmp_path, "mine/other")), "--apps-dir", str(tmp_path))
    assert said.code == ExitCode.OK, said.err
    assert "not checked: which variants there are of mine, whose manifests can't be used" in said.err


def test_a_claim_that_no_run_can_decide_is_not_said_to_be_testable(tmp_path: Path) -> None:
    grows = KEPT.replace('"routes"', '"workers"').replace("at = 1000", "at = 4").replace("over = 0", "over = 1")
    claims = {
        "first": RATIO,
        "odd": ODD.replace('"odd"', '"first"'),
        "grows": grows,
        "siteless": SITELESS.replace('"siteless"', '"first"'),
    }
    file = tmp_path / "mine.toml"
    bodies = [text.removeprefix('source = "me"').replace('"first"', f'"{name}"') for name, text in claims.items()]
    file.write_text('source = "me"\n' + "".join(bodies))
    said = say("list", "claims", "--claims", str(file), "--json")
    assert said.code == ExitCode.OK, said.err
    testable = {each["claim"]: each["testable"] for each in json.loads(said.out)}
    assert testable == {"first": "yes", "odd": "no", "grows": "no", "siteless": "no"}
    for claim in ("odd", "grows", "siteless"):
        assert any(line.startswith("no run can decide") and claim in line for line in said.err.splitlines())
