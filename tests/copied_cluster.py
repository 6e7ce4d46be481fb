"""The embedded PostgreSQL's data directory: made by `initdb` once for all that start a database, then copied.

What making one can meet (no room, no such user, odd paths) is for the tests of that room (`tests/integration/runtime`),
and for those that start `bench` for themselves.
"""

import os
import subprocess
from contextlib import suppress
from pathlib import Path

from harness.runtime.database import embedded
from harness.runtime.database.postgres_user import PostgresUser


def copying(folder: Path) -> object:
    """What makes a data directory as a copy of one in this folder, which the first one leaves there."""
    make = embedded._make_cluster
    kept = folder / "data"

    def copy(programs: Path, data: Path, user: PostgresUser, *, marker: dict[str, str]) -> None:
        if kept.exists():
            _copy(kept, data)
            return
        make(programs, data, user, marker=marker)
        own = folder / str(os.getpid())
        _copy(data, own)
        with suppress(OSError):  # Somebody else was quicker.
            own.rename(kept)

    return copy


def _copy(data: Path, to: Path) -> None:
    subprocess.run(("cp", "--archive", "--no-target-directory", data, to), check=True)
