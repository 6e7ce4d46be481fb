"""Hosts that are odd in one way, made for one command out of what the kernel has for that: words to put before it."""

import os
import shlex
import shutil
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import pytest

PROJECT = Path(__file__).parents[1]
STRANGER = 54_321
"""A user id that /etc/passwd does not know."""

type Words = tuple[str, ...]


def lacking(reason: str) -> NoReturn:
    """This machine can't make the host: a failure under CI, where nothing may go untested."""
    if os.environ.get("CI"):
        pytest.fail(f"under CI this has to be tested, but {reason}")
    pytest.skip(reason)


def need_root(*programs: str) -> None:
    """Of a test that takes root, and these programs."""
    missing = [program for program in programs if shutil.which(program) is None]
    if os.geteuid() != 0 or missing:
        lacking(f"it takes root{' and ' if missing else ''}{', '.join(missing)}")


def with_mounts(*commands: Words) -> Words:
    """Where these were executed before, in a mount namespace that ends with the command."""
    need_root("unshare", "mount")
    script = " && ".join((*map(shlex.join, commands), 'exec "$@"'))
    return ("unshare", "--mount", "sh", "-c", script, "sh")


def with_one_user_id() -> Words:
    """Where the user is root, and nobody else can be."""
    need_root("unshare")
    return ("unshare", "--user", "--map-root-user")


def as_stranger(*limits: str) -> Words:
    """As a user without a name, who can reach the project and the interpreter; limits as prlimit(1) takes them."""
    need_root("unshare", "mount", "setpriv", "prlimit")
    return (
        *with_mounts(*_opened((PROJECT, Path(sys.prefix), Path(sys.base_prefix)))),
        *("setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups"),
        *("prlimit", *limits),
    )


def _opened(needed: Iterable[Path]) -> list[Words]:
    """Commands that have every user reach these folders, whatever lies above them."""
    kept: list[Words] = [("mount", "-t", "tmpfs", "tmpfs", "/mnt")]
    opened: dict[Path, Words] = {}
    back: list[Words] = []
    for number, path in enumerate(sorted({path.resolve() for path in needed})):
        closed = [part for part in reversed(path.parents) if not part.stat().st_mode & stat.S_IXOTH]
        if closed:
            kept += [("mkdir", f"/mnt/{number}"), ("mount", "--rbind", str(path), f"/mnt/{number}")]
            opened[closed[0]] = ("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(closed[0]))
            back += [("mkdir", "-p", str(path)), ("mount", "--rbind", f"/mnt/{number}", str(path))]
    return [*kept, *opened.values(), *back]
