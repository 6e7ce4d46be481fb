"""The digest in a run's folder, for whoever needs no more of the run: reading it takes neither records nor analysis."""

from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pydantic import ValidationError

from harness.history.digest_file import newer_digest
from harness.model.history import RunDigest


def kept_digest(folder: Path) -> RunDigest | None:
    """The digest in the folder, where it is newer than the run and of this version."""
    content = newer_digest(folder)
    if content is None:
        return None
    with suppress(ValidationError):
        digest = RunDigest.model_validate_json(content)
        cells = digest.summary.cells  # Those of an earlier day lack what may keep a cell apart.
        of_today = digest.harness_version == own_version() and "app_names" in digest.model_fields_set
        of_today = of_today and all({"unmeasured", "bound"} <= cell.model_fields_set for cell in cells[:1])
        if of_today and digest.summary.name == folder.name:
            return digest
    return None


@cache
def own_version() -> str:
    """The version of this program, with which a digest is made."""
    return version("framework-referee")
