"""Commands that ask where servers would run are told it, whether or not a container engine answers."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module", autouse=True)
def as_processes() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BENCH_RUNTIME", "process")
        yield


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample run as the newest in a folder of the test's."""
    folder = tmp_path / "reports" / "sample"
    shutil.copytree(ROOT / "reports" / "sample", folder)
    monkeypatch.chdir(tmp_path)
    return folder
