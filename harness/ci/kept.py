"""What the data branch holds: a line for every run, a history of the complete ones, the newest reports.

| file | is |
|---|---|
| `runs.jsonl` | one `KeptRun` a line, oldest first; lines are only ever added |
| `history.jsonl` | the figures of complete runs, as `bench history --append` writes them |
| `reports/<run>/` | report, summary and digest of the newest `KEPT_REPORTS` runs; raw windows are too large |
| `README.md` | tells a visitor what all this is |
"""

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import Field, ValidationError

from harness.ci.tree import README_FILE, REPORTS_FOLDER, RUNS_FILE
from harness.history.digest_file import DIGEST_FILE
from harness.model.base import Contract
from harness.model.errors import DataBranchError
from harness.model.history import RunDigest, UnreadRun
from harness.model.plan import ProfileName
from harness.model.run import RuntimeName
from harness.report.file_names import REPORT_FILE, SUMMARY_FILE
from harness.writing import append_to, replace_files, told

KEPT_REPORTS: Final = 10
"""Reports are rewritten by no later run, so each adds its size to the branch for good; older ones are of use to few."""

_README: Final = """# Benchmark history

Written by `bench ci`; edits are lost. `runs.jsonl` lists every run, `history.jsonl` holds the figures of the complete
ones (read it with `bench history --from history.jsonl`), `reports/` the newest reports.
"""


class KeptRun(Contract):
    """One line of `runs.jsonl`."""

    run_id: str
    name: str
    """Of its folder."""
    started_at: datetime
    profile: ProfileName
    runtime: RuntimeName
    host_fingerprint: str
    revision: str | None
    complete: bool
    """False: rounds or windows are missing, so it was neither compared nor put into the history."""
    compared_with: str | None
    """The name of the run before it under the same conditions; None where there was none."""
    regressions: int | None
    """None where it was not compared."""
    commit: str | None = Field(default=None, pattern="^[0-9a-f]{40,64}$")
    """That has the apps as they were measured; None where none has, and in lines from before it was kept."""
    apps: tuple[str, ...] = ()
    """Those that it measured; empty in lines from before it was kept, which stand for all."""
    settled: bool = True
    """False: nothing is known of what changed up to it, so the next run is measured beside what was known before."""


def read_kept(branch: Path) -> list[KeptRun]:
    """All runs that the data branch knows, each once and in the order they were kept; none where it is new.

    Raises:
        DataBranchError: A line can't be read, or two tell something else of the same run.
    """
    file = branch / RUNS_FILE
    if not file.exists():
        return []
    kept: dict[str, tuple[int, KeptRun]] = {}
    for number, line in enumerate(file.read_bytes().splitlines(), start=1):
        if line.strip():
            run = _parse(number, line)
            first, known = kept.setdefault(run.run_id, (number, run))
            if run != known:
                raise DataBranchError(
                    f"{RUNS_FILE} of the data branch: lines {first} and {number} differ, and are of the same run",
                    hint="remove one of the two on the branch by hand",
                )
    return [run for _, run in kept.values()]


def _parse(number: int, line: bytes) -> KeptRun:
    try:
        return KeptRun.model_validate_json(line)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, problem["loc"])) or "no JSON object"
        raise DataBranchError(
            f"{RUNS_FILE} of the data branch, line {number}: {place}: {problem['msg']}",
            hint="mend that line on the branch by hand, or remove it",
        ) from error


def add(branch: Path, run: KeptRun, digest: RunDigest, folder: Path) -> None:
    """Put a run's line, its digest and the report in its `folder` on the branch; reports beyond the newest ones go.

    Raises:
        WriteError: There is no room for it.
    """
    append_to(branch / RUNS_FILE, run.model_dump_json().encode() + b"\n")
    target = branch / REPORTS_FOLDER / run.name
    with told(branch):
        target.mkdir(parents=True, exist_ok=True)
    # What judges and draws takes seconds to import, and a job reads first what is kept.
    from harness.history.digest import encode_digest  # noqa: PLC0415

    report = {target / name: folder / name for name in (REPORT_FILE, SUMMARY_FILE)}
    # Its figures are in the history.
    slight = digest.model_copy(update={"summary": digest.summary.model_copy(update={"cells": ()})})
    replace_files(
        {
            **{place: file.read_bytes() for place, file in report.items() if file.is_file()},
            target / DIGEST_FILE: encode_digest(slight),
            branch / README_FILE: _README.encode(),
        }
    )
    _prune(branch, read_kept(branch))


def read_digests(branch: Path) -> tuple[list[RunDigest], list[UnreadRun]]:
    """The digests of the runs whose reports are kept, oldest first, and the runs whose digest another version wrote."""
    digests: list[RunDigest] = []
    unread: list[UnreadRun] = []
    for file in sorted((branch / REPORTS_FOLDER).glob(f"*/{DIGEST_FILE}")):
        try:
            digests.append(RunDigest.model_validate_json(file.read_bytes()))
        except ValidationError:
            unread.append(UnreadRun(name=file.parent.name, reason=f"its {DIGEST_FILE} is of another version"))
    return sorted(digests, key=lambda each: each.summary.started_at), unread


def _prune(branch: Path, kept: Sequence[KeptRun]) -> None:
    names = {run.name for run in kept[-KEPT_REPORTS:]}
    with told(branch):
        for folder in (branch / REPORTS_FOLDER).iterdir():
            if folder.is_dir() and folder.name not in names:
                shutil.rmtree(folder)
