"""What a server's log says of a module that its environment lacks."""

import re
from pathlib import Path
from typing import Final

from harness.catalog.stale_lock import command_to_lock

_MISSING: Final = re.compile(r"ModuleNotFoundError: No module named '([^']+)'")


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
