from collections.abc import Iterator

import pytest

from tests import copied_cluster


@pytest.fixture(scope="module")
def small_crowds() -> Iterator[None]:
    """64 clients at once ask for half a second in place of two, which keep both CPUs busy.

    For tests that run all checks of the contract and want none to fail for this: each client still asks many times.
    Those of wrong apps take their full time, and so does `bench verify` where a test starts it as a process of its own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harness.contract.conformance.concurrency._DURATION_S", 0.5)
        yield


@pytest.fixture(scope="session")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> object:
    """What makes the data directories of databases for tests that are about something else."""
    return copied_cluster.copying(tmp_path_factory.mktemp("clusters"))


@pytest.fixture
def copied_clusters(clusters: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Databases are copied, as those of a warm `bench` are."""
    monkeypatch.setattr("harness.runtime.database.embedded._make_cluster", clusters)
