"""The command that goes on with a run is the one that began it, and finds the same apps and database again."""

import os
from errno import ENOSPC
from pathlib import Path

import pytest

from harness.model.base import REVISION_SIGN
from harness.model.run import Run
from harness.results.folder import RunWriter
from harness.results.resume_command import resume_command
from harness.writing import WriteError
from tests.unit.analysis.simulate import started, subject
from tests.unit.results.sample import run_of


def begun(*words: str, revisions: bool = False) -> Run:
    run = run_of([])
    app = subject(f"flask{REVISION_SIGN}abc" if revisions else "flask")
    plan = run.plan.model_copy(update={"subjects": (app,)})
    return run.model_copy(update={"command": ("bench", *words), "plan": plan})


@pytest.mark.parametrize(
    ("run", "command"),
    [
        (begun("run", "--profile", "quick"), "bench run --resume r"),
        (begun("run", "--apps-dir", "my apps", "--app", "mine"), "bench run --resume r --apps-dir 'my apps'"),
        (begun("run", "--apps-dir=a", "--apps-dir", "b"), "bench run --resume r --apps-dir a --apps-dir b"),
        (begun("ab", "main", "--apps-dir", "a", revisions=True), "bench ab --resume r --apps-dir a"),
        (
            begun("run", "--beside-other-tables", "--runtime", "docker", "--app-host", "10.0.0.1"),
            "bench run --resume r --beside-other-tables --app-host 10.0.0.1",
        ),
    ],
    ids=["the usual folder", "another", "several", "two revisions", "places"],
)
def test_a_run_goes_on_as_it_was_begun(run: Run, command: str) -> None:
    assert resume_command(run, "r") == command


def test_a_full_disk_is_told_with_the_command_that_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = RunWriter.create(tmp_path, begun("run", "--apps-dir", "mine"))

    def full(*_: object) -> int:
        raise OSError(ENOSPC, os.strerror(ENOSPC))

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(WriteError) as raised:
        writer.append(started(subject("flask"), 0))
    monkeypatch.undo()
    writer.close()
    assert f"`bench run --resume {writer.folder.name} --apps-dir mine`" in raised.value.hint
