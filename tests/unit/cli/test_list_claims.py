"""`bench list claims` shows the article's, leads to those of projects about themselves, and lists those of any file."""

import json
from pathlib import Path

import pytest

from harness.claims.read import ARTICLE, read_claims
from harness.model.errors import ExitCode
from tests.saying import say

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
