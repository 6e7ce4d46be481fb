import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import uv

from harness.host.interpreter import examine_environment
from harness.model.app import App, Endpoint, Family, Interface, Manifest, Variant
from harness.model.cell import Subject
from harness.model.errors import ManifestError
from harness.runtime.app_source import code_sha256, source
from harness.runtime.environment import make_environment, programs_folder
from harness.runtime.local.runtime import ProcessRuntime

PROJECT = """
[project]
name = "{name}"
version = "0.1.0"
requires-python = "{python}"
dependencies = []
"""


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., App]:
    """Makes an app without dependencies, so that no index is needed."""

    def make(*, python: str = ">=3.13", locked: bool = True) -> App:
        folder = tmp_path / "plain_app"
        folder.mkdir(exist_ok=True)
        (folder / "pyproject.toml").write_text(PROJECT.format(name="plain", python=python))
        if locked:
            subprocess.run(
                [uv.find_uv_bin(), "lock", "--project", folder, "--offline", "-q", "-p", sys.executable], check=True
            )
        variant = Variant(server="s", interface=Interface.WSGI, command=("python",), why="for a test")
        manifest = Manifest(
            title="Plain", family=Family.BASELINE, endpoints=(Endpoint.HELLO,), variants={"default": variant}
        )
        return App(name="plain", folder=folder, manifest=manifest, python=python)

    return make


def test_an_environment_is_made_once_and_then_again_only_after_a_change(
    project: Callable[..., App], tmp_path: Path
) -> None:
    app = project()
    assert make_environment(app, tmp_path) is True
    assert make_environment(app, tmp_path) is False
    (app.folder / "pyproject.toml").write_text(PROJECT.format(name="plain", python=">=3.13") + "\n# changed\n")
    assert make_environment(app, tmp_path) is True
    found = examine_environment(programs_folder(app) / "python")
    assert found.interpreter.implementation == "CPython"
    assert found.accelerators == ()


@pytest.mark.fault(
    where="host",
    what="The interpreter of an app's environment is gone",
    happens="The environment is made again.",
    lost="Nothing",
    exit_code=0,
)
def test_a_lost_interpreter_is_replaced(project: Callable[..., App], tmp_path: Path) -> None:
    app = project()
    make_environment(app, tmp_path)
    python = programs_folder(app) / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    assert make_environment(app, tmp_path) is True
    assert python.exists()


@pytest.mark.fault(
    where="app",
    what="It has no uv.lock",
    happens="The command that makes one is named.",
    lost="Nothing",
    exit_code=2,
)
def test_a_missing_lock_file_is_the_app_s_fault(project: Callable[..., App], tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"no uv\.lock"):
        make_environment(project(locked=False), tmp_path)


@pytest.mark.fault(
    where="app",
    what="Its uv.lock does not fit its pyproject.toml",
    happens="The command that mends it is named; its environment is left as it was.",
    lost="Nothing",
    exit_code=2,
)
def test_a_stale_lock_file_is_the_app_s_fault_and_the_hint_mends_it(
    project: Callable[..., App], tmp_path: Path
) -> None:
    app = project()
    text = (app.folder / "pyproject.toml").read_text()
    (app.folder / "pyproject.toml").write_text(text.replace("[]", '["idna"]'))
    with pytest.raises(ManifestError, match=r"uv\.lock does not match") as raised:
        make_environment(app, tmp_path)
    assert "uv lock" in raised.value.hint


def test_an_app_for_another_python_is_the_manifest_s_fault(project: Callable[..., App], tmp_path: Path) -> None:
    app = project()
    (app.folder / "pyproject.toml").write_text(PROJECT.format(name="plain", python=">=3.99"))
    with pytest.raises(ManifestError, match="can't run on Python"):
        make_environment(app, tmp_path)


def test_the_code_s_hash_changes_with_the_code_and_not_with_what_is_generated(
    project: Callable[..., App], tmp_path: Path
) -> None:
    app = project()
    (app.folder / "app.py").write_text("one")
    before = code_sha256(app)
    make_environment(app, tmp_path)
    (app.folder / "__pycache__").mkdir()
    (app.folder / "__pycache__" / "app.pyc").write_text("generated")
    assert code_sha256(app) == before
    (app.folder / "app.py").write_text("two")
    assert code_sha256(app) != before


def test_the_source_holds_what_the_hash_is_over(project: Callable[..., App]) -> None:
    app = project()
    (app.folder / "contract").mkdir()
    (app.folder / "contract" / "views.py").write_text("one = 1\n")
    (app.folder / "logo.png").write_bytes(b"\x89PNG\xff")
    (app.folder / "data.txt").write_text("x" * 70_000)
    (app.folder / ".env").write_text("SECRET=1")
    kept = {file.path: file.text for file in source(app).files}
    assert kept["contract/views.py"] == "one = 1\n"
    assert kept["logo.png"] is None
    assert kept["data.txt"] is None
    assert ".env" not in kept
    assert "uv.lock" not in kept


def test_a_deployment_says_all_that_shaped_the_numbers(project: Callable[..., App], runtime: ProcessRuntime) -> None:
    app = project()
    told = []
    runtime.prepare([app], told.append)
    deployment = runtime.deployment(app, Subject(app="plain", variant="default"))
    assert told == ["environment of plain"]
    assert len(deployment.lock_sha256) == len(deployment.code_sha256) == 64
    assert deployment.interpreter.version.startswith("3.13")
    assert deployment.framework_version is None
