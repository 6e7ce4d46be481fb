"""`bench run --python` for real: a tiny app on two interpreters in one run, cut off and gone on with."""

import json
import shutil
from pathlib import Path

import pytest

from harness.measure.begin import METHOD_VERSION
from harness.results.folder import read_run, resolve_run
from harness.runtime.interpreters import own_python
from tests.ending import ended_well
from tests.integration.cli.conftest import Bench, MakeApp, Read

SMALL = ("--profile", "smoke", "--endpoint", "json", "--workload", "capacity", "--rounds", "1")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The interpreter that runs the harness once more, in a place of its own."""
    own = own_python().path
    program = tmp_path / "other" / "bin" / own.name
    program.parent.mkdir(parents=True)
    shutil.copy(own, program)
    (program.parents[1] / "lib").symlink_to(own.parents[1] / "lib")
    return program


def test_each_app_is_measured_on_each_interpreter_and_what_is_not_there_is_said(
    bench: Bench, read: Read, make_app: MakeApp, other: Path, tmp_path: Path
) -> None:
    manifest = make_app("two") / "pyproject.toml"
    manifest.write_text(manifest.read_text().replace(">=3.13", ">=3.99"))
    make_app("one")
    first = str(own_python().path)
    done = bench("run", *SMALL, "--python", first, "--python", str(other), "--python", "3.99")
    assert ended_well(done.returncode, done.stderr), done.stderr
    assert "not available: Python 3.99: No interpreter found" in done.stderr
    assert f"not available: two on {first}: its project requires Python >=3.99" in done.stderr
    folder = resolve_run(tmp_path / "reports", "latest")
    run = read_run(folder).run
    name = f"one@{own_python().build.version}+2"
    assert [subject.key for subject in run.plan.subjects] == ["one/default", f"{name}/default", "one/default/twin"]
    assert (run.plan.pythons, run.plan.has_revisions) == ((first, str(other)), False)
    assert [each.what for each in run.not_available] == ["Python 3.99", f"two on {first}", f"two on {other}"]
    words = own_python().words
    assert [each.revision for each in run.deployments[:2]] == [f"on {words}, {each}" for each in (first, other)]
    (home,) = (tmp_path / ".bench" / "interpreters").glob("one-*/.venv/pyvenv.cfg")
    assert f"home = {other.parent}\n" in home.read_text()
    assert not list((tmp_path / ".bench" / "interpreters").glob("two-*"))

    shown = read("show", "latest").out
    assert shown.startswith("not available: Python 3.99: ")
    below = shown.split("The same app on different interpreters, json\n")[1]
    assert first in below
    summary = (folder / "summary.md").read_text().replace("\\", "")
    table = summary.split("The same app on different interpreters, json\n")[1].split("\n## ")[0]
    assert all(str(each) in table for each in (first, other)), "which a terminal may have to break"

    header = json.loads((folder / "run.json").read_text())
    header |= {"finished_at": None, "method_version": METHOD_VERSION}
    header["plan"]["timing"]["rounds"] = 2
    (folder / "run.json").write_text(json.dumps(header))
    gone_on = bench("run", "--resume", "latest")
    assert ended_well(gone_on.returncode, gone_on.stderr), gone_on.stderr
    assert read_run(folder).rounds_complete == 2
