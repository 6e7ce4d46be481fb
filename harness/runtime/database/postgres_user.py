"""As whom the embedded PostgreSQL runs. It refuses to be root, and its initdb wants a user that has a name."""

import os
import pwd
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from harness.model.base import Contract
from harness.model.errors import RuntimeFault
from harness.runtime.database import user_namespace

UNPRIVILEGED: Final = "nobody"
"""The user to be where the harness can't run PostgreSQL as itself; where there is none, the first that is not root."""

_NOTHING: Final = ("/bin/sh", "-c", ":")
_TRIAL_S: Final = 30.0


class PostgresUser(Contract):
    """How its programs are started."""

    uid: int | None = None
    """The user and the group to become; None for the harness's own."""
    gid: int | None = None
    called: tuple[int, int] | None = None
    """User and group to be by name only, in a user namespace."""

    def command(self, *words: str) -> tuple[str, ...]:
        """What starts this command, for who then changes the user if that is to be."""
        if self.called is None:
            return words
        return (sys.executable, "-I", "-S", user_namespace.__file__, *map(str, self.called), *words)

    def run(
        self, *words: str, folder: Path, environment: Mapping[str, str], timeout_s: float
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; raises OSError or subprocess.SubprocessError where it can't be."""
        return subprocess.run(
            self.command(*words),
            env=environment,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=timeout_s,
        )

    def take(self, folder: Path) -> None:
        """Give that user a folder and all that is in it; raises OSError where that is not allowed."""
        if self.uid is not None and self.gid is not None:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self.uid, self.gid, follow_symlinks=False)


def find_postgres_user() -> PostgresUser:
    """The harness's own user, or another that it may be.

    Raises RuntimeFault where it is root, or has no name, and may be nobody else.
    """
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return PostgresUser()
    reasons: list[str] = []
    for user in _others():
        reason = _what_hinders(user)
        if reason is None:
            return user
        reasons.append(reason)
    whose = "as root" if os.geteuid() == 0 else f"as user {os.geteuid()}, who has no entry in /etc/passwd"
    raise RuntimeFault(
        f"PostgreSQL does not run {whose}, and this host lets the harness be nobody else: {'; '.join(reasons)}",
        hint="run bench as an ordinary user that /etc/passwd knows, "
        "or name an empty database of a running PostgreSQL in BENCH_DATABASE_URL",
    )


def _others() -> list[PostgresUser]:
    entries = [entry for entry in pwd.getpwall() if entry.pw_uid != 0]
    entries.sort(key=lambda entry: entry.pw_name != UNPRIVILEGED)
    if not entries:
        return []
    uid, gid = entries[0].pw_uid, entries[0].pw_gid
    become = [PostgresUser(uid=uid, gid=gid)] if os.geteuid() == 0 else []
    return [*become, PostgresUser(called=(uid, gid))]


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _what_hinders(user: PostgresUser) -> str | None:
    """Why the harness may not be this user, by trying; None where it may."""
    try:
        tried = user.run(*_NOTHING, folder=Path("/"), environment={}, timeout_s=_TRIAL_S)
    except (OSError, subprocess.SubprocessError) as error:
        return f"it can't become user {user.uid}: {error}"
    return None if tried.returncode == 0 else tried.stderr.strip()
