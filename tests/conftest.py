"""How many examples a property test tries.

By hand: `HYPOTHESIS_PROFILE=thorough .venv/bin/pytest --timeout=0 tests/unit`.
"""

import os
from typing import Final

from hypothesis import HealthCheck, settings

QUICK: Final = "quick"

# The same examples each time: what fails on a CI machine fails at the desk too. No deadline: hosts are slow.
settings.register_profile(QUICK, max_examples=200, deadline=None, derandomize=True)
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
