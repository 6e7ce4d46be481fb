"""What a job tells those who wait for it: files for any CI, and variables for GitHub's."""

import os
import shutil
from pathlib import Path
from typing import Final

from harness.model.base import Contract
from harness.writing import append_to, replace_files, told

OUTCOME_FILE: Final = "outcome.json"
SUMMARY_FILE: Final = "summary.md"
REGRESSION_FILE: Final = "regression.md"
SITE_FOLDER: Final = "site"

_SUMMARY_LIMIT: Final = 1_000_000
"""GitHub drops the whole summary of a step that writes more than 1 MiB."""


class JobOutcome(Contract):
    """`outcome.json`."""

    run: str
    """The run folder."""
    complete: bool
    usable: bool = True
    """Whether any of its cells is valid."""
    broken: tuple[str, ...] = ()
    """The subjects that break the contract, and so take no rank."""
    unchecked: tuple[str, ...] = ()
    """The subjects that could not be checked in full, by a mistake of the checks, and so take no rank either."""
    compared_with: str | None
    """The name of the run before it under the same conditions; None where nothing was compared."""
    regressions: tuple[str, ...]
    """The cells that are surely worse by more than the regression margin."""
    beside: str | None = None
    """The run that measured the apps beside those of the last kept run; None where nothing was measured so."""
    slower: tuple[str, ...] = ()
    """The apps that are surely slower there."""
    commit: str
    """On the data branch."""


def clear(out: Path) -> None:
    """Remove what an earlier job left, so that nothing of it is taken for this one's.

    Raises:
        WriteError: It can't be removed, or the folder can't be made.
    """
    with told(out):
        out.mkdir(parents=True, exist_ok=True)
        for name in (OUTCOME_FILE, SUMMARY_FILE, REGRESSION_FILE):
            (out / name).unlink(missing_ok=True)
        if (out / SITE_FOLDER).exists():
            shutil.rmtree(out / SITE_FOLDER)


def tell(out: Path, outcome: JobOutcome, *, summary: str, regression: str | None, again: str) -> None:
    """Write the files into `out`; on GitHub, the step's summary and outputs as well.

    `regression.md` is written only where there is a regression, which is what `regression` is then the text of: its
    existence is the flag.

    Raises:
        WriteError: None of them can be written; its hint ends with `again`.
    """
    files = {
        out / SUMMARY_FILE: summary.encode(),
        out / OUTCOME_FILE: outcome.model_dump_json(indent=1).encode() + b"\n",
    }
    if regression is not None:
        files[out / REGRESSION_FILE] = regression.encode()
    replace_files(files, again=again)
    _append("GITHUB_STEP_SUMMARY", summary.encode()[:_SUMMARY_LIMIT].decode(errors="ignore"), again)
    _append(
        "GITHUB_OUTPUT",
        f"kept=true\nregression={'true' if outcome.regressions or outcome.slower else 'false'}\n",
        again,
    )


def _append(variable: str, text: str, again: str) -> None:
    if file := os.environ.get(variable):
        append_to(Path(file), text.encode(), again=again)
