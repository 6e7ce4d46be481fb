"""A framework's own server is measured beside the shared one, whatever interface is between them."""

from pathlib import Path

import pytest

from harness.catalog.discover import discover
from harness.model.app import App, Interface
from harness.model.cell import Workload
from harness.model.plan import ProfileName
from tests.unit.plan.test_build import built


@pytest.fixture(scope="module")
def flask() -> App:
    (found,) = (app for app in discover((Path(__file__).parents[3] / "apps",)) if app.name == "flask")
    return found


def deployed(app: App, **changes: object) -> App:
    """The app with other words on its variant `default`, which shares its interface with `controlled`."""
    variants = dict(app.manifest.variants)
    variants["default"] = variants["default"].model_copy(update=changes)
    return app.model_copy(update={"manifest": app.manifest.model_copy(update={"variants": variants})})


@pytest.mark.parametrize(
    ("interface", "own_server", "measured"),
    [
        (Interface.WSGI, True, {"controlled", "default"}),
        (Interface.ASGI, True, {"controlled", "default"}),
        (Interface.NATIVE, True, {"controlled", "default"}),
        (Interface.NATIVE, False, {"controlled"}),
        (Interface.WSGI, False, {"controlled"}),
    ],
)
def test_the_default_plan_goes_by_whose_server_it_is(
    flask: App,
    *,
    interface: Interface,
    own_server: bool,
    measured: set[str],
) -> None:
    app = deployed(flask, interface=interface, own_server=own_server)
    assert {subject.variant for subject in built((app,)).subjects} == measured
    like_for_like = built((app,), profile=ProfileName.FULL, workloads=(Workload.ROUTES,)).cells
    assert {cell.subject.variant for cell in like_for_like} == measured
