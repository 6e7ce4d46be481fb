"""Commands call a deployment what the report calls it, also one of two revisions."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.cli.main import bench
from harness.comparison.within import compare_within
from harness.history.digest import read_digest
from harness.history.digest_file import DIGEST_FILE
from harness.results.folder import read_run
from tests.saying import say

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
