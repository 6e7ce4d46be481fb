"""Guests keep the contract. Each costs an environment and a server, so some stand for all: see docs/guests.md."""

from pathlib import Path

import pytest

from harness.catalog.discover import find_app
from harness.host.cpus import layout_here
from harness.measure.verify import verify
from harness.model.app import CONTROLLED
from harness.runtime.local.runtime import ProcessRuntime
from tests.troubles import Troubles

pytestmark = pytest.mark.usefixtures("small_crowds", "copied_clusters")

APPS = Path(__file__).parents[3] / "apps"


@pytest.mark.parametrize("name", ["aiohttp", "drf", "litestar"])
def test_a_guest_keeps_the_contract(name: str, tmp_path: Path) -> None:
    app = find_app((APPS,), name)
    with ProcessRuntime(tmp_path, layout_here()) as runtime:
        runtime.prepare([app], lambda _: None)
        (verdict,) = verify([app], (CONTROLLED,), runtime, progress := Troubles())
    assert verdict.fault is None
    assert verdict.report is not None
    assert verdict.report.failures == ()
    assert verdict.conforms
    assert not [each for each in progress.told if "for each request" in each]
