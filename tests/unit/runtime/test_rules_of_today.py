"""An app as of an older commit is measured by what it was: rules that came later do not refuse it."""

from pathlib import Path

import pytest

from harness.catalog.discover import read_app
from harness.model.errors import ManifestError, UsageError
from harness.runtime.revisions import at_commit
from tests.unit.runtime.test_revisions import MANIFEST, git

ELSEWHERE = MANIFEST.replace('server = "its own"', 'server = "granian"').replace('"native"', '"asgi"')
"""`controlled` on another server than all apps on ASGI share."""


def changed_since(top: Path, manifest: str) -> Path:
    """The folder of an app in a repository whose only commit has this manifest."""
    folder = top / "apps" / "one_app"
    folder.mkdir(parents=True)
    (folder / "uv.lock").write_text("version = 1\n")
    (folder / "app.py").write_text("committed\n")
    (folder / "pyproject.toml").write_text(manifest)
    git(top, "init", "--quiet")
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message", "one")
    return folder


def test_what_controlled_meant_then_is_measured(tmp_path: Path) -> None:
    folder = changed_since(tmp_path / "code", ELSEWHERE)
    with pytest.raises(ManifestError):
        read_app(folder)
    (folder / "pyproject.toml").write_text(MANIFEST)
    then = at_commit(read_app(folder), "HEAD", tmp_path / "revisions")
    assert then.manifest.variants["default"].server == "granian"


def test_what_can_not_be_read_is_told_as_the_commits(tmp_path: Path) -> None:
    folder = changed_since(tmp_path / "code", MANIFEST.replace('"micro"', '"unheard-of"'))
    (folder / "pyproject.toml").write_text(MANIFEST)
    with pytest.raises(UsageError) as refused:
        at_commit(read_app(folder), "HEAD", tmp_path / "revisions")
    assert refused.value.what.startswith("app 'one' as of HEAD can't be measured: pyproject.toml, line ")
    assert str(tmp_path) not in refused.value.what
    assert "--app" in refused.value.hint
