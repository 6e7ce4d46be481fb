"""How many examples a property test tries, and which tests go side by side.

More examples, by hand: `HYPOTHESIS_PROFILE=thorough .venv/bin/pytest --timeout=0 tests/unit`.
"""

import os
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

QUICK: Final = "quick"
_CONTAINERS: Final = Path(__file__).parent / "container"

# The same examples each time: what fails on a CI machine fails at the desk too. No deadline: hosts are slow.
settings.register_profile(
    QUICK, max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
# By hand: other examples each time. What fails is kept in .hypothesis/ and tried first in the next run.
settings.register_profile(
    "thorough",
    max_examples=10_000,
    deadline=None,
    derandomize=False,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", QUICK))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Under `--dist loadgroup` a group stays in one process, and groups run beside each other.

    Tests of a file share what they have started; those with containers share an engine, which one of them restarts.
    """
    for item in items:
        group = "containers" if item.path.is_relative_to(_CONTAINERS) else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
