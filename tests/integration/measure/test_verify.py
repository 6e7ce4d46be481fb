"""The shipped apps keep the contract: every check, on a real server and a real PostgreSQL."""

from pathlib import Path

import pytest

from harness.catalog.discover import discover
from harness.host.cpus import layout_here
from harness.measure.progress import Silent
from harness.measure.verify import verify
from harness.model.app import CONTROLLED, App
from harness.runtime.local.runtime import ProcessRuntime

pytestmark = pytest.mark.usefixtures("small_crowds")

APPS = discover((Path(__file__).parents[3] / "apps",))


@pytest.mark.parametrize("app", APPS, ids=[app.name for app in APPS])
def test_a_shipped_app_keeps_the_contract(app: App, tmp_path: Path) -> None:
    with ProcessRuntime(tmp_path, layout_here()) as runtime:
        runtime.prepare([app], lambda _: None)
        (verdict,) = verify([app], (CONTROLLED,), runtime, Silent())
    assert verdict.fault is None
    assert verdict.report is not None
    assert verdict.report.failures == ()
    assert verdict.conforms
