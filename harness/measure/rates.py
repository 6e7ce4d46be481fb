"""The offered rates of the latency workload, decided once from what the warm-up of a run's first round showed.

Once, but not from one moment: whoever has a rate to be decided is looked at again in several passes over all of them
(`harness.plan.budget.RATE_PASSES`), and the median counts (`Capacities`).

A percentile follows the rate: at half load, a p99 moves by as much as the rate does, at 80 % by four times as much. So
a rate is to be the same for all that is compared: for all windows of a run, for two revisions of an app, and as far as
it can be for the next run on the same host. The common one is therefore taken from a short list of round rates.

It is half of what the slowest *app* answers, in the faster of the two deployments that claims compare (`slowest_app`).
Were it half of the slowest deployment, one that nobody would choose for speed set the load of all, and too few requests
arrived to tell a p99 of anybody. Were it half of the fastest of all, a variant that only shows how far the app can be
driven would have those that are compared near their limits, where a latency of the server can't be told. A deployment
that can't bear it is asked anew in each round, by all that was seen of its capacity until then, what the
rounds before measured among it. So no slow moment of the host costs it all rounds. Once it is offered the rate it stays
so: were it left out again where it is slow, what is left would be its good rounds.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import floor, log10
from typing import Final

from harness.model.app import Endpoint
from harness.model.cell import IDLE_RATE_RPS, Cell, OfferedRate, RateRule, Subject, Workload
from harness.model.run import Window, WindowKind
from harness.plan.slowest_app import by_deployment, slowest_app

ROUND_RATES: Final = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
"""And these times a power of ten: neighbours are a factor of 1.33 to 1.67 apart."""

KEEPS_BETWEEN: Final = (0.25, 0.60)
"""An earlier run's rate is taken again, where it is such a share of the slowest capacity now.

A fresh rate is 30 to 50 %. So before the next run has another one, the capacity has to seem lower by a sixth than when
the rate was chosen, or higher by a fifth.
"""

MOST_LOAD: Final = 0.8
"""Of a deployment's capacity: where the common rate is more, it is not offered that. As `RateRule.HIGH` has it."""

_SHARES: Final = {RateRule.HALF: 0.5, RateRule.HIGH: 0.8, RateRule.COMMON: 0.5}


