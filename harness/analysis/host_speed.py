"""What was seen of the host's changing speed in a run, and what taking it out changed."""

from collections.abc import Collection, Sequence
from math import log
from statistics import fmean, stdev

from harness.analysis.cells import JudgedCell
from harness.analysis.quantities import Quantities
from harness.analysis.side_by_side import median_half_width
from harness.model.cell import Subject
from harness.model.host_speed import HostSpeed, SpeedEffect


def host_speed(
    judged: Sequence[JudgedCell],
    quantities: Quantities,
    references: Collection[Subject],
    broken: Collection[Subject],
) -> HostSpeed | None:
    """The host's speed during the windows used, and its effect on throughput; None where it was never read.

    Neither references nor those who break the contract (`broken`) are compared.
    """
    used = [window for each in judged for window in each.windows.used]
    works = [log(window.speed.work_ns) for window in used if window.speed]
    steals = [window.steal_share for window in used if window.steal_share is not None]
    if not works:
        return None
    as_counted = quantities.throughput_as_counted
    changes = [
        abs(quantities.throughput[kind].value(subject).value / found.value(subject).value - 1)
        for kind, found in as_counted.items()
        for subject in found.subjects
    ]
    return HostSpeed(
        windows=len(works),
        windows_without=len(used) - len(works),
        relative_sd=stdev(works) if works[1:] else 0.0,
        steal_share=fmean(steals) if steals else None,
        effects=tuple(
            SpeedEffect(
                endpoint=kind.endpoint,
                workload=kind.workload,
                rate=kind.rate,
                slope=found.speed,
                steal_slope=found.steal,
                explained=found.explained,
            )
            for kind, found in quantities.host_slopes.items()
        ),
        drift_share=quantities.host_effect.drift.share,
        drift_s=quantities.host_effect.drift.duration_s,
        median_ratio_half_width_as_counted=median_half_width(
            found.ranking(found.comparisons(), references=references, broken=broken, invalid=())
            for found in as_counted.values()
        ),
        largest_change=max(changes, default=None),
    )
