"""The offered rates of the latency workload, decided once from what the warm-up of a run's first round showed.

A percentile follows the rate: at half load, a p99 moves by as much as the rate does, at 80 % by four times as much. So
a rate is to be the same for all that is compared: for all windows of a run, for two revisions of an app, and as far as
it can be for the next run on the same host. The common one is therefore taken from a short list of round rates.

It is half of what the slowest *app* answers, in its fastest deployment. Were it half of the slowest deployment, one
that nobody would choose for speed set the load of all, and too few requests arrived to tell a p99 of anybody.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import floor, log10
from typing import Final

from harness.model.app import Endpoint
from harness.model.cell import IDLE_RATE_RPS, Cell, OfferedRate, RateRule, Subject, Workload
from harness.model.run import Window, WindowKind

MAX_FAILURE_SHARE: Final = 0.001
"""A capacity with more failures than this is none, so no rate derives from it."""

ROUND_RATES: Final = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
"""And these times a power of ten: neighbours are a factor of 1.33 to 1.67 apart."""

KEEPS_BETWEEN: Final = (0.30, 0.60)
"""An earlier run's rate is taken again, where it is such a share of the slowest capacity now."""

MOST_LOAD: Final = 0.8
"""Of a deployment's capacity: where the common rate is more, it is not offered that. As `RateRule.HIGH` has it."""

_SHARES: Final = {RateRule.HALF: 0.5, RateRule.HIGH: 0.8, RateRule.COMMON: 0.5}
_LAST_WINDOWS: Final = 2
"""Of the warm-up, but for the first one, in which servers were cold."""

type Throughputs = dict[tuple[Subject, Endpoint], float]
"""Requests per second that a subject answers in closed loop."""


def warm_throughputs(windows: Iterable[Window], cells: Iterable[Cell]) -> Throughputs:
    """What the last warm-up windows of each subject and endpoint showed, all in one round; nothing of what fails."""
    by_key = {cell.key: cell for cell in cells if cell.workload.saturates}
    found: dict[str, list[Window]] = defaultdict(list)
    for window in windows:
        if window.kind is WindowKind.WARM and window.report is not None and window.cell in by_key:
            found[window.cell].append(window)
    throughputs: Throughputs = {}
    for key, warmed in found.items():
        reports = [window.report for window in (warmed[1:] or warmed)[-_LAST_WINDOWS:] if window.report]
        responses = sum(report.responses for report in reports)
        failures = sum(sum(report.failures.values()) for report in reports)
        if responses and failures <= MAX_FAILURE_SHARE * (responses + failures):
            cell = by_key[key]
            duration_ns = sum(report.duration_ns for report in reports)
            throughputs[cell.subject, cell.endpoint] = responses / duration_ns * 1e9
    return throughputs


def able_in(windows: Sequence[Window], cells: Sequence[Cell]) -> set[tuple[Subject, Endpoint]]:
    """Of whom the warm-up of any round showed a capacity."""
    by_round: dict[int, list[Window]] = defaultdict(list)
    for window in windows:
        by_round[window.round_index].append(window)
    return {each for found in by_round.values() for each in warm_throughputs(found, cells)}


def round_rate(at_most_rps: float) -> float:
    """The largest listed rate that is not larger."""
    power = floor(log10(at_most_rps))
    # A logarithm is rounded, so that the power below may be the right one.
    listed = (each * 10.0**exponent for exponent in (power - 1, power) for each in ROUND_RATES)
    return max(rate for rate in listed if rate <= at_most_rps)


def is_listed(rate_rps: float) -> bool:
    """Whether it is one of the round rates."""
    return abs(round_rate(rate_rps * (1 + 1e-9)) / rate_rps - 1) < 1e-6  # noqa: PLR2004 - what floats leave


