"""Writes a report and a history to a disk with room for ever one page more: `python fill_page_by_page.py DISK RUN`.

DISK is an empty file system of its own, RUN a run folder. Says as JSON what became of each attempt.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from harness.comparison.summarise import summarise
from harness.history.file import append, read
from harness.model.errors import ExitCode
from harness.report.publish import publish
from harness.report.publish_list import publish_index
from harness.results.folder import read_run
from harness.writing import WriteError, replace_files

RAW = ("run.json", "windows.jsonl")


class Outcome(NamedTuple):
    attempts: int
    """With ever one page more, up to the first that succeeded."""
    stood: bool
    """Whether all files were as before after each attempt that failed, and none lay beside them."""
    told: bool
    """Whether each of these was told with the file, the lack of room and exit code 4."""


class Disk(NamedTuple):
    folder: Path

    @property
    def page(self) -> int:
        return os.statvfs(self.folder).f_frsize

    def leave(self, pages: int) -> None:
        """Fill it up but for so many pages."""
        self.empty()
        there = os.statvfs(self.folder).f_bavail
        with (self.folder / "ballast").open("wb") as ballast:
            if there > pages:
                os.posix_fallocate(ballast.fileno(), 0, (there - pages) * self.page)

    def empty(self) -> None:
        (self.folder / "ballast").unlink(missing_ok=True)

    def contents(self) -> dict[str, bytes]:
        files = (file for file in self.folder.rglob("*") if file.is_file() and file.name != "ballast")
        return {str(file.relative_to(self.folder)): file.read_bytes() for file in files}

    def fill(self, attempt: Callable[[], object], pages: range) -> Outcome:
        """Try it with each number of pages left until it succeeds, or the range ends."""
        before = self.contents()
        stood = told = True
        attempts = 0
        for left in pages:
            self.leave(left)
            attempts += 1
            try:
                attempt()
            except WriteError as error:
                stood &= self.contents() == before
                told &= "No space left on device" in error.what and error.exit_code is ExitCode.INCOMPLETE
            else:
                break
        self.empty()
        return Outcome(attempts, stood, told)


def main(disk: Disk, stored: Path) -> None:
    run = disk.folder / "reports" / "run"
    run.mkdir(parents=True)
    for name in RAW:
        shutil.copy(stored / name, run)
    publish(run)
    publish_index(run.parent)
    summary = summarise(read_run(run), run.name)
    history = disk.folder / "history.jsonl"
    append(history, summary.model_copy(update={"run_id": "0", "name": "earlier"}))
    report = {file: file.read_bytes() for file in (*run.iterdir(), run.parent / "index.html") if file.name not in RAW}
    other = {file: data[::-1] for file, data in report.items()}
    enough = sum(map(len, report.values())) // disk.page + 2 * len(report)
    found = {
        "report": disk.fill(lambda: replace_files(other), range(enough)),
        "history": disk.fill(lambda: append(history, summary), range(enough)),
        # The same from the start, which takes seconds: from a full disk to one that has room.
        "publish": disk.fill(lambda: (publish(run), publish_index(run.parent)), range(0, 10 * enough, enough // 2)),
    }
    whole = {file: file.read_bytes() for file in report} == report
    print(json.dumps({**found, "whole_again": whole, "runs": len(read(history)), "pages": enough}))


if __name__ == "__main__":
    main(Disk(Path(sys.argv[1])), Path(sys.argv[2]))
