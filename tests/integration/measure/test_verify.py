"""The shipped apps keep the contract: every check, on a real server and a real PostgreSQL."""

from pathlib import Path

import pytest

from harness.catalog.discover import discover
from harness.host.cpus import layout_here
from harness.measure.verify import subjects_of, verify
from harness.model.app import CONTROLLED, App
from harness.runtime.local.runtime import ProcessRuntime
from tests.troubles import Troubles

pytestmark = pytest.mark.usefixtures("small_crowds", "copied_clusters")

APPS = {app.name: app for app in discover((Path(__file__).parents[3] / "apps",))}
OTHER_CODE = (("django", "asgi"), ("django", "sql"), ("flask", "sqlalchemy"))
"""Variants whose views are not those of `controlled`. Others run the same code on another server."""


def see_that_it_keeps_the_contract(app: App, variant: str, folder: Path) -> None:
    with ProcessRuntime(folder, layout_here()) as runtime:
        runtime.prepare([app], lambda _: None, [subject for _, subject in subjects_of([app], (variant,))])
        (verdict,) = verify([app], (variant,), runtime, progress := Troubles())
    assert verdict.fault is None
    assert verdict.report is not None
    assert verdict.report.failures == ()
    assert verdict.conforms
    assert not [each for each in progress.told if "for each request" in each]


@pytest.mark.parametrize("name", APPS)
def test_a_shipped_app_keeps_the_contract(name: str, tmp_path: Path) -> None:
    see_that_it_keeps_the_contract(APPS[name], CONTROLLED, tmp_path)


@pytest.mark.parametrize(("name", "variant"), OTHER_CODE)
def test_so_does_a_variant_that_has_views_of_its_own(name: str, variant: str, tmp_path: Path) -> None:
    see_that_it_keeps_the_contract(APPS[name], variant, tmp_path)
