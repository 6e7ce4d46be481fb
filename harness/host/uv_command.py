"""Runs uv, which comes with the harness's own packages, and tells what it said."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import uv

from harness.host import variables

_ADVICE: Final = re.compile(r"^(?P<begin>(?:#\d+ [\d.]+ )?[ \t]*(?:hint|help): )(?P<said>.*)$", re.MULTILINE)
"""A line of uv's advice; those of an image's build have a number before them."""
_TO_TYPE: Final = re.compile(r"`(?:--|uv )")
"""An option or a command of uv's, which nobody has typed: what helps here is told by whoever asked uv."""
_TRY: Final = re.compile(r" \(try: `[^`]*`\)")
_SENTENCES: Final = re.compile(r"(?<=\.) (?=[A-Z])")


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
    """What uv said, its error and hint marked as its own, and without what it advises to type."""
    told = re.sub(r"\n{3,}", "\n\n", _ADVICE.sub(_without_commands, said)).strip()
    return re.sub(r"(?m)^(error|hint): ", r"uv's \1: ", told)


def _without_commands(advice: re.Match[str]) -> str:
    sentences = _SENTENCES.split(_TRY.sub("", advice["said"]))
    kept = " ".join(each for each in sentences if not _TO_TYPE.search(each))
    return f"{advice['begin']}{kept}" if kept else ""
