"""An app that is a member of a uv workspace is said to be one, and nothing of the workspace is touched."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import uv

from harness.catalog.discover import read_app
from harness.catalog.workspace import refuse_member
from harness.model.app import App, Endpoint, Family, Interface, Manifest, Variant
from harness.model.errors import BenchError, ManifestError
from harness.runtime.environment import make_environment, python
from tests.unit.catalog.test_discover import MANIFEST

ROOT = """
[project]
name = "root"
version = "0"
requires-python = ">=3.13"

[tool.uv.workspace]
"""

OFFLINE = {**os.environ, "UV_OFFLINE": "1", "UV_PYTHON": str(python())}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder in which an app lies at apps/tiny_app."""
    folder = tmp_path / "apps" / "tiny_app"
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(MANIFEST.replace('name = "tiny-app"', 'name = "tiny-app"\nversion = "0"'))
    return tmp_path


def uv_says(root: Path) -> bool:
    """Whether uv itself takes the app for a member."""
    command = (uv.find_uv_bin(), "workspace", "dir", "--project", str(root / "apps" / "tiny_app"))
    done = subprocess.run(command, env=OFFLINE, capture_output=True, text=True, check=True)
    return Path(done.stdout.strip()) == root


@pytest.mark.parametrize(
    "table",
    [
        'members = ["apps/*"]',
        'members = ["apps/tiny_app"]',
        'members = ["./apps/*"]',
        'members = ["apps/tiny_app/"]',
        'members = ["*/*_app"]',
        'members = ["**/*_app"]',
        'members = ["lib/*", "apps/t*"]',
        'members = ["apps/*"]\nexclude = ["apps/other_app"]',
        'members = ["apps/*"]\nexclude = ["apps/tiny_app"]',
        'members = ["apps/*"]\nexclude = ["apps/*_app"]',
        'members = ["apps"]',
        'members = ["*"]',
        'members = ["lib/*"]',
        "members = []",
        "",
    ],
)
def test_whether_it_is_a_member_is_told_as_uv_tells_it(root: Path, table: str) -> None:
    (root / "pyproject.toml").write_text(ROOT + table)
    told = False
    try:
        refuse_member(root / "apps" / "tiny_app")
    except ManifestError:
        told = True
    assert told is uv_says(root)


@pytest.mark.parametrize(
    "text", ["[tool", "tool = 1", "tool.uv = []", "tool.uv.workspace = 1", "\0", "a=" + "[" * 5000]
)
def test_a_file_above_that_is_no_workspace_is_passed_over(root: Path, text: str) -> None:
    (root / "pyproject.toml").write_text(text)
    refuse_member(root / "apps" / "tiny_app")


@pytest.mark.fault(
    where="app",
    what="It is a member of a uv workspace",
    happens="It is said to be one, with the line that takes it out; the workspace is left as it is.",
    lost="Nothing",
    exit_code=2,
)
@pytest.mark.parametrize("locked", [True, False])
def test_a_member_is_told_what_it_is_and_the_hint_helps(root: Path, locked: bool) -> None:  # noqa: FBT001 - a case
    folder = root / "apps" / "tiny_app"
    if locked:  # from before there was a workspace
        subprocess.run((uv.find_uv_bin(), "lock", "-q", "--project", str(folder)), env=OFFLINE, check=True)
    (root / "pyproject.toml").write_text(ROOT + 'members = ["apps/*"]\n')
    with pytest.raises(ManifestError, match="member of the uv workspace at") as refused:
        read_app(folder)
    assert str(root) in refused.value.what
    assert 'exclude = ["apps/tiny_app"]' in refused.value.hint
    assert not (root / "uv.lock").exists()

    with (root / "pyproject.toml").open("a") as file:
        file.write('exclude = ["apps/tiny_app"]\n')
    subprocess.run((uv.find_uv_bin(), "lock", "-q", "--project", str(folder)), env=OFFLINE, check=True)
    assert read_app(folder).name == "tiny"


def test_the_environment_of_a_workspace_is_never_touched(root: Path, tmp_path: Path) -> None:
    """Even where an app is taken for one of its own."""
    folder = root / "apps" / "tiny_app"
    (root / "pyproject.toml").write_text(ROOT + 'members = ["apps/*"]\n')
    subprocess.run((uv.find_uv_bin(), "sync", "-q", "--project", str(root)), env=OFFLINE, check=True)
    kept = root / ".venv" / "lib" / f"python3.{sys.version_info.minor}" / "site-packages" / "of_the_user.py"
    kept.write_text("")
    (folder / "uv.lock").write_text("version = 1\n")
    before = sorted(path.relative_to(root) for path in (root / ".venv").rglob("*"))
    variant = Variant(server="s", interface=Interface.WSGI, command=("python",), why="for a test")
    manifest = Manifest(title="T", family=Family.BASELINE, endpoints=(Endpoint.HELLO,), variants={"default": variant})
    app = App(name="tiny", folder=folder, manifest=manifest, python=">=3.13")
    with suppress(BenchError):
        make_environment(app, tmp_path / "locks")
    assert sorted(path.relative_to(root) for path in (root / ".venv").rglob("*")) == before
