"""How fast the host is that a run is planned for."""

from pathlib import Path
from typing import Final

from harness.host.trial import trial
from harness.model.course import Pace, Times
from harness.model.plan import Plan
from harness.model.run import RuntimeName
from harness.results.pace_of_runs import Hosts, pace_of_runs

_NOTED_CPUS: Final = 0.2
"""Others that kept so much of the run's CPUs busy during a trial may have changed what it shows."""


def pace_here(reports: Path, plan: Plan, hosts: Hosts, runtime: RuntimeName | None = None) -> Pace:
    """As the newest run on these hosts showed it; where there is none, as a short trial of this host does.

    `runtime` is that of the run, None where it is not chosen yet.
    """
    if (found := pace_of_runs(reports, plan, hosts, runtime)) is not None:
        return found
    if plan.cpus.load_host_apart:
        return Pace()  # It is the other host that counts.
    layout = plan.cpus
    tried = trial(layout.server[0], {*layout.server, *layout.generator, *layout.database})
    if tried is None:
        return Pace()
    told = "by a trial of this host"
    if tried.others_cpus is not None and tried.others_cpus >= _NOTED_CPUS:
        told += f"; others used {tried.others_cpus:.1f} of its CPUs meanwhile, so it may differ"
    return Pace(told=told, usual=Times(by_host=tried.times))
