"""What frameworks do by themselves with forged forms, on their bare sites; and sites that prove nothing."""

from pathlib import Path

import pytest

from harness.catalog.discover import discover
from harness.host.cpus import layout_here
from harness.measure.security_probes import probe_bare_site
from harness.model.app import App
from harness.model.security_probe import SecurityProbeResult
from harness.runtime.local.runtime import ProcessRuntime

APPS = {app.name: app for app in discover((Path(__file__).parents[3] / "apps",))}
REFUSES = {"django": True, "flask": False, "bottle": False, "fastapi": False, "sanic": False, "pyramid": False,
           "tornado": False}  # fmt: skip


@pytest.mark.parametrize("name", REFUSES)
def test_a_bare_site_takes_or_refuses_forged_forms(name: str, tmp_path: Path) -> None:
    result = probed(APPS[name], tmp_path)
    assert result.held is REFUSES[name], result.found


def test_a_site_that_takes_nothing_at_all_proves_nothing(tmp_path: Path) -> None:
    """The contract's own app has no form: that it makes no transfer is no protection."""
    flask = APPS["flask"]
    site = flask.manifest.bare_site
    assert site is not None
    without = flask.manifest.model_copy(
        update={"bare_site": site.model_copy(update={"command": flask.manifest.variants["default"].command})}
    )
    result = probed(flask.model_copy(update={"manifest": without}), tmp_path)
    assert result.held is None
    assert "404" in result.found


def probed(app: App, folder: Path) -> SecurityProbeResult:
    with ProcessRuntime(folder, layout_here()) as runtime:
        runtime.prepare([app], lambda _: None)
        result = probe_bare_site(app, runtime, 0, hash_seed=1)
    assert result is not None
    return result
