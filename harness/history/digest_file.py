"""The digest in a run's folder as a file: whether it is newer than the run. Told without what reads it."""

from contextlib import suppress
from pathlib import Path
from typing import Final

from harness.results.run_folders import CLAIMS_FILE, HEADER_FILE, RECORDS_FILE

DIGEST_FILE: Final = "digest.json"


def newer_digest(folder: Path) -> bytes | None:
    """What stands in the digest, where it is newer than all that it was made of; None also where there is none."""
    file = folder / DIGEST_FILE
    with suppress(OSError):
        made = file.stat().st_mtime_ns
        asked = [CLAIMS_FILE] if (folder / CLAIMS_FILE).is_file() else []
        changed = max((folder / name).stat().st_mtime_ns for name in (HEADER_FILE, RECORDS_FILE, *asked))
        if made >= changed:
            return file.read_bytes()
    return None
