"""An app is measured like any other, whatever else lies in its folder, and whatever comes to lie there meanwhile."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from tests import warm
from tests.ending import ended_well
from tests.waiting import eventually

type MakeApp = Callable[..., Path]


def test_a_run_is_whole_though_an_editor_locks_files_in_the_midst_of_it(make_app: MakeApp, tmp_path: Path) -> None:
    folder = make_app("tiny")
    (folder / "old.py").write_text("print 'Python 2'\n")
    (folder / "itself.py").symlink_to("itself.py")
    Path(os.fsdecode(bytes(folder) + b"/caf\xe9.py")).write_text("")
    with (folder / "disk.img").open("wb") as stream:
        stream.truncate(4 * 2**30)
    (folder / "venv").mkdir()
    (folder / "venv" / "pyvenv.cfg").write_text("")
    choices = ("--workload", "capacity", "--workload", "footprint", "--endpoint", "hello", "--rounds", "1")
    run = warm.begin(tmp_path, "run", "--profile", "smoke", *choices)
    eventually(
        lambda: run.poll() is not None or list(tmp_path.glob("reports/*/windows.jsonl")),
        "the beginning of a run",
    )
    (folder / ".#app.py").symlink_to("somebody@host.1234:5678")
    (folder / "#lock#").symlink_to("somebody@host.1234:5678")
    printed, said = run.communicate()
    assert ended_well(run.returncode, said), said
    header = json.loads((tmp_path / printed.strip() / "run.json").read_text())
    (source,) = header["sources"]
    assert [file["path"] for file in source["files"]] == [
        "app.py",
        "caf\\xe9.py",
        "disk.img",
        "old.py",
        "pyproject.toml",
    ]
    assert {each["path"] for each in source["left_out"]} == {"disk.img", "itself.py", "venv"}
