"""What frameworks do by themselves on the sites that are made to be probed; and sites that prove nothing."""

from pathlib import Path

import pytest

from harness.catalog.discover import discover
from harness.host.cpus import layout_here
from harness.measure.framework_probes import probe_sites_of
from harness.model.app import App
from harness.model.framework_probe import FrameworkProbe
from harness.runtime.local.runtime import ProcessRuntime

APPS = {app.name: app for app in discover((Path(__file__).parents[3] / "apps",))}
YES, NO, NONE = "yes", "no", "not offered"
"""The framework does as claimed, it does not, or has nothing of the kind."""

FOUND = {
    FrameworkProbe.CSRF: {
        "django": YES, "flask": NO, "bottle": NO, "fastapi": NO, "sanic": NO, "pyramid": NO, "tornado": NO,
    },
    FrameworkProbe.INPUT_REFUSED: {
        "django": YES, "flask": NO, "bottle": NO, "fastapi": YES, "sanic": NONE, "pyramid": NONE, "tornado": NO,
    },
    FrameworkProbe.INPUT_ANSWERED_4XX: {
        "django": NO, "flask": NO, "bottle": NO, "fastapi": YES, "sanic": NONE, "pyramid": NONE, "tornado": NO,
    },
    FrameworkProbe.TEMPLATES: {
        "django": YES, "flask": YES, "bottle": YES, "fastapi": NONE, "sanic": NONE, "pyramid": NONE, "tornado": YES,
    },
    FrameworkProbe.SESSIONS: {
        "django": YES, "flask": YES, "bottle": NONE, "fastapi": NONE, "sanic": NONE, "pyramid": YES, "tornado": NONE,
    },
    FrameworkProbe.FORMS: {
        "django": YES, "flask": NONE, "bottle": NONE, "fastapi": NONE, "sanic": NONE, "pyramid": NONE, "tornado": NONE,
    },
    FrameworkProbe.ORM: {
        "django": YES, "flask": NONE, "bottle": NONE, "fastapi": NONE, "sanic": NONE, "pyramid": NONE, "tornado": NONE,
    },
    FrameworkProbe.MIGRATIONS: {
        "django": YES, "flask": NONE, "bottle": NONE, "fastapi": NONE, "sanic": NONE, "pyramid": NONE, "tornado": NONE,
    },
    FrameworkProbe.ADMIN: {
        "django": YES, "flask": NONE, "bottle": NONE, "fastapi": NONE, "sanic": NONE, "pyramid": NONE, "tornado": NONE,
    },
    FrameworkProbe.AUTHENTICATION: {
        "django": YES, "flask": NO, "bottle": NONE, "fastapi": NONE, "sanic": NONE, "pyramid": NONE, "tornado": NO,
    },
    FrameworkProbe.SESSION_UNREADABLE: {
        "django": YES, "flask": NO, "bottle": NO, "fastapi": NONE, "sanic": NONE, "pyramid": NO, "tornado": NO,
    },
    FrameworkProbe.SESSION_UNCHANGEABLE: {
        "django": YES, "flask": YES, "bottle": YES, "fastapi": NONE, "sanic": NONE, "pyramid": YES, "tornado": YES,
    },
    FrameworkProbe.SESSION_ENCRYPTED: {
        "django": NO, "flask": NO, "bottle": NO, "fastapi": NONE, "sanic": NONE, "pyramid": NO, "tornado": NO,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", ["django", "flask", "bottle", "fastapi", "sanic", "pyramid", "tornado"])
def test_a_framework_does_by_itself_what_was_found_of_it(name: str, tmp_path: Path) -> None:
    results = probed(APPS[name], tmp_path)
    assert results == {probe: expected[name] for probe, expected in FOUND.items()}


def test_a_site_that_takes_nothing_at_all_proves_nothing(tmp_path: Path) -> None:
    """The contract's own app has no form: that it makes no transfer is no protection."""
    flask = APPS["flask"]
    site = flask.manifest.bare_site
    assert site is not None
    command = flask.manifest.variants["default"].command
    update = {"bare_site": site.model_copy(update={"command": command}), "batteries_site": None}
    without = flask.manifest.model_copy(update=update)
    results = probed(flask.model_copy(update={"manifest": without}), tmp_path)
    assert "404" in results.pop(FrameworkProbe.CSRF)
    assert not results


def probed(app: App, folder: Path) -> dict[FrameworkProbe, str]:
    """In a word, or, where it could not be tried, why not."""
    with ProcessRuntime(folder, layout_here()) as runtime:
        runtime.prepare([app], lambda _: None)
        results = list(probe_sites_of(app, runtime, 0, hash_seed=1))
    words = {True: YES, False: NO}
    return {
        each.probe: each.found if each.held is None else words[each.held] if each.offered else NONE for each in results
    }
