"""How fast the host is that a run is planned for."""

from pathlib import Path
from typing import Final

from harness.host.trial import trial
from harness.model.course import Pace
from harness.model.plan import Plan
from harness.model.run import RuntimeName
from harness.plan.first_pace import first_pace, held_back
from harness.results.pace_of_runs import Hosts, pace_of_runs

_NOTED_CPUS: Final = 0.2
"""Others that kept so much of the run's CPUs busy during a trial may have changed what it shows."""


def pace_here(reports: Path, plan: Plan, hosts: Hosts, runtime: RuntimeName) -> Pace:
    """As the newest run on these hosts and in this runtime showed it; without one, as a trial of this host does."""
    if (found := pace_of_runs(reports, plan, hosts, runtime)) is not None:
        return found
    layout = plan.cpus
    if layout.load_host_apart:
        return first_pace(plan, runtime)  # It is the other host that counts.
    tried = trial(layout.server[0], layout.generator[0], {*layout.server, *layout.generator, *layout.database})
    if tried is None:
        return first_pace(plan, runtime)
    told = "by a trial of this host"
    if tried.others_cpus is not None and tried.others_cpus >= _NOTED_CPUS:
        told += f"; others used {tried.others_cpus:.1f} of its CPUs meanwhile, so it may differ"
    # Containers have control groups of their own.
    limit_cpus = hosts[0].cgroup_cpu_limit if runtime is RuntimeName.PROCESS else None
    shared_by_cpus = len({*layout.server, *layout.generator})
    held = held_back(min(shared_by_cpus, limit_cpus or shared_by_cpus))
    return first_pace(plan, runtime, told, tried.starts, tried.exchanges * held)
