"""Who can't go on with a run is told to start a new one, by the command that made it."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.measure.begin import METHOD_VERSION, refuse_finished, resume
from harness.measure.loop import _same_database
from harness.measure.progress import Silent
from harness.model.cell import Cell, Subject
from harness.model.errors import RunFolderError, UsageError
from harness.model.run import Database, Run
from harness.results.folder import RunWriter
from tests.unit.results.sample import FLASK_JSON, deployment, run_of

OF_TWO = FLASK_JSON.model_copy(update={"subject": Subject(app="flask@v1", variant="controlled")})


def a_run(*cells: Cell) -> Run:
    return run_of(cells, method_version=METHOD_VERSION, deployments=tuple(deployment(each.subject) for each in cells))


TYPED = ("bench", "run", "--profile", "full", "--app", "flask", "--claims", "my claims.toml")
BEGUN = pytest.mark.parametrize(
    ("run", "told"),
    [
        pytest.param(a_run(FLASK_JSON), "start a new `bench run`", id="run"),
        pytest.param(
            a_run(FLASK_JSON).model_copy(update={"command": TYPED}),
            "start a new `bench run --profile full --app flask --claims 'my claims.toml'`",
            id="run-with-options",
        ),
        pytest.param(a_run(FLASK_JSON, OF_TWO), "start a new `bench ab`", id="ab"),
    ],
)
"""Of the last the command is not known, as of a run of an older version."""


def here(run: Run, **changes: object) -> Any:
    """A runtime on the host of the run, that deploys as was deployed then but for the changes."""
    host = run.host.model_copy(update={"fingerprint": changes.pop("fingerprint", run.host.fingerprint)})
    now = {each.subject: each.model_copy(update=changes) for each in run.deployments}
    return SimpleNamespace(describe_hosts=lambda: (host, run.load_host), deployment=lambda _, subject: now[subject])


def refusal(run: Run, reports: Path, runtime: object) -> str:
    folder = RunWriter.create(reports, run.model_copy(update={"finished_at": None})).folder
    apps: Any = [SimpleNamespace(name=subject.app) for subject in run.plan.subjects]
    of: Any = runtime
    with pytest.raises(RunFolderError) as refused:
        resume(folder, apps, of, Silent())
    return refused.value.hint


@BEGUN
def test_after_another_version_of_the_method(run: Run, told: str, tmp_path: Path) -> None:
    assert told in refusal(run.model_copy(update={"method_version": METHOD_VERSION - 1}), tmp_path, here(run))


@BEGUN
def test_where_an_app_has_changed(run: Run, told: str, tmp_path: Path) -> None:
    assert told in refusal(run, tmp_path, here(run, code_sha256="another"))


@BEGUN
def test_on_another_host(run: Run, told: str, tmp_path: Path) -> None:
    assert told in refusal(run, tmp_path, here(run, fingerprint="another"))


@BEGUN
def test_where_nothing_is_left_to_measure(run: Run, told: str, tmp_path: Path) -> None:
    with pytest.raises(RunFolderError) as refused:
        refuse_finished(tmp_path, run.model_copy(update={"finished_at": run.started_at}))
    assert told in refused.value.hint


@BEGUN
def test_on_another_database(run: Run, told: str) -> None:
    database = Database(version="17", embedded=True, settings={})
    with pytest.raises(UsageError) as refused:
        _same_database(run.model_copy(update={"database": database.model_copy(update={"version": "9"})}), database)
    assert told in refused.value.hint
