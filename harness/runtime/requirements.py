"""Has a project require more than it does: its lock keeps the pins that it has, as far as the new ones allow it."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from harness.host.uv_command import run_uv, uv_words
from harness.runtime.environment import INSTALL_TIMEOUT_S, python

_OF_WHAT_WAS_ASKED: Final = ("No solution found", "Failed to parse: `")
"""In uv's words where its work came to an end."""
_NO_NETWORK: Final = "network was disabled"


class NotResolved(Exception):  # noqa: N818 - what it says, not an error's name
    """No versions fit together, or something is no requirement; it holds what uv said."""


class NotAdded(Exception):  # noqa: N818 - as above
    """What was required may fit: uv could not do its work (a network, a disk, a proxy); it holds what uv said."""


def require(folder: Path, requirements: Sequence[str]) -> None:
    """Add the requirements to the project in this folder, and to its lock; nothing is installed.

    Raises:
        NotResolved: uv finds no versions that fit, or can't read a requirement.
        NotAdded: uv can't do its work, whatever was required.
    """
    try:
        done = run_uv(
            *("add", "--no-sync", "--no-progress", "--project", str(folder)),
            *("--python", str(python()), "--", *requirements),
            timeout_s=INSTALL_TIMEOUT_S,
            cwd=folder,
        )
    except subprocess.TimeoutExpired:
        raise NotAdded(f"uv did not end within {INSTALL_TIMEOUT_S:g} s") from None
    if done.returncode:
        said = uv_words(done.stderr)
        answered = any(words in said for words in _OF_WHAT_WAS_ASKED) and _NO_NETWORK not in said
        raise (NotResolved if answered else NotAdded)(said)
