"""Runs a command as another user, where only one user id is to be had; a script of its own.

Whoever may not become another user may still be one by name: in a user namespace of its own (user_namespaces(7)),
where the id that it has outside is called otherwise.

    python user_namespace.py UID GID COMMAND...

Only the standard library is imported. Exits with 1 and a line of why where the kernel does not allow it.
"""

import os
import sys
from pathlib import Path


def main() -> None:
    """Become the user and execute the command."""
    uid, gid, *command = sys.argv[1:]
    outside = os.geteuid(), os.getegid()
    try:
        os.unshare(os.CLONE_NEWUSER)
        own = Path("/proc/self")
        # The kernel takes a map of groups only from who can't give a group up any more.
        (own / "setgroups").write_bytes(b"deny")
        (own / "uid_map").write_bytes(f"{uid} {outside[0]} 1".encode())
        (own / "gid_map").write_bytes(f"{gid} {outside[1]} 1".encode())
    except OSError as error:
        sys.exit(f"no user namespace can be made: {error}")
    os.execv(command[0], command)  # noqa: S606 - given by the harness, no shell


if __name__ == "__main__":
    main()
