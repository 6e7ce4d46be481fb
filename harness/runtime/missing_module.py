"""What a server's log says of the error that it ended by, as of a module that its environment lacks."""

import re
from pathlib import Path
from typing import Final

from harness.catalog.stale_lock import command_to_lock

_MISSING: Final = re.compile(r"ModuleNotFoundError: No module named '([^']+)'")


_BEGINS: Final = "Traceback (most recent call last):"
_RAISED: Final = re.compile(r"^(?:\w+\.)*\w+(?:Error|Exception)(?:: .*)?$", re.MULTILINE)
"""How the last line of a traceback looks whose beginning is not there."""


def raised_last(log: str) -> str | None:
    """The error that a server ended by, which is the last line of its last traceback; None where the log has none."""
    _, begins, traced = log.rpartition(_BEGINS)
    if not begins:
        found = _RAISED.findall(log)
        return found[-1] if found else None
    return next((line for line in traced.splitlines() if line.strip() and not line[0].isspace()), None)


def remedy_for_missing_module(log: str, folder: Path) -> str | None:
    """What to do about the last one that was missed by an app in that folder; None where the log tells of none."""
    found = _MISSING.findall(log)
    if not found:
        return None
    name = found[-1]
    return (
        f"the app's environment has no module '{name}': if it is a distribution's, add that to `dependencies` in the "
        f"app's pyproject.toml, and run `{command_to_lock(folder)}`"
    )
