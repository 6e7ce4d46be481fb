"""A requirement that can't be had is told apart from a uv that can't work, by what uv says."""

from pathlib import Path

import pytest

from harness.catalog.discover import read_app
from harness.model.app import App
from harness.model.errors import ExitCode, RuntimeFault, UsageError
from harness.runtime.requirements import NotAdded, NotResolved, require
from harness.runtime.revisions import with_requirements
from tests.unit.runtime.test_revisions import MANIFEST

NOWHERE = "http://127.0.0.1:9/simple"
"""A port that nobody listens on."""
NEITHER = "idna<1,>2"
NO_CACHE = {"UV_CACHE_DIR": "/dev/null/cache"}


@pytest.fixture
def app(tmp_path: Path) -> App:
    folder = tmp_path / "apps" / "one_app"
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(MANIFEST)
    (folder / "uv.lock").write_text('version = 1\nrequires-python = ">=3.13"\n')
    return read_app(folder)


@pytest.mark.parametrize(
    ("asked", "variables", "kind"),
    [
        (NEITHER, {"UV_DEFAULT_INDEX": NOWHERE}, NotResolved),
        ("no such requirement!", {}, NotResolved),
        ("idna", NO_CACHE, NotAdded),
        ("idna", {"UV_DEFAULT_INDEX": NOWHERE}, NotAdded),
        ("idna", {"UV_OFFLINE": "1"}, NotAdded),
    ],
    ids=["no versions", "no requirement", "no cache", "no index", "no network"],
)
def test_what_does_not_fit_is_told_apart_from_a_uv_that_can_t_work(  # noqa: PLR0913, PLR0917 - fixtures
    app: App,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    asked: str,
    variables: dict[str, str],
    kind: type[Exception],
) -> None:
    for name, value in {"UV_CACHE_DIR": str(tmp_path / "cache"), "UV_HTTP_RETRIES": "0", **variables}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises((NotResolved, NotAdded)) as told:
        require(app.folder, [asked])
    assert told.type is kind, told.value
    assert "`--" not in str(told.value), "what helps is told by whoever asked"


def test_another_requirement_of_an_app_is_not_blamed_for_a_uv_that_can_t_work(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="can't have idna<1,>2") as refused:
        with_requirements(app, [NEITHER], tmp_path / "a")
    assert refused.value.hint.startswith("give a package and a version that there are, and that fit the app's others")
    lock = app.folder / "uv.lock"
    lock.write_text(f'{lock.read_text()}\n[[package]]\nname = "idnas"\nversion = "1"\nsource = {{ virtual = "." }}\n')
    with pytest.raises(UsageError) as misspelt:
        with_requirements(app, [NEITHER], tmp_path / "c")
    assert misspelt.value.hint.startswith("is 'idnas' meant? give a package")
    for name, value in NO_CACHE.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(RuntimeFault, match="uv could not add idna to app 'one':\nuv's error: Failed to init") as fault:
        with_requirements(app, ["idna"], tmp_path / "b")
    assert fault.value.exit_code == ExitCode.INCOMPLETE
    assert fault.value.hint == "see to what uv says"
