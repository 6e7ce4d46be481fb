"""A run under way, as far as a test wants to have it before something happens to it."""

import json
import subprocess
import sys
from pathlib import Path

from harness.results.folder import read_run
from tests import warm
from tests.waiting import has_come_to


def bench_command(*arguments: str) -> tuple[str, ...]:
    """What starts `bench` as a process of its own, which imports all that it needs."""
    return (str(Path(sys.executable).parent / "bench"), *arguments)


def started_run(folder: Path, *words: str, until: str) -> warm.Begun:
    """A run that has got as far as one more record that contains `until`."""
    before = _written(until, folder)
    run = warm.begin(folder, *words)
    has_come_to(run, until, folder, times=before + 1)
    return run


def started_anew(folder: Path, *words: str, until: str) -> subprocess.Popen[str]:
    """The same as a process of its own, which has started itself all that it has started."""
    before = _written(until, folder)
    command = bench_command(*words)
    run = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    has_come_to(run, until, folder, times=before + 1)
    return run


def _written(record: str, folder: Path) -> int:
    return sum(file.read_text().count(record) for file in folder.glob("reports/2*/windows.jsonl"))


def leave_one_round(folder: Path) -> int:
    """Have a run that was cut off lack one more round only, as if no more had been asked for; returns how many it has.

    So many are planned that none ends before it is cut off, however late that comes. What all of them would take shows
    nothing more.
    """
    header = json.loads((folder / "run.json").read_text())
    rounds = read_run(folder).rounds_complete + 1
    header["plan"]["timing"]["rounds"] = rounds
    (folder / "run.json").write_text(json.dumps(header))
    return rounds
