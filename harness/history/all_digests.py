"""The digests of all runs under a folder. Only where one is missing, a run is read, and what judges it imported."""

from pathlib import Path

from harness.history.kept_digest import kept_digest
from harness.model.errors import RunFolderError
from harness.model.history import RunDigest, UnreadRun
from harness.results.run_folders import copies_among, run_folders


def read_digests(root: Path) -> tuple[list[RunDigest], list[UnreadRun]]:
    """The digests of all runs under `root`, oldest first, and the folders that are left out.

    Where a run has none, or one that is older than the run, it is made, and kept if that can be.
    """
    kept = {folder: kept_digest(folder) for folder in run_folders(root)}
    copies = copies_among(
        {folder: digest.summary.run_id if digest else _run_id_of(folder) for folder, digest in kept.items()}
    )
    unread = [UnreadRun(name=copy.name, reason=f"a copy of {folder.name}") for copy, folder in copies.items()]
    digests: list[RunDigest] = []
    for folder, digest in kept.items():
        if folder not in copies:
            found = digest or _made(folder)
            if isinstance(found, UnreadRun):
                unread.append(found)
            else:
                digests.append(found)
    return sorted(digests, key=lambda each: each.summary.started_at), unread


def _run_id_of(folder: Path) -> str:
    from harness.results.folder import run_id_of  # noqa: PLC0415 - what reads a run takes long to import

    return run_id_of(folder)


def _made(folder: Path) -> RunDigest | UnreadRun:
    # What reads claims takes long to import, and what judges a run longer still.
    from harness.claims.read import ClaimsError  # noqa: PLC0415
    from harness.history.digest import read_digest  # noqa: PLC0415

    try:
        return read_digest(folder)
    except (RunFolderError, ClaimsError) as error:
        return UnreadRun(name=folder.name, reason=error.what)
