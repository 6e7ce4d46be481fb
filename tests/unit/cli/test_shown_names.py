"""Commands call a deployment what the report calls it, also one of two revisions."""

import json
import re
import shutil
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.cli.main import bench
from harness.comparison.within import compare_within
from harness.history.assemble import assemble
from harness.history.digest import read_digest
from harness.history.digest_file import DIGEST_FILE
from harness.report.view.history import history_lines
from harness.results.folder import read_run
from tests.saying import say
from tests.unit.history.test_change_points import summaries

SAMPLE = Path(__file__).parents[3] / "reports" / "sample"


@pytest.fixture
def of_two_revisions(tmp_path: Path) -> Path:
    """The sample, as if its Flask were FastAPI under another requirement."""
    folder = tmp_path / "reports" / "ab"
    shutil.copytree(SAMPLE, folder)
    for name in ("run.json", "windows.jsonl"):
        file = folder / name
        text = file.read_text(encoding="utf-8")
        file.write_text(
            text.replace('"flask/', '"fastapi@with-fastapi-1/').replace('"flask"', '"fastapi@with-fastapi-1"')
        )
    header = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    header["command"] = ["bench", "ab", "fastapi", "--with", "fastapi<1"]
    for each in header["deployments"]:
        if "@" in each["subject"]["app"]:
            each |= {"title": "FastAPI", "server": "FastAPI", "own_server": True, "revision": "with fastapi<1"}
    (folder / "run.json").write_text(json.dumps(header), encoding="utf-8")
    return folder


def test_no_row_and_no_sentence_has_a_key_in_place_of_a_name(of_two_revisions: Path) -> None:
    shown = CliRunner().invoke(bench, ["show", str(of_two_revisions)], standalone_mode=False)
    assert shown.exception is None
    assert "with fastapi<1, controlled, own server" in shown.stdout
    assert "FastAPI (with fastapi<1, controlled, own server) on json" in shown.stdout
    assert "@" not in shown.stdout
    assert "fastapi/controlled" not in shown.stdout


@pytest.mark.parametrize("with_digest", [False, True])
def test_the_list_of_runs_has_the_folder_and_both_sides_as_their_comparison_words_them(
    of_two_revisions: Path, monkeypatch: pytest.MonkeyPatch, *, with_digest: bool
) -> None:
    monkeypatch.chdir(of_two_revisions.parents[1])
    (of_two_revisions / DIGEST_FILE).unlink(missing_ok=True)
    if with_digest:
        assert read_digest(of_two_revisions).two_revisions
    (listed,) = json.loads(say("list", "runs", "--json").out)
    found = compare_within(read_run(of_two_revisions), "ab")
    assert listed["run"] == "ab"
    assert (found.a.name, found.b.name) == ("FastAPI", "FastAPI (with fastapi<1)")
    assert {found.a.name, found.b.name} < set(listed["apps"].split(", "))
    assert "@" not in listed["apps"]


def test_claims_page_and_summary_call_both_sides_by_name_too(of_two_revisions: Path) -> None:
    claims, made = (say(command, str(of_two_revisions)) for command in ("claims", "report"))
    assert (claims.code, made.code) == (0, 0), claims.err + made.err
    page, summary = (of_two_revisions / name for name in ("index.html", "summary.md"))
    texts = {"claims": claims.out, "page": seen(page), "summary": summary.read_text(encoding="utf-8")}
    assert [name for name, text in texts.items() if "fastapi@" in text] == []
    assert all("(with fastapi<1, controlled" in texts[name].replace("\\", "") for name in ("page", "summary"))


def seen(page: Path) -> str:
    """What a reader sees of a page: neither its attributes, nor what its script is given."""
    text = re.sub(r"<(script|style)\b.*?</\1>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", " ", text))


def test_changes_in_a_history_are_told_by_names() -> None:
    lines = list(history_lines(assemble(summaries(3, {7: 1.3}, runs=14))))
    assert any(line.startswith("  app3 (v0): json, capacity, 32 connections: ") for line in lines), lines
    assert not any(":json:" in line or "app3/" in line for line in lines)
