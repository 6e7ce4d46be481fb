"""How long an import takes, or why there is no such time."""

import sys
from pathlib import Path

import pytest

from harness.host.imports import NotImported, import_script, imported_in_s
from harness.model.app import App
from tests.unit.plan.manifests import app_with


def app_in(folder: Path, code: str, package: str | None = "one") -> App:
    (folder / "app.py").write_text(code)
    app = app_with("one", ("hello",), default=())
    manifest = app.manifest.model_copy(update={"package": package})
    return app.model_copy(update={"folder": folder, "manifest": manifest})


@pytest.mark.parametrize(
    ("package", "modules", "why"),
    [
        (None, (), "it names no package"),
        ("one", (), "one has no module here"),
        ("one", ("one",), "its code imports nothing of one"),
    ],
)
def test_what_is_not_imported_says_why(tmp_path: Path, package: str | None, modules: tuple[str, ...], why: str) -> None:
    with pytest.raises(NotImported, match=why):
        import_script(app_in(tmp_path, "import json\n", package), modules)


@pytest.mark.parametrize(
    ("modules", "why"),
    [
        (("no_such_module",), "ModuleNotFoundError: No module named 'no_such_module'"),
        (("antigravity.nothing",), "No module named 'antigravity.nothing'"),
    ],
)
def test_an_import_that_fails_says_what_python_said(tmp_path: Path, modules: tuple[str, ...], why: str) -> None:
    app = app_in(tmp_path, "".join(f"import {each}\n" for each in modules))
    script = import_script(app, {each.partition(".")[0] for each in modules})
    with pytest.raises(NotImported, match=why):
        imported_in_s((sys.executable, "-c", script), environment={"BROWSER": "true"}, folder=tmp_path)


def test_an_import_that_works_takes_some_time(tmp_path: Path) -> None:
    script = import_script(app_in(tmp_path, "import json\n"), {"json"})
    assert imported_in_s((sys.executable, "-c", script), environment=None, folder=tmp_path) > 0


def test_what_a_framework_is_probed_by_is_not_what_its_app_imports(tmp_path: Path) -> None:
    """Of Django's site with batteries a module can be imported only once settings are configured."""
    app = app_in(tmp_path, "import json\n")
    (tmp_path / "bare_site.py").write_text("import json.tool\n")
    (tmp_path / "batteries").mkdir()
    (tmp_path / "batteries" / "models.py").write_text("import json.no_such_module\n")
    (usual,) = app.manifest.variants.values()
    sites = {
        "bare_site": usual.model_copy(update={"command": ("gunicorn", "bare_site:app")}),
        "batteries_site": usual.model_copy(update={"command": ("python", "batteries")}),
    }
    app = app.model_copy(update={"manifest": app.manifest.model_copy(update=sites)})
    assert "import json;" in import_script(app, {"json"})
