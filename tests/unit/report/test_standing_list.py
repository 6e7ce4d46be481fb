"""A list of runs that is there stands as long as it is what would be made: the bytes are the same without it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.many_runs import make_runs
from harness.history.digest_file import DIGEST_FILE
from harness.report import publish_list, standing_list
from harness.report.file_names import LIST_HASHES_FILE, REPORT_FILE
from harness.report.publish_list import publish_index
from harness.results.run_folders import RECORDS_FILE, run_folders

AGAIN = """
import json, pathlib, sys
written = []
sys.addaudithook(lambda event, of: written.append(str(of[0])) if event == "os.rename" else None)
from harness.report.publish_list import publish_index
publish_index(pathlib.Path(sys.argv[1]))
print(json.dumps({"written": written, "loaded": list(sys.modules)}))
"""
UNNEEDED = {"jinja2", "markupsafe", "numpy", "pydantic", "harness.history.assemble", "harness.report.markup"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    runs = tmp_path_factory.mktemp("made")
    make_runs(runs, 4)
    publish_index(runs)
    return runs


@pytest.fixture
def runs(made: Path, tmp_path: Path) -> Path:
    """Runs, and the list of them."""
    return Path(shutil.copytree(made, tmp_path / "runs"))


def hashes_lost(runs: Path) -> None:
    (runs / LIST_HASHES_FILE).unlink()


def hashes_damaged(runs: Path) -> None:
    file = runs / LIST_HASHES_FILE
    file.write_bytes(file.read_bytes()[:70])


def page_lost(runs: Path) -> None:
    (runs / REPORT_FILE).unlink()


def page_edited(runs: Path) -> None:
    page = runs / REPORT_FILE
    page.write_bytes(page.read_bytes().replace(b"Runs", b"Ruins"))


def run_lost(runs: Path) -> None:
    shutil.rmtree(run_folders(runs)[0])


def run_renamed(runs: Path) -> None:
    run_folders(runs)[0].rename(runs / "first")


def run_copied(runs: Path) -> None:
    shutil.copytree(run_folders(runs)[0], runs / "copy")


def digest_changed(runs: Path) -> None:
    """In the same second, and as long as before."""
    file = run_folders(runs)[1] / DIGEST_FILE
    before, at = file.read_text(), file.stat().st_mtime_ns
    file.write_text(before.replace('"profile":"quick"', '"profile":"smoke"', 1))
    assert file.read_text() != before
    os.utime(file, ns=(at, at))


CHANGES = (hashes_lost, hashes_damaged, page_lost, page_edited, run_lost, run_renamed, run_copied, digest_changed)


def from_scratch(runs: Path, folder: Path) -> bytes:
    copy = Path(shutil.copytree(runs, folder))
    for name in (REPORT_FILE, LIST_HASHES_FILE):
        (copy / name).unlink(missing_ok=True)
    return publish_index(copy).read_bytes()


def test_where_nothing_changed_nothing_is_imported_made_or_written(runs: Path) -> None:
    command = [sys.executable, "-c", AGAIN, str(runs)]
    said = subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parents[3]).stdout
    found: dict[str, list[str]] = json.loads(said)
    assert found["written"] == []
    assert not UNNEEDED & {*found["loaded"]}


@pytest.mark.parametrize("change", CHANGES, ids=lambda each: each.__name__)
def test_whatever_changed_the_list_is_as_if_it_had_never_been(
    runs: Path, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    change(runs)
    again = publish_index(runs).read_bytes()
    assert again == from_scratch(runs, tmp_path / "scratch")
    assert publish_index(runs).read_bytes() == again


def test_it_is_made_anew_by_another_version_of_this_program(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    monkeypatch.setattr(publish_list, "_made", lambda reports: (made.append(reports), b"page")[1])
    publish_index(runs)
    assert made == []
    monkeypatch.setattr(standing_list, "_program", lambda: "another")
    assert publish_index(runs).read_bytes() == b"page"
    publish_index(runs)
    assert made == [runs]


def test_it_is_made_anew_where_a_run_is_newer_than_its_digest(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = run_folders(runs)[0]
    newer = (folder / DIGEST_FILE).stat().st_mtime_ns + 1
    os.utime(folder / RECORDS_FILE, ns=(newer, newer))
    monkeypatch.setattr(publish_list, "_made", lambda _: b"page")
    assert publish_index(runs).read_bytes() == b"page"


def test_what_the_program_is_follows_from_its_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(standing_list, "_PROGRAM", tmp_path)
    seen = set()
    for name, text in (("a.py", "1"), ("a.py", "2"), ("templates.css", "1"), ("b.py", "")):
        (tmp_path / name).write_text(text)
        seen.add(standing_list._program())
    assert len(seen) == 4
    (tmp_path / "a.pyc").write_text("compiled")
    assert standing_list._program() in seen
