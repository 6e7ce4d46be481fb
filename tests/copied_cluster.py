"""The embedded PostgreSQL's data directory: made by `initdb` once for all commands of a warm `bench`, then copied.

What making one can meet (no room, no such user, odd paths) is for the tests that start a database for themselves.
"""

import os
import subprocess
from pathlib import Path

from harness.runtime.database import embedded
from harness.runtime.database.postgres_user import PostgresUser


def share(folder: Path) -> None:
    """Have databases copied from one in this folder, which the first of them leaves there."""
    make = embedded._make_cluster
    kept = folder / "data"

    def copy(programs: Path, data: Path, user: PostgresUser, *, marker: dict[str, str]) -> None:
        if kept.exists():
            _copy(kept, data)
        else:
            make(programs, data, user, marker=marker)
            _copy(data, folder / str(os.getpid()))
            (folder / str(os.getpid())).rename(kept)

    embedded._make_cluster = copy


def _copy(data: Path, to: Path) -> None:
    subprocess.run(("cp", "--archive", "--no-target-directory", data, to), check=True)
