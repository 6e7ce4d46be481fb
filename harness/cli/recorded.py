"""The run that a command is to read."""

from pathlib import Path
from typing import Final

from harness.cli import options
from harness.cli.output import tell
from harness.results.folder import read_run, resolve_run
from harness.results.records import RecordedRun
from harness.results.run_folders import RECORDS_FILE
from harness.results.run_state import state_now

_SAMPLE: Final = "sample"


def is_sample(run: str, folder: Path) -> bool:
    """Whether the newest run was meant, and is the one that the project comes with."""
    return run == "latest" and folder.name == _SAMPLE


def read_chosen(run: str) -> tuple[Path, RecordedRun]:
    """The folder that a RUN argument means, and what is recorded in it.

    What is odd about it is told, that it is still being measured or was cut off, and that it is none of the user's.

    Raises:
        UsageError: It means no run, or more than one.
        RunFolderError: It is damaged, or of a newer version.
    """
    folder = resolve_run(options.REPORTS, run)
    if is_sample(run, folder):
        tell(f"{folder} is the newest run here, and came with the project: none of your own is there yet")
    recorded = read_run(folder)
    if recorded.repeated:
        tell(f"{folder / RECORDS_FILE}: {recorded.repeated} lines say the same as another, and are counted once")
    if line := state_now(folder, recorded).line:
        tell(line)
    return folder, recorded
