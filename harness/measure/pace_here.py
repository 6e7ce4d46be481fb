"""How fast the host is that a run is planned for."""

from pathlib import Path

from harness.host.trial import slowness
from harness.model.course import Pace, Times
from harness.model.plan import Plan
from harness.model.run import RuntimeName
from harness.results.pace_of_runs import Hosts, pace_of_runs


def pace_here(reports: Path, plan: Plan, hosts: Hosts, runtime: RuntimeName | None = None) -> Pace:
    """As the newest run on these hosts showed it; where there is none, as a short trial of this host does.

    `runtime` is that of the run, None where it is not chosen yet.
    """
    if (found := pace_of_runs(reports, plan, hosts, runtime)) is not None:
        return found
    if plan.cpus.load_host_apart:
        return Pace()  # It is the other host that counts.
    times = slowness(plan.cpus.server[0])
    return Pace() if times is None else Pace(told="by a trial of this host", usual=Times(by_host=times))