class Rates:
    """The rates of a run, as far as they are decided."""

    def __init__(
        self,
        cells: Iterable[Cell],
        decided: Sequence[OfferedRate] = (),
        earlier: Sequence[tuple[str, OfferedRate]] = (),
        able: Collection[tuple[Subject, Endpoint]] = (),
    ) -> None:
        """What is known before the first round, or the next one of a run that goes on.

        Args:
            cells: Of the plan.
            decided: The rates that the run has.
            earlier: Those of other runs on the same host, each with its run's name, the latest first.
            able: Of whom rounds that were measured already showed a capacity.
        """
        self._cells = [cell for cell in cells if cell.workload is Workload.LATENCY]
        self._earlier = earlier
        self._able = set(able)
        self.decided = tuple(decided)

    def decide(self, throughputs: Mapping[tuple[Subject, Endpoint], float]) -> bool:
        """Decide what is not decided yet, given what a round's warm-up showed; whether there was any of it."""
        before = self.decided
        self._able |= set(throughputs)
        sharing: dict[_Sharing, list[Subject]] = {}
        for cell in self._cells:
            if (cell.subject, cell.endpoint) in throughputs and cell.rate:
                sharing.setdefault(_sharing(cell.endpoint, cell.rate, cell.subject), []).append(cell.subject)
        known = self._known()
        for key in [key for key in sharing if key not in known]:
            endpoint, rule, _ = key
            found = {subject: throughputs[subject, endpoint] for subject in sharing[key]}
            self.decided += (self._decided(endpoint, rule, found),)
        return self.decided != before

    def of(self, cell: Cell) -> float | None:
        """The rate at which its requests arrive; None where it has none, or no capacity of its subject was seen."""
        if cell.workload is Workload.IDLE:
            return IDLE_RATE_RPS
        if (cell.subject, cell.endpoint) not in self._able or self.why_beyond(cell):
            return None
        known = self._of(cell)
        return known.rate_rps if known else None

    def why_beyond(self, cell: Cell) -> str | None:
        """Why it is not offered the rate that is decided; None where it is, or where none is."""
        known = self._of(cell)
        if known is None or cell.subject.kin not in {each.kin for each in known.beyond}:
            return None
        return (
            f"not tried: the common rate, {known.rate_rps:,.0f} requests/s, is more than {MOST_LOAD:.0%} of what its "
            "warm-up showed it to answer"
        )

    def _of(self, cell: Cell) -> OfferedRate | None:
        return self._known().get(_sharing(cell.endpoint, cell.rate, cell.subject)) if cell.rate else None

    def _known(self) -> dict["_Sharing", OfferedRate]:
        return {_sharing(each.endpoint, each.rule, each.slowest): each for each in self.decided}

    def _decided(self, endpoint: Endpoint, rule: RateRule, found: Mapping[Subject, float]) -> OfferedRate:
        """The rate of those that share one, given what each of them answers."""
        by_deployment: dict[tuple[str, str], list[Subject]] = defaultdict(list)
        for subject in found:
            by_deployment[subject.kin].append(subject)
        of_deployment = {kin: min(own, key=found.__getitem__) for kin, own in by_deployment.items()}
        of_app: dict[str, Subject] = {}
        for (app, _), subject in of_deployment.items():
            of_app[app] = max(of_app.get(app, subject), subject, key=found.__getitem__)
        slowest = min(of_app.values(), key=found.__getitem__)
        rate_rps, why = _SHARES[rule] * found[slowest], f"{_SHARES[rule]:.0%} of its own capacity"
        if rule is RateRule.COMMON:
            rate_rps, why = self._common(endpoint, found[slowest])
        return OfferedRate(
            endpoint=endpoint,
            rule=rule,
            rate_rps=rate_rps,
            capacity_rps=found[slowest],
            slowest=slowest,
            why=why,
            beyond=tuple(each for each in of_deployment.values() if rate_rps > MOST_LOAD * found[each]),
        )

    def _common(self, endpoint: Endpoint, capacity_rps: float) -> tuple[float, str]:
        least, most = (share * capacity_rps for share in KEEPS_BETWEEN)
        for run, each in self._earlier:
            its = each.rate_rps
            if (each.endpoint, each.rule) == (endpoint, RateRule.COMMON) and least <= its <= most and is_listed(its):
                return (
                    its,
                    f"that of the run {run}, from {KEEPS_BETWEEN[0]:.0%} to {KEEPS_BETWEEN[1]:.0%} of the slowest",
                )
        return round_rate(_SHARES[RateRule.COMMON] * capacity_rps), "the largest round rate up to half of the slowest"


type _Sharing = tuple[Endpoint, RateRule, tuple[str, str] | None]
"""What subjects with the same rate have in common."""


def _sharing(endpoint: Endpoint, rule: RateRule, subject: Subject) -> _Sharing:
    return endpoint, rule, None if rule is RateRule.COMMON else subject.kin


def without_capacity(warmed: Iterable[Window]) -> str:
    """Why no rate derives from these windows of a warm-up, of one subject and endpoint."""
    reports = [window.report for window in warmed if window.report]
    failed = sum(sum(report.failures.values()) for report in reports)
    if not failed:
        return "not tried: its warm-up showed no throughput to derive a rate from"
    share = failed / (failed + sum(report.responses for report in reports))
    first = next((f", the first: {report.first_failure}" for report in reports if report.first_failure), "")
    return f"not tried: a rate derives from a capacity, and {share:.1%} of the requests of its warm-up failed{first}"
