"""The section on the host's speed: how it changed during the run, and what taking that out did to each capacity."""

from dataclasses import dataclass

from harness.digits import fixed
from harness.model.app import Endpoint
from harness.model.cell import Workload
from harness.model.findings import CellFinding, Findings
from harness.model.host_speed import HostSpeed
from harness.report.numbers import Reading, counted, percent, reading
from harness.report.view.cast import Cast, SubjectLabel
from harness.report.view.host_dependence import dependence_sentence
from harness.report.view.ratio_widths import gain_words, is_taken_out, known_words
from harness.report.view.terms import endpoints_under, is_capacity


@dataclass(frozen=True, slots=True)
class EffectRow:
    """How the capacities on one endpoint followed the speed probe."""

    endpoint: str
    slope: str
    """By how many percent a capacity falls when the speed probe's work takes 1 % longer; empty where it stayed in."""
    steal_slope: str
    """The same when 1 % of the CPU time is stolen."""
    explained: str


@dataclass(frozen=True, slots=True)
class CapacityPair:
    """A capacity as it is reported, and as counted."""

    label: SubjectLabel
    reported: Reading
    counted: Reading
    change: str


@dataclass(frozen=True, slots=True)
class EndpointPairs:
    """All valid capacities on one endpoint."""

    endpoint: str
    rows: tuple[CapacityPair, ...]


@dataclass(frozen=True, slots=True)
class SpeedView:
    """What was seen and done; `seen` is False where the run has no reading of the speed."""

    seen: bool
    relative_sd: str = ""
    steal_share: str = ""
    """Empty where it was not read."""
    windows: str = ""
    without: str = ""
    """How many windows lack a reading; empty where none does."""
    effects: tuple[EffectRow, ...] = ()
    drift_share: str = ""
    """Empty where none was found."""
    drift_s: str = ""
    taken_out: bool = True
    """Whether figures were seen to follow it; elsewhere they are as counted."""
    known: str = ""
    """How well the capacity ratios are known; empty where there is none."""
    gain: str = ""
    """What taking it out did to that; empty where there is nothing to tell."""
    largest_change: str = ""
    endpoints: tuple[EndpointPairs, ...] = ()
    dependence: tuple[str, ...] = ()
    """Whether what the host did depended on who was measured, in sentences."""


def speed_view(findings: Findings, cast: Cast) -> SpeedView:
    """The host's speed in this run."""
    speed = findings.speed
    dependence = tuple(dependence_sentence(each, cast) for each in findings.host_dependence)
    if speed is None:
        return SpeedView(seen=False, dependence=dependence)
    return SpeedView(
        seen=True,
        relative_sd=percent(speed.relative_sd),
        steal_share=_percent(speed.steal_share),
        windows=counted(speed.windows, "window"),
        without=counted(speed.windows_without, "window") if speed.windows_without else "",
        effects=tuple(_effects(speed)),
        drift_share=percent(speed.drift_share) if speed.drift_share else "",
        drift_s=fixed(speed.drift_s, 1) if speed.drift_share else "",
        taken_out=is_taken_out(findings),
        known=known_words(findings),
        gain=gain_words(findings),
        largest_change=_percent(speed.largest_change),
        dependence=dependence,
        endpoints=tuple(
            _pairs(findings, cast, endpoint) for endpoint in endpoints_under(findings.cells, Workload.CAPACITY)
        ),
    )


def _effects(speed: HostSpeed) -> list[EffectRow]:
    return [
        EffectRow(each.endpoint.value, _slope(-each.slope), _slope(each.steal_slope), percent(each.explained))
        for each in speed.effects
    ]


def _slope(slope: float) -> str:
    return fixed(slope, 2) if slope else ""


def _pairs(findings: Findings, cast: Cast, endpoint: Endpoint) -> EndpointPairs:
    rows = [_pair(cast, finding) for finding in findings.cells if is_capacity(finding, endpoint)]
    return EndpointPairs(endpoint.value, tuple(row for row in rows if row))


def _pair(cast: Cast, finding: CellFinding) -> CapacityPair | None:
    reported, as_counted = finding.throughput_rps, finding.throughput_as_counted_rps
    if reported is None or as_counted is None:
        return None
    change = percent(reported.value / as_counted.value - 1)
    return CapacityPair(cast.label(finding.cell.subject), reading(reported), reading(as_counted), change)


def _percent(share: float | None) -> str:
    return "" if share is None else percent(share)
