"""Whether a run is finished, is still being measured, or was cut off: decided and worded here, for all who read it."""

import fcntl
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from harness.model.cell import Workload
from harness.model.comparison import RunSummary
from harness.model.findings import CellFinding, CrowdFinding, Findings, FootprintFinding, Ranking
from harness.model.run import WindowKind
from harness.results.records import RecordedRun
from harness.results.resume_command import resume_command

_KERNEL_LOCKS: Final = Path("/proc/locks")
_FLOCK: Final = re.compile(r"^\d+: FLOCK +\S+ +WRITE +(?P<pid>\d+) +[^ :]+:[^ :]+:(?P<inode>\d+) ", re.MULTILINE)
"""As proc_locks(5) has it."""

TO_COME: Final = "to come"
NOT_REACHED: Final = "not reached"


class RunStatus(StrEnum):
    """As it is listed."""

    FINISHED = "finished"
    UNDER_WAY = "under way"
    CUT_OFF = "cut off"

    @property
    def unmeasured(self) -> str:
        """What a cell is that such a run has not come to."""
        return TO_COME if self is RunStatus.UNDER_WAY else NOT_REACHED


@dataclass(frozen=True, slots=True)
class RunState:
    """How far a run has come, and whether it goes on by itself."""

    name: str
    """Its folder's."""
    status: RunStatus
    rounds_complete: int
    rounds_planned: int
    process: int | None = None
    """Which measures it; None also where the kernel does not tell."""
    resume: str | None = None
    """The command that goes on with a run that was cut off."""

    @property
    def under_way(self) -> bool:
        """Whether it is still being measured."""
        return self.status is RunStatus.UNDER_WAY

    @property
    def line(self) -> str | None:
        """What a reader has to know at once; None of a finished run."""
        if self.under_way:
            return f"{self.name} is still being measured ({self.at}): what is shown is of what it has so far"
        return f"{self.name} {self._cut_off}" if self.resume else None

    @property
    def sentence(self) -> str | None:
        """The same for a page that stays as it is while the run goes on."""
        if self.under_way:
            return f"This run was still being measured ({self._round}) when this was written."
        return f"This run {self._cut_off}." if self.resume else None

    @property
    def unmeasured(self) -> str:
        """What a cell is that it has not come to."""
        return self.status.unmeasured

    @property
    def at(self) -> str:
        """The round under way, and the process."""
        return f"{self._round}, {'another process' if self.process is None else f'process {self.process}'}"

    @property
    def _round(self) -> str:
        return f"round {min(self.rounds_complete + 1, self.rounds_planned)} of {self.rounds_planned}"

    @property
    def _cut_off(self) -> str:
        return f"was cut off after {self.rounds_complete} of {self.rounds_planned} rounds; to go on: {self.resume}"


def state_now(folder: Path, recorded: RecordedRun) -> RunState:
    """The state of a run, as its folder and the kernel tell it now."""
    status = status_now(folder, finished=recorded.run.finished_at is not None)
    if status is RunStatus.UNDER_WAY:
        return _state(recorded, folder.name, status, process=_who_holds(folder))
    return state_at_rest(recorded, folder.name)


def state_at_rest(recorded: RecordedRun, name: str) -> RunState:
    """The state of a run that nobody measures any more, whose folder is called `name`."""
    if recorded.run.finished_at is not None:
        return _state(recorded, name, RunStatus.FINISHED)
    return _state(recorded, name, RunStatus.CUT_OFF, resume=resume_command(recorded.run, name))


def status_now(folder: Path, *, finished: bool) -> RunStatus:
    """What a run is, of which it is recorded whether it is `finished`; else by who holds its folder (`RunWriter`)."""
    if finished:
        return RunStatus.FINISHED
    return RunStatus.UNDER_WAY if _is_held(folder) else RunStatus.CUT_OFF


def unmeasured_cells(recorded: RecordedRun, state: RunState) -> Mapping[str, str]:
    """The cells that a run which is not finished has not come to, by their keys, with what they are in this state.

    What has failed is none of them.
    """
    if recorded.run.finished_at is not None:
        return {}
    begun = {window.cell for window in recorded.windows if window.kind is WindowKind.MEASURED}
    started = {start.subject for start in recorded.starts}
    failed = {start.subject for start in recorded.starts if start.fault}
    return {
        cell.key: state.unmeasured
        for cell in recorded.run.plan.cells
        if cell.key not in begun and cell.subject not in (started if cell.workload is Workload.FOOTPRINT else failed)
    }


def as_it_stands(findings: Findings, recorded: RecordedRun, state: RunState) -> Findings:
    """The findings of a run in this state: cells that it has not come to are called so, and no gate has judged them."""
    left = unmeasured_cells(recorded, state)
    if not left:
        return findings

    def told[Finding: (CellFinding, CrowdFinding, FootprintFinding)](each: Finding) -> Finding:
        word = left.get(each.cell.key)
        return each.model_copy(update={"unmeasured": word, "reasons": (), "gates": ()}) if word else each

    cells = [cell for cell in recorded.run.plan.cells if cell.key in left]

    def judged(ranking: Ranking) -> Ranking:
        kind = (ranking.endpoint, ranking.workload, ranking.rate)
        subjects = {cell.subject for cell in cells if (cell.endpoint, cell.workload, cell.rate) == kind}
        return ranking.model_copy(update={"invalid": tuple(each for each in ranking.invalid if each not in subjects)})

    return findings.model_copy(
        update={
            "cells": tuple(map(told, findings.cells)),
            "feeds": tuple(map(told, findings.feeds)),
            "chats": tuple(map(told, findings.chats)),
            "footprints": tuple(map(told, findings.footprints)),
            "rankings": tuple(map(judged, findings.rankings)),
        }
    )


def summary_as_it_stands(summary: RunSummary, status: RunStatus) -> RunSummary:
    """What is kept of a run, which is that of one at rest, with the words for a run of this status."""
    cells = (
        each.model_copy(update={"unmeasured": status.unmeasured}) if each.unmeasured else each for each in summary.cells
    )
    return summary.model_copy(update={"cells": tuple(cells)})


def _state(
    recorded: RecordedRun, name: str, status: RunStatus, *, process: int | None = None, resume: str | None = None
) -> RunState:
    return RunState(name, status, recorded.rounds_complete, recorded.run.plan.timing.rounds, process, resume)


def _is_held(folder: Path) -> bool:
    """Whether a process writes to the folder. A disk that knows no locks has none that does."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def _who_holds(folder: Path) -> int | None:
    """The process; None where it is not told, or several locks may be meant."""
    try:
        inode, locks = folder.stat().st_ino, _KERNEL_LOCKS.read_text(encoding="utf-8")
    except OSError:
        return None
    found = {int(each["pid"]) for each in _FLOCK.finditer(locks) if int(each["inode"]) == inode}
    return found.pop() if len(found) == 1 else None
