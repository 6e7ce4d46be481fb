"""Folders that are needed for a while and must not stay, whatever becomes of the harness."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.runtime.ledger import Ledger
from harness.writing import told


@contextmanager
def passing_folder(state_folder: Path, kind: str) -> Iterator[Path]:
    """A new folder below `state_folder/kind`, removed after the block or, if the harness is killed, by a next start.

    Raises:
        WriteError: Nothing can be written there.
    """
    state_folder = state_folder.resolve()
    folder = state_folder / kind / uuid.uuid4().hex
    with Ledger(state_folder) as ledger:
        ledger.record_folder(folder)
        try:
            with told(folder):
                folder.mkdir(parents=True)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
