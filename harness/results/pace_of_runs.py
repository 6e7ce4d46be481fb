"""What the runs in a reports folder say of a host's pace."""

from pathlib import Path

from harness.model.course import Pace
from harness.model.host import Host
from harness.model.plan import Plan
from harness.model.run import RuntimeName
from harness.plan.pace import learned, moved_words
from harness.results.newest import newest_with

type Hosts = tuple[Host, Host | None]
"""Where servers run, and where the load comes from if that is another."""


def pace_of_runs(reports: Path, plan: Plan, hosts: Hosts, runtime: RuntimeName) -> Pace | None:
    """The pace of the newest run on these hosts that tells one; of those with windows as long as the plan's, if any.

    By how much a slow host's windows are made longer, and how many warm a server up, goes a little with the lengths
    that a profile sets. `runtime` is that of the run to come: in another, starts take several times as long.
    """
    found: Pace | None = None
    for _, run in newest_with(reports, "took"):
        if _place(run.host, run.load_host) != _place(*hosts) or run.runtime is not runtime:
            continue
        same = _windows(run.plan) == _windows(plan)
        try:
            pace = learned(run, plan)
            told = f"{pace.told}{moved_words(run, plan, pace)}" if pace else ""
        except (ValueError, ArithmeticError):  # lengths that no run has: its header is damaged
            continue
        if pace is None:
            continue
        pace = pace.model_copy(update={"told": told})
        if same:
            return pace
        found = found or pace
    return found


def _place(host: Host, load_host: Host | None) -> tuple[object, ...]:
    """What makes a host as fast as it is, as far as that is known."""
    return tuple((each.fingerprint, each.cgroup_cpu_limit) for each in (host, load_host) if each is not None)


def _windows(plan: Plan) -> dict[str, object]:
    return plan.timing.model_dump(exclude={"rounds", "feed_rounds", "chat_rounds"})
