"""Commands that ask where servers would run are told it, whether or not a container engine answers."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def as_processes() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BENCH_RUNTIME", "process")
        yield
