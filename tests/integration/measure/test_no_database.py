"""A database that does not start is no app's fault."""

from pathlib import Path

import pytest

from harness.host.cpus import layout_here
from harness.measure.progress import Silent
from harness.measure.verify import verify
from harness.model.app import App, Endpoint, Family, Interface, Manifest, Variant
from harness.model.errors import RuntimeFault
from harness.runtime.database.embedded import SETTINGS
from harness.runtime.local.runtime import ProcessRuntime


@pytest.mark.fault(
    where="database",
    what="PostgreSQL does not start for `bench verify`",
    happens="It is told as such, and no app is said to have failed.",
    lost="The checks",
    exit_code=4,
)
def test_no_app_fails_its_checks_for_want_of_a_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(SETTINGS, "shared_buffers", "never")
    variant = Variant(server="any", interface=Interface.NATIVE, command=("python", "any.py"), why="for a test")
    manifest = Manifest(title="Any", family=Family.BASELINE, endpoints=(Endpoint.DB,), variants={"default": variant})
    app = App(name="any", folder=tmp_path, manifest=manifest, python=">=3.13")
    with ProcessRuntime(tmp_path, layout_here()) as runtime, pytest.raises(RuntimeFault, match="PostgreSQL"):
        list(verify([app], (), runtime, Silent()))
