"""The digest in a run's folder, for whoever needs no more of the run: reading it takes neither records nor analysis."""

from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from harness.claims.asked import CLAIMS_FILE
from harness.model.history import RunDigest
from harness.results.run_folders import HEADER_FILE, RECORDS_FILE

DIGEST_FILE: Final = "digest.json"


def kept_digest(folder: Path) -> RunDigest | None:
    """The digest in the folder, where it is newer than the run and of this version."""
    file = folder / DIGEST_FILE
    with suppress(OSError, ValidationError):
        made = file.stat().st_mtime_ns
        asked = [CLAIMS_FILE] if (folder / CLAIMS_FILE).is_file() else []
        changed = max((folder / name).stat().st_mtime_ns for name in (HEADER_FILE, RECORDS_FILE, *asked))
        if made < changed:
            return None
        digest = RunDigest.model_validate_json(file.read_bytes())
        of_today = digest.harness_version == own_version() and "app_names" in digest.model_fields_set
        if of_today and digest.summary.name == folder.name:
            return digest
    return None


@cache
def own_version() -> str:
    """The version of this program, with which a digest is made."""
    return version("framework-referee")