def offered_in(windows: Iterable[Window], cells: Iterable[Cell]) -> set[Cell]:
    """The cells of latency that were offered their rate."""
    by_key = {cell.key: cell for cell in cells if cell.workload is Workload.LATENCY}
    taken = {window.cell for window in windows if window.kind is WindowKind.MEASURED and window.spec is not None}
    return {cell for key, cell in by_key.items() if key in taken}


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
    """The rates of a run, as far as they are decided, and who is offered them."""

    def __init__(
        self,
        cells: Iterable[Cell],
        decided: Sequence[OfferedRate] = (),
        earlier: Sequence[tuple[str, OfferedRate]] = (),
        offered: Collection[Cell] = (),
    ) -> None:
        """What is known before the first round, or the next one of a run that goes on.

        Args:
            cells: Of the plan.
            decided: The rates that the run has.
            earlier: Those of other runs on the same host, each with its run's name, the latest first.
            offered: The cells that were offered their rate in rounds that were measured already.
        """
        self._cells = [cell for cell in cells if cell.workload is Workload.LATENCY]
        self._earlier = earlier
        self._able: set[tuple[Subject, Endpoint]] = set()
        self._offered = {_guise(cell) for cell in offered if cell.rate}
        self._beyond: dict[_Guise, float] = {}
        self.decided = tuple(decided)

    def undecided(self) -> set[tuple[Subject, Endpoint]]:
        """Whose rates are still to be decided, at least one of them."""
        return {(cell.subject, cell.endpoint) for cell in self._cells if self._of(cell) is None}

    def decide(self, capacities: Mapping[tuple[Subject, Endpoint], float]) -> bool:
        """Before a round's windows, decide the rates that are not decided yet, and who is offered one.

        Args:
            capacities: What all windows of the run have shown by now.

        Returns:
            Whether any rate was decided.
        """
        before = self.decided
        self._able = set(capacities)
        sharing: dict[_Sharing, list[Subject]] = {}
        for cell in self._cells:
            if (cell.subject, cell.endpoint) in capacities and cell.rate:
                sharing.setdefault(_sharing(cell.endpoint, cell.rate, cell.subject), []).append(cell.subject)
        known = self._known()
        for key in [key for key in sharing if key not in known]:
            endpoint, rule, _ = key
            found = {subject: capacities[subject, endpoint] for subject in sharing[key]}
            self.decided += (self._decided(endpoint, rule, found),)
        self._offer(capacities)
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
        known, capacity_rps = self._of(cell), self._beyond.get(_guise(cell)) if cell.rate else None
        if known is None or capacity_rps is None:
            return None
        app, _ = cell.subject.kin
        return (
            f"not tried: the common rate, {known.rate_rps:,.0f} requests/s, is more than {MOST_LOAD:.0%} of the "
            f"{capacity_rps:,.0f} that it was seen to answer; if that was a slow moment of the host, a later round "
            f"tries it, otherwise a run of it alone has a rate that suits it (--app {app} --variant "
            f"{cell.subject.variant})"
        )

    def _offer(self, capacities: Mapping[tuple[Subject, Endpoint], float]) -> None:
        """See who can bear the common rate by now; revisions and copies of a deployment all can, or none of them."""
        seen: dict[_Guise, float] = {}
        for cell in self._cells:
            if capacity_rps := capacities.get((cell.subject, cell.endpoint)):
                guise = _guise(cell)
                seen[guise] = min(capacity_rps, seen.get(guise, capacity_rps))
        self._beyond = {}
        for cell in self._cells:
            guise, known = _guise(cell), self._of(cell)
            if known is None or known.rule is not RateRule.COMMON or guise in self._offered or guise not in seen:
                continue
            if known.rate_rps > MOST_LOAD * seen[guise]:
                self._beyond[guise] = seen[guise]
        self._offered |= seen.keys() - self._beyond.keys()

    def _of(self, cell: Cell) -> OfferedRate | None:
        return self._known().get(_sharing(cell.endpoint, cell.rate, cell.subject)) if cell.rate else None

    def _known(self) -> dict["_Sharing", OfferedRate]:
        return {_sharing(each.endpoint, each.rule, each.slowest): each for each in self.decided}

    def _decided(self, endpoint: Endpoint, rule: RateRule, found: Mapping[Subject, float]) -> OfferedRate:
        """The rate of those that share one, given what each of them answers."""
        slowest = slowest_app(found)
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
            beyond=tuple(each for each in by_deployment(found).values() if rate_rps > MOST_LOAD * found[each]),
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
type _Guise = tuple[Endpoint, RateRule | None, tuple[str, str]]
"""What revisions and copies of one deployment have in common, of whom all are offered a rate or none."""


def _sharing(endpoint: Endpoint, rule: RateRule, subject: Subject) -> _Sharing:
    return endpoint, rule, None if rule is RateRule.COMMON else subject.kin


def _guise(cell: Cell) -> _Guise:
    return cell.endpoint, cell.rate, cell.subject.kin


def without_capacity(warmed: Iterable[Window]) -> str:
    """Why no rate derives from these windows of a warm-up, of one subject and endpoint."""
    reports = [window.report for window in warmed if window.report]
    failed = sum(sum(report.failures.values()) for report in reports)
    if not failed:
        return "not tried: its warm-up showed no throughput to derive a rate from"
    share = failed / (failed + sum(report.responses for report in reports))
    first = next((f", the first: {report.first_failure}" for report in reports if report.first_failure), "")
    return f"not tried: a rate derives from a capacity, and {share:.1%} of the requests of its warm-up failed{first}"
