"""How many examples a property test tries, and which tests go side by side.

While one works, fewer examples: `make unit`. More, by hand: `HYPOTHESIS_PROFILE=thorough .venv/bin/pytest --timeout=0
tests/unit`.
"""

import os
import signal
import sys
from typing import Final, override

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from harness.host.git import environment

QUICK: Final = "quick"
_ONE_OF_EACH: Final = {"tests/container/": "engine", "tests/browser/": "browser"}
"""Whose tests share what costs much to start: a container engine, which one of them restarts, or a browser."""
_EACH_BY_ITSELF: Final = tuple(
    f"tests/integration/{file}.py"
    for file in ("measure/test_verify", "cli/test_ci", "cli/test_ab_differences", "measure/test_guests", "cli/test_new")
)
"""Files whose tests last a minute or more in all and share nothing: each goes to whoever has nothing to do."""

# Tests make repositories. From a hook, variables of git's would lead them into that of the developer.
for misleading in os.environ.keys() - environment().keys():
    del os.environ[misleading]

# Tests start hundreds of processes. Each would compile what it imports where compiled bytecode may not be kept.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Tests interrupt what they start. Who starts them in the background may have SIGINT ignored, which is inherited.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples each time: what fails on a CI machine fails at the desk too. No deadline: hosts are slow.
for name, examples in ((QUICK, 200), ("brief", 40)):
    settings.register_profile(
        name, max_examples=examples, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
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


def _shared_out(nodeid: str) -> bool:
    return nodeid.startswith(_EACH_BY_ITSELF)


class SideBySide(LoadFileScheduling):
    """Tests of a file share what they have started, and so do those of some folders; those of others share nothing."""

    @override
    def _split_scope(self, nodeid: str) -> str:
        if _shared_out(nodeid):
            return nodeid
        file = nodeid.partition("::")[0]
        return next((scope for folder, scope in _ONE_OF_EACH.items() if file.startswith(folder)), file)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What lasts long begins early, so that nobody is left alone with it at the end."""
    together = tuple(_ONE_OF_EACH)
    items.sort(key=lambda item: (not item.nodeid.startswith(together), not _shared_out(item.nodeid)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> SideBySide:
    """With `--numprocesses`, what belongs together stays in one process."""
    return SideBySide(config, log)
