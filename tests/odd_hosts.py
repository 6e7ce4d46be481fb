"""Hosts that are odd in one way, made for one command out of what the kernel has for that: words to put before it."""

import os
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import pytest

from tests.waiting import eventually

PROJECT = Path(__file__).parents[1]
GROUPS = Path("/sys/fs/cgroup")
STRANGER = 1_000_000 + os.getpid()
"""A user id that /etc/passwd does not know: of this process, for a user's processes are counted wherever they run."""

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


def with_own_network() -> Words:
    """Where nobody else's rules for packets hold: a container engine has some, which come and go with it.

    Whoever can't have that (it takes root) can have no engine come and go either, and does without.
    """
    words = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
    made = subprocess.run((*words, "true"), capture_output=True, check=False)
    return () if made.returncode else words


def with_one_user_id() -> Words:
    """Where the user is root, and nobody else can be."""
    need_root("unshare")
    return ("unshare", "--user", "--map-root-user")


def without_real_time() -> Words:
    """Where nobody may run before everything else on a CPU: root in a user namespace is root of no CPU's schedule."""
    need_root("prlimit")
    return (*with_one_user_id(), "prlimit", "--rtprio=0")


def as_stranger(*limits: str) -> Words:
    """As a user without a name, who can reach the project and the interpreter; limits as prlimit(1) takes them."""
    need_root("unshare", "mount", "setpriv", "prlimit")
    return (
        *with_mounts(*_opened((PROJECT, Path(sys.prefix), Path(sys.base_prefix)))),
        *("setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups"),
        *("prlimit", *limits),
    )


@contextmanager
def standing(words: Words) -> Iterator[int]:
    """A process that stands on the host which these words make, as long as that is needed (`tests.warm`)."""
    stand = (*words, "sh", "-c", "echo it stands; read end")
    with subprocess.Popen(stand, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdin
        assert holder.stdout
        try:
            assert holder.stdout.readline(), "the host was not made"
            yield holder.pid
        finally:
            holder.stdin.close()


def seen_from(holder: int, path: Path) -> Path:
    """The place of a path on the host that this process stands on."""
    return Path(f"/proc/{holder}/root{path}")


@contextmanager
def folder_for_all() -> Iterator[Path]:
    """A folder that every user may reach and write to, unlike those that pytest makes."""
    with tempfile.TemporaryDirectory(prefix="bench-test-", dir="/tmp") as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@contextmanager
def in_control_group(*, memory_mib: int | None = None, pids: int | None = None) -> Iterator[Words]:
    """In a control group with these limits, of whichever version this machine has; it goes afterwards."""
    need_root()
    name = f"bench-test-{uuid4().hex[:12]}"
    one_tree = (GROUPS / "cgroup.controllers").is_file()
    memory = ("memory.max", "memory.swap.max") if one_tree else ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")
    wanted: dict[str, dict[str, int]] = {}
    if memory_mib is not None:
        limit = memory_mib << 20
        wanted["memory"] = dict(zip(memory, (limit, 0 if one_tree else limit), strict=True))
    if pids is not None:
        wanted["pids"] = {"pids.max": pids}
    folders = {controller: (GROUPS if one_tree else GROUPS / controller) / name for controller in wanted}
    try:
        try:
            for controller, folder in folders.items():
                folder.mkdir(exist_ok=True)
                if one_tree:
                    (GROUPS / "cgroup.subtree_control").write_text(f"+{controller}")
                for file, limit in wanted[controller].items():
                    if (folder / file).exists():  # a kernel without swap has none for it
                        (folder / file).write_text(str(limit))
        except OSError as error:
            lacking(f"no control group can be made here: {error}")
        enter = " && ".join(f"echo $$ >{shlex.quote(str(folder / 'cgroup.procs'))}" for folder in {*folders.values()})
        yield ("sh", "-c", f'{enter} && exec "$@"', "sh")
    finally:
        for folder in {*folders.values()}:
            if folder.is_dir():
                eventually(lambda folder=folder: _removed(folder), f"{folder} can be removed")


def _removed(folder: Path) -> bool:
    """Whether nothing runs in it any more."""
    try:
        folder.rmdir()
    except OSError:
        return False
    return True


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
