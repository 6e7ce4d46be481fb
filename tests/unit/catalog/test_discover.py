"""Reading manifests: one clear error that names the place."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.catalog.discover import discover, read_app, told_apart
from harness.catalog.selection import choose
from harness.model.errors import ManifestError, UsageError

MANIFEST = """
[project]
name = "tiny-app"
requires-python = ">=3.13"

[tool.bench]
title = "Tiny"
family = "micro"
endpoints = ["hello"]

[tool.bench.variants.default]
server = "its own"
interface = "native"
command = ["python", "app.py"]
why = "It has no other."
also = ["controlled"]
"""

type MakeApp = Callable[[str], Path]


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    def make(manifest: str) -> Path:
        folder = tmp_path / "tiny_app"
        folder.mkdir()
        (folder / "pyproject.toml").write_text(manifest)
        (folder / "uv.lock").write_text("version = 1\n")
        return folder

    return make


def test_an_app_is_named_after_its_folder_and_resolves_variants_by_what_they_serve_as(make_app: MakeApp) -> None:
    app = read_app(make_app(MANIFEST))
    assert app.name == "tiny"
    assert app.resolve("controlled") == "default"
    assert app.resolve("nonesuch") is None


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('family = "micro"', 'family = "nano"', "tool.bench.family"),
        ('endpoints = ["hello"]', 'endpoints = ["hullo"]', "tool.bench.endpoints, entry 1"),
        ('endpoints = ["hello"]', "endpoints = []", "tool.bench.endpoints"),
        ('server = "its own"', "", "tool.bench.variants.default.server"),
        ('why = "It has no other."', 'why = "It has no other."\nspeed = 11', "tool.bench.variants.default.speed"),
        ('also = ["controlled"]', 'also = ["default"]', "already a variant"),
        ("[tool.bench.variants.default]", "[tool.bench.variants.Default]", "tool.bench.variants"),
        ("[tool.bench.v", '[tool.bench.not_offered.hello]\nwhy = "No."\n[tool.bench.v', "it stands in endpoints, too"),
        ("[tool.bench.v", "[tool.bench.not_offered.chat]\n[tool.bench.v", "tool.bench.not_offered.chat.why"),
        ("[tool.bench.v", '[tool.bench.not_offered.hullo]\nwhy = "No."\n[tool.bench.v', "tool.bench.not_offered"),
        ('requires-python = ">=3.13"', "", "requires-python"),
        ("[tool.bench]", "[tool.bench", "line"),
        ("[tool.bench", "[tool.branch", "no [tool.bench] table"),
    ],
)
def test_a_bad_manifest_gives_one_error_that_names_file_and_field(
    make_app: MakeApp, old: str, new: str, named: str
) -> None:
    folder = make_app(MANIFEST.replace(old, new))
    with pytest.raises(ManifestError) as refused:
        read_app(folder)
    assert "pyproject.toml" in refused.value.what
    assert named in refused.value.what
    assert refused.value.hint


def test_an_app_without_a_lock_is_refused(make_app: MakeApp) -> None:
    folder = make_app(MANIFEST)
    (folder / "uv.lock").unlink()
    with pytest.raises(ManifestError, match=r"uv\.lock"):
        read_app(folder)


def test_a_folder_of_apps_or_one_app_may_be_given(make_app: MakeApp) -> None:
    folder = make_app(MANIFEST)
    assert discover((folder,)) == discover((folder.parent,))


def test_two_apps_of_one_name_are_refused(make_app: MakeApp) -> None:
    folder = make_app(MANIFEST)
    shutil.copytree(folder, folder.parent / "other" / folder.name)
    with pytest.raises(UsageError, match="two apps are named 'tiny'"):
        discover((folder, folder.parent / "other"))


def test_a_folder_that_is_given_twice_counts_once(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_app(MANIFEST)
    monkeypatch.chdir(folder.parent)
    apps = discover((folder, folder.parent, folder, Path()))
    assert [app.name for app in apps] == ["tiny"]


def test_a_folder_whose_name_is_no_app_s_is_told_how_it_is_to_be_called(make_app: MakeApp) -> None:
    folder = make_app(MANIFEST)
    misnamed = folder.rename(folder.with_name("tiny"))
    for given in (misnamed, misnamed.parent):
        with pytest.raises(UsageError, match="holds no app") as refused:
            discover((given,))
        assert "ends in _app: rename tiny to tiny_app" in refused.value.hint


def test_apps_of_one_title_are_told_apart_by_their_names(make_app: MakeApp) -> None:
    folder = make_app(MANIFEST)
    for name, title in (("copy", "tiny"), ("other", "Other")):
        shutil.copytree(folder, folder.with_name(f"{name}_app"))
        (folder.with_name(f"{name}_app") / "pyproject.toml").write_text(MANIFEST.replace('"Tiny"', f'"{title}"'))
    apps = discover((folder.parent,))
    found = {app.name: app.manifest.title for app in told_apart(apps)}
    assert found == {"copy": "tiny [copy]", "other": "Other", "tiny": "Tiny [tiny]"}
    alone = told_apart([app for app in apps if app.name != "copy"])
    assert [app.manifest.title for app in alone] == ["Other", "Tiny"], "of those that are measured together"


def test_what_is_wrong_with_an_app_that_was_not_asked_for_stops_no_other(make_app: MakeApp) -> None:
    folder = make_app(MANIFEST)
    bad = folder.with_name("bad_app")
    shutil.copytree(folder, bad)
    for wrong in (MANIFEST.replace("micro", "mirco"), MANIFEST.replace("family", 'built_on = "zzz"\nfamily'), "["):
        (bad / "pyproject.toml").write_text(wrong)
        told: list[str] = []
        found = discover((folder.parent,), ["tiny/controlled"], told.append)
        assert [app.name for app in found] == ["tiny"]
        (said,) = told
        assert said.startswith(f"left out, and not asked for: {bad / 'pyproject.toml'}")
        for names in ([], ["bad"], ["tiny", "bad_app"]):
            with pytest.raises(ManifestError):
                discover((folder.parent,), names, told.append)


def test_a_missing_or_empty_folder_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UsageError):
            discover((folder,))


def test_an_unknown_app_is_refused_with_the_known_names(make_app: MakeApp) -> None:
    apps = discover((make_app(MANIFEST),))
    assert choose(apps, ("tiny_app",)) == choose(apps, ("tiny",)) == choose(apps, ()) == apps
    with pytest.raises(UsageError) as refused:
        choose(apps, ("flusk",))
    assert "tiny" in refused.value.hint
