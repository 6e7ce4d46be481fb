"""Which folders hold runs, and which of them count; told without what reads a run."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

HEADER_FILE: Final = "run.json"
RECORDS_FILE: Final = "windows.jsonl"
CLAIMS_FILE: Final = "claims.toml"
"""The claims that a run was asked for: a copy of the file as it was."""
CSV_FILE: Final = "data.csv"
PARQUET_FILE: Final = "data.parquet"

SHORT_ID_LENGTH: Final = 8
"""So much of a run's id stands in the name of its folder."""

_STAMPED: Final = re.compile(r"^\d{8}T\d{6}Z-")


def run_folders(root: Path) -> list[Path]:
    """All folders under `root` that have a run's header, copies too, oldest first. None of them is read."""
    if not root.is_dir():
        return []
    folders = [header.parent for header in root.glob(f"*/{HEADER_FILE}")]
    return sorted(folders, key=lambda folder: (bool(_STAMPED.match(folder.name)), folder.name))


def copies_among(run_ids: Mapping[Path, str]) -> dict[Path, Path]:
    """The folders that hold a run which another one counts for, each with that other one.

    Of several with the same run, the one that has the run's own name counts, or else the first. A folder whose run's id
    is empty can't be read, and is no copy.
    """
    holders: dict[str, list[Path]] = {}
    for folder, run_id in run_ids.items():
        if run_id:
            holders.setdefault(run_id, []).append(folder)
    found: dict[Path, Path] = {}
    for run_id, folders in holders.items():
        own_name = re.compile(rf"\d{{8}}T\d{{6}}Z-[a-z]+-{re.escape(run_id[:SHORT_ID_LENGTH])}")
        counts = next((folder for folder in folders if own_name.fullmatch(folder.name)), folders[0])
        found |= {folder: counts for folder in folders if folder != counts}
    return found
