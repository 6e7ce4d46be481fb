"""What a shell has set for uv changes nothing of what is installed, and does not make a sound lock file a stale one."""

import subprocess
import sys
from pathlib import Path

import pytest
import uv

from harness.host import variables
from harness.model.app import App, Endpoint, Family, Interface, Manifest, Variant
from harness.runtime.environment import make_environment, programs_folder

PROJECT = '[project]\nname = "plain"\nversion = "0"\nrequires-python = ">=3.13"\n'


@pytest.fixture
def app(tmp_path: Path) -> App:
    folder = tmp_path / "plain_app"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT)
    subprocess.run([uv.find_uv_bin(), "lock", "--project", folder, "--offline", "-q", "-p", sys.executable], check=True)
    variant = Variant(server="s", interface=Interface.WSGI, command=("python",), why="for a test")
    manifest = Manifest(
        title="Plain", family=Family.BASELINE, endpoints=(Endpoint.HELLO,), variants={"default": variant}
    )
    return App(name="plain", folder=folder, manifest=manifest, python=">=3.13")


@pytest.mark.fault(
    where="app",
    what="The shell has variables that have uv take its lock for stale, or install otherwise (UV_EXCLUDE_NEWER)",
    happens="They are kept from uv; those that say where packages come from are not.",
    lost="Nothing",
    exit_code=0,
)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("UV_EXCLUDE_NEWER", "2020-01-01"),
        ("UV_RESOLUTION", "lowest"),
        ("UV_PRERELEASE", "allow"),
        ("UV_FORK_STRATEGY", "fewest"),
        ("UV_ENV_FILE", "/nowhere"),
        ("UV_HTTPS_ONLY", "of a later version of uv"),
    ],
)
def test_the_lock_file_alone_says_what_is_installed(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    before = (app.folder / "uv.lock").read_bytes()
    assert make_environment(app, tmp_path)
    assert (programs_folder(app) / "python").exists()
    assert (app.folder / "uv.lock").read_bytes() == before
    assert name not in variables.installer()


@pytest.mark.parametrize("name", ["GH_TOKEN", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"])
def test_a_build_of_a_package_does_not_act_for_a_job_on_github(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "x")
    assert name not in variables.installer()
    assert name not in variables.base(Path("/app/bin"))


@pytest.mark.parametrize("name", ["UV_INDEX_OURS_PASSWORD", "UV_DEFAULT_INDEX", "UV_OFFLINE", "HTTPS_PROXY", "NETRC"])
def test_how_packages_are_reached_is_the_user_s(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "x")
    assert variables.installer()[name] == "x"
