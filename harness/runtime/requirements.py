"""Has a project require more than it does: its lock keeps the pins that it has, as far as the new ones allow it."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import uv

from harness.host import variables
from harness.runtime.environment import INSTALL_TIMEOUT_S, python


class NotResolved(Exception):  # noqa: N818 - what it says, not an error's name
    """No versions fit together; it holds what uv said."""


def require(folder: Path, requirements: Sequence[str]) -> None:
    """Add the requirements to the project in this folder, and to its lock; nothing is installed.

    Raises:
        NotResolved: uv finds no versions that fit.
    """
    try:
        done = subprocess.run(
            [
                *(uv.find_uv_bin(), "add", "--no-sync", "--no-progress", "--project", str(folder)),
                *("--python", str(python()), "--", *requirements),
            ],
            env=variables.installer(),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=INSTALL_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        raise NotResolved(f"uv did not end within {INSTALL_TIMEOUT_S:g} s") from None
    if done.returncode:
        raise NotResolved(re.sub(r"(?m)^(error|hint): ", r"uv's \1: ", done.stderr.strip()))
