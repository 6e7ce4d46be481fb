"""An import that hangs is given up, and its container goes at once."""

import pytest

from harness.host import imports
from harness.host.imports import NotImported
from harness.model.app import App
from harness.runtime.docker import runtime as runtimes
from harness.runtime.docker.runtime import DockerRuntime
from tests.container.left import left_of


def test_no_container_stays(runtime: DockerRuntime, flask: App, monkeypatch: pytest.MonkeyPatch) -> None:
    assert runtime.import_s(flask) > 0
    monkeypatch.setattr(imports, "_TIMEOUT_S", 5.0)
    monkeypatch.setattr(runtimes, "import_script", lambda *_: "import time; time.sleep(600)")
    with pytest.raises(NotImported, match="not within 5 s"):
        runtime.import_s(flask)
    assert left_of(runtime._project.name) == []
