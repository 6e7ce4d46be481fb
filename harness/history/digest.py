"""What the list of runs needs of each, kept in its folder so that a new run does not analyse all old ones again."""

from collections import Counter
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from harness.claims.evaluate import evaluate
from harness.claims.read import ARTICLE, read_claims
from harness.comparison.summarise import summarise
from harness.model.claim import ClaimFindings
from harness.model.errors import RunFolderError
from harness.model.history import RunDigest, UnreadRun
from harness.results.folder import find_copies, find_runs, read_run
from harness.results.records import HEADER_FILE, RECORDS_FILE, RecordedRun
from harness.writing import WriteError, replace_files

DIGEST_FILE: Final = "digest.json"
_DISTRIBUTION: Final = "framework-referee"


def make_digest(recorded: RecordedRun, name: str, claims: ClaimFindings | None = None) -> RunDigest:
    """A run's digest; `claims` saves evaluating them once more."""
    claims = claims or evaluate(read_claims(ARTICLE), recorded)
    summary = summarise(recorded, name)
    return RunDigest(
        summary=summary,
        finished=recorded.run.finished_at is not None,
        rounds_planned=recorded.run.plan.timing.rounds,
        cells=len(summary.cells),
        cells_valid=sum(not cell.reasons for cell in summary.cells),
        verdicts=dict(Counter(each.verdict for each in claims.claims)),
        two_revisions=recorded.run.plan.has_revisions,
        harness_version=version(_DISTRIBUTION),
    )


def encode_digest(digest: RunDigest) -> bytes:
    """What stands in `DIGEST_FILE`."""
    return digest.model_dump_json().encode()


def read_digests(root: Path) -> tuple[list[RunDigest], list[UnreadRun]]:
    """The digests of all runs under `root`, oldest first, and the folders that are left out."""
    digests: list[RunDigest] = []
    unread = [
        UnreadRun(name=copy.name, reason=f"a copy of {folder.name}") for copy, folder in find_copies(root).items()
    ]
    for folder in find_runs(root):
        try:
            digests.append(read_digest(folder))
        except RunFolderError as error:
            unread.append(UnreadRun(name=folder.name, reason=error.what))
    return sorted(digests, key=lambda each: each.summary.started_at), unread


def read_digest(folder: Path) -> RunDigest:
    """The digest of one run: the one in its folder, or a new one.

    Raises:
        RunFolderError: The folder is no readable run.
    """
    return _kept(folder) or _made(folder)


def _kept(folder: Path) -> RunDigest | None:
    """The digest in the folder, where it is newer than the run and of this version."""
    file = folder / DIGEST_FILE
    with suppress(OSError, ValidationError):
        made = file.stat().st_mtime_ns
        changed = max((folder / name).stat().st_mtime_ns for name in (HEADER_FILE, RECORDS_FILE))
        digest = RunDigest.model_validate_json(file.read_bytes())
        if made >= changed and digest.harness_version == version(_DISTRIBUTION) and digest.summary.name == folder.name:
            return digest
    return None


def _made(folder: Path) -> RunDigest:
    digest = make_digest(read_run(folder), folder.name)
    with suppress(WriteError):  # It is made anew each time, then.
        replace_files({folder / DIGEST_FILE: encode_digest(digest)})
    return digest
