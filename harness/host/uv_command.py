"""Runs uv, which comes with the harness's own packages, and tells what it said."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import uv

from harness.host import variables


def run_uv(
    *arguments: str,
    timeout_s: float,
    cwd: Path | None = None,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> subprocess.CompletedProcess[str]:
    """Run it to its end, with an installer's variables and those of `environment`; what it exits with is no error here.

    Raises:
        subprocess.TimeoutExpired: It took longer than that, and was ended.
    """
    return subprocess.run(
        (uv.find_uv_bin(), *arguments),
        env={**variables.installer(), **environment},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout_s,
    )


def uv_words(said: str) -> str:
    """What uv said, its error and hint marked as its own."""
    return re.sub(r"(?m)^(error|hint): ", r"uv's \1: ", said.strip())
