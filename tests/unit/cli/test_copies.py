"""Runs that were copied and files that were doubled, as commands tell of them."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.cli.main import bench
from harness.model.errors import UsageError
from harness.results.run_folders import RECORDS_FILE

SAMPLE = Path(__file__).parents[3] / "reports" / "sample"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("run", "run-copy"):
        (tmp_path / "reports" / name).mkdir(parents=True)
        for file in ("run.json", RECORDS_FILE):
            shutil.copy(SAMPLE / file, tmp_path / "reports" / name)
    return tmp_path / "reports"


def command(*words: str) -> Result:
    done = CliRunner().invoke(bench, words, standalone_mode=False)
    if done.exception:
        raise done.exception
    return done


def test_a_copied_folder_is_one_run_in_the_list_and_in_the_history(store: Path) -> None:
    listed = command("list", "runs", "--json")
    assert len(json.loads(listed.stdout)) == 1
    assert "run-copy is a copy of run" in listed.stderr
    (host,) = json.loads(command("history", "--json").stdout)["hosts"]
    assert len(host["runs"]) == 1
    command("report", "run")
    page = (store / "index.html").read_text()
    assert "a copy of run" in page
    assert page.count("<th scope=row") == 1


@pytest.mark.usefixtures("store")
def test_a_run_is_not_compared_with_its_copy() -> None:
    with pytest.raises(UsageError, match="are the same run"):
        command("compare", "run", "run-copy")


def test_a_doubled_file_is_told_of_and_changes_no_figure(store: Path) -> None:
    before = json.loads(command("show", "run", "--json").stdout)
    lines = store / "run" / RECORDS_FILE
    count = len(lines.read_bytes().splitlines())
    lines.write_bytes(lines.read_bytes() * 2)
    shown = command("show", "run", "--json")
    assert json.loads(shown.stdout) == {**before, "records_repeated": count}
    assert f"{count} lines say the same as another, and are counted once" in shown.stderr
    command("report", "run")
    assert "Each record was counted once" in (store / "run" / "index.html").read_text()
