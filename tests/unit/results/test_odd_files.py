"""What lies in the place of a run's files, and names that no run has: one error each, and other runs are read."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.model.errors import ExitCode
from harness.results.run_folders import HEADER_FILE, RECORDS_FILE
from tests.saying import say_in_good_order
from tests.unit.results.whole_run import write


def a_folder(file: Path) -> None:
    file.mkdir()


def a_pipe(file: Path) -> None:
    os.mkfifo(file)


def a_link_to_itself(file: Path) -> None:
    file.symlink_to(file.name)


@pytest.mark.parametrize("name", [HEADER_FILE, RECORDS_FILE])
@pytest.mark.parametrize("odd", [a_folder, a_pipe, a_link_to_itself])
def test_what_is_no_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: Callable[[Path], None], name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    sound = write(Path("reports/sound")) / HEADER_FILE
    sound.write_text(json.dumps({**json.loads(sound.read_text()), "run_id": "another"}))
    file = write(Path("reports/run")) / name
    file.unlink()
    odd(file)
    said = say_in_good_order("show", "reports/run" if name == HEADER_FILE else "run")
    assert said.code == ExitCode.USAGE
    assert "reports/run" in said.err
    listed = say_in_good_order("list", "runs", "--json").out
    assert listed.count('"damaged"') == 1
    assert '"sound"' in listed
    assert '"sound"' in say_in_good_order("history", "--json").out


@pytest.mark.parametrize("name", ["x" * 300, "a" * 5000, "run/" * 2000])
def test_a_name_that_no_file_can_have_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("reports/sound"))
    for command in (("show", name), ("compare", "sound", name), ("list", "apps", "--apps-dir", name)):
        assert say_in_good_order(*command).code == ExitCode.USAGE
