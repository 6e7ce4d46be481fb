"""What the runs in a reports folder say of a host's pace; only their headers are read, of the newest ones first."""

from pathlib import Path
from typing import Final

from pydantic_core import from_json

from harness.model.course import Pace
from harness.model.errors import RunFolderError
from harness.model.host import Host
from harness.model.plan import Plan
from harness.model.run import Run, RuntimeName
from harness.plan.pace import learned
from harness.results.folder import run_folders
from harness.results.records import HEADER_FILE, parse_header

NEWEST: Final = 30
"""So many runs are looked at."""

type Hosts = tuple[Host, Host | None]
"""Where servers run, and where the load comes from if that is another."""


def pace_of_runs(reports: Path, plan: Plan, hosts: Hosts, runtime: RuntimeName | None) -> Pace | None:
    """The pace of the newest run on these hosts that tells one; of those with windows as long as the plan's, if any.

    `runtime` is that of the run to come, None where it is not chosen yet and the newest of any may tell.
    """
    found: Pace | None = None
    for folder in reversed(run_folders(reports)[-NEWEST:]):
        run = _with_course(folder / HEADER_FILE)
        if run is None or _place(run.host, run.load_host) != _place(*hosts) or runtime not in {None, run.runtime}:
            continue
        same = _windows(run.plan) == _windows(plan)
        pace = learned(run, windows_too=same)
        if pace is not None and same:
            return pace
        found = found or pace
    return found


def _with_course(header: Path) -> Run | None:
    """A run that recorded what its parts took; None for others, and for what can't be read."""
    try:
        content = header.read_bytes()
        # Most of a header is the apps' code: whether it is worth validating shows before.
        document = from_json(content)
        return parse_header(content, header) if isinstance(document, dict) and document.get("took") else None
    except (OSError, ValueError, RunFolderError):
        return None


def _place(host: Host, load_host: Host | None) -> tuple[object, ...]:
    """What makes a host as fast as it is, as far as that is known."""
    return tuple((each.fingerprint, each.cgroup_cpu_limit) for each in (host, load_host) if each is not None)


def _windows(plan: Plan) -> dict[str, object]:
    return plan.timing.model_dump(exclude={"rounds", "feed_rounds"})
