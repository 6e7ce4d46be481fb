"""The section on method: the run's own numbers inside the fixed explanations of the template."""

from dataclasses import dataclass

from harness.analysis.gates import MAX_CEILING_SHARE
from harness.digits import significant
from harness.model.cell import RateRule
from harness.model.findings import CONFIDENCE, TIE_MARGIN, Findings
from harness.model.run import Run
from harness.report.numbers import percent
from harness.report.view.host import cpu_words


@dataclass(frozen=True, slots=True)
class MethodView:
    """Figures that the explanations quote."""

    rounds: int
    warm_windows: int
    """The most that warm a server up."""
    capacity_window_s: str
    capacity_windows: int
    latency_window_s: str
    latency_windows: int
    own_rate_windows: int | None
    """Of the cells at a share of their own capacity; None where there are none, or as many."""
    confidence: str
    tie_margin: str
    ceiling_limit: str
    cpus: str
    few_cpus: bool
    load_host_apart: bool
    latency_measured: bool
    speed_seen: bool


def method_view(run: Run, findings: Findings) -> MethodView:
    """The figures of this run's method."""
    timing = run.plan.timing
    rates = {finding.cell.rate for finding in findings.cells}
    return MethodView(
        rounds=findings.rounds_complete,
        warm_windows=timing.warm_windows_max,
        capacity_window_s=significant(timing.capacity_window_s),
        capacity_windows=timing.capacity_windows,
        latency_window_s=significant(timing.latency_window_s),
        latency_windows=timing.latency_windows,
        own_rate_windows=timing.own_rate_windows if rates - {None, RateRule.COMMON} else None,
        confidence=percent(CONFIDENCE),
        tie_margin=percent(TIE_MARGIN),
        ceiling_limit=percent(MAX_CEILING_SHARE),
        cpus=cpu_words(run.plan.cpus),
        few_cpus=run.plan.cpus.database_beside_generator,
        load_host_apart=run.load_host is not None,
        speed_seen=findings.speed is not None,
        latency_measured=bool(rates - {None}),
    )
