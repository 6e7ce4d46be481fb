"""The quantities that are estimated, each for all valid subjects of a kind at once."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import Final

import numpy as np

from harness.analysis.cells import Estimates, JudgedCell, judge_cells
from harness.analysis.estimates import (
    DATABASE_CPU,
    DATABASE_CPU_PER_S,
    IN_FLIGHT,
    SERVER_CPU,
    SERVER_CPU_PER_S,
    THROUGHPUT,
    Rate,
    rate_table,
)
from harness.analysis.host_effect import NO_EFFECT, HostEffect, HostSlopes, fit_host_effect
from harness.analysis.intervals import LogInterval, ratio
from harness.analysis.latency.highest_rate import highest_rate_table, trials_of
from harness.analysis.latency.of_server import OfServer, latencies_of_server
from harness.analysis.latency.percentiles import (
    FAR_QUANTILE,
    REPORTED_QUANTILES,
    CellLatencies,
    Latencies,
    far_quantile,
    in_order,
    is_known,
    log_quantiles,
    part_us,
    quantile_table,
)
from harness.analysis.moderation import Prior, fit_prior
from harness.analysis.side_by_side import SideBySide
from harness.analysis.table import PAIR, Table
from harness.analysis.windows import capacities_of
from harness.model.app import DATABASE_ENDPOINTS
from harness.model.cell import SATURATING, Cell, Kind, Subject, Workload
from harness.model.findings import Estimate, Percentile
from harness.model.latency_figure import Latency, LatencyFigure
from harness.results.records import RecordedRun

REQUESTS_PER_S: Final = "requests/s"
REQUESTS: Final = "requests"
CPU_US: Final = "CPU us/request"
CPU_US_PER_S: Final = "CPU us/s"

_REPORTED: Final = {
    latency: tuple(LatencyFigure(latency=latency, quantile=quantile) for quantile in REPORTED_QUANTILES)
    for latency in Latency
}

type ByKind = dict[Kind, SideBySide]


class Quantities:
    """Everything that is estimated of the valid cells of a run."""

    def __init__(self, judged: Iterable[JudgedCell], stalls_unwatched: str | None = None) -> None:
        """`stalls_unwatched` is what the run says of that, if anything."""
        self._stalls_unwatched = stalls_unwatched
        self._cells: dict[Kind, list[JudgedCell]] = defaultdict(list)
        self._effects: dict[tuple[Rate, Workload], HostEffect] = {}
        self._figures: dict[LatencyFigure, ByKind] = {}
        self._latency_effects: dict[LatencyFigure, HostEffect] = {}
        every = list(judged)
        for each in every:
            if not each.reasons:
                self._cells[Kind.of(each.cell)].append(each)
        self._capacities = capacities_of(each.windows for each in every)

    @cached_property
    def throughput(self) -> ByKind:
        """Right responses per second; capacities without what the host's changing speed did to them."""
        return self._rates(THROUGHPUT, REQUESTS_PER_S, hosts=self._hosts(THROUGHPUT, *SATURATING), higher=True)

    @cached_property
    def throughput_as_counted(self) -> ByKind:
        """The same with it; only of capacity, to compare with."""
        return self._rates(THROUGHPUT, REQUESTS_PER_S, kinds=self._kinds(Workload.CAPACITY), higher=True)

    @cached_property
    def server_cpu(self) -> ByKind:
        """CPU time of the server per request, without what the host's changing speed did to it."""
        return self._rates(SERVER_CPU, CPU_US, hosts=self._hosts(SERVER_CPU, *Workload))

    @cached_property
    def server_cpu_per_s(self) -> ByKind:
        """CPU time of the server per second where it has next to nothing to do, without what the host did to it."""
        hosts, kinds = self._hosts(SERVER_CPU_PER_S, Workload.IDLE), self._kinds(Workload.IDLE)
        return self._rates(SERVER_CPU_PER_S, CPU_US_PER_S, hosts=hosts, kinds=kinds)

    @cached_property
    def database_cpu_per_s(self) -> ByKind:
        """The same of the database, where the endpoint asks it."""
        kinds = [kind for kind in self._kinds(Workload.IDLE) if kind.endpoint in DATABASE_ENDPOINTS]
        return self._rates(DATABASE_CPU_PER_S, CPU_US_PER_S, kinds=kinds)

    @cached_property
    def in_flight(self) -> ByKind:
        """Requests that were waiting at a time, as many as were answered while one waited."""
        found = self._rates(IN_FLIGHT, REQUESTS, kinds=self._kinds(Workload.WAITING), higher=True)
        return {kind: replace(each, most=kind.connections) for kind, each in found.items()}

    @cached_property
    def database_cpu(self) -> ByKind:
        """CPU time of the database per request, where the endpoint asks it. Its CPU has no speed probe."""
        kinds = [kind for kind in self._cells if kind.endpoint in DATABASE_ENDPOINTS]
        return self._rates(DATABASE_CPU, CPU_US, kinds=kinds)

    @cached_property
    def highest_rate(self) -> ByKind:
        """The highest rate at which a limit on the p99 is kept, as met."""
        return self._measure(
            lambda _, cells: highest_rate_table([trials_of(each.windows) for each in cells]),
            unit=REQUESTS_PER_S,
            kinds=self._kinds(Workload.LIMIT),
            higher_is_better=True,
        )

    def _to_highest(self, cell: Cell, references: Collection[Subject]) -> Estimate | None:
        """Its ratio to that of the subject that has the highest, formed within rounds; None for that one.

        References compete with nobody, unless there is nothing else.
        """
        found = self.highest_rate.get(Kind.of(cell))
        if found is None or cell.subject not in found.subjects:
            return None
        rivals = [each for each in found.subjects if each not in references] or found.subjects
        highest = max(rivals, key=lambda subject: found.value(subject).value)
        return None if highest == cell.subject else found.log_ratio(cell.subject, highest).estimate()

    @property
    def host_effect(self) -> HostEffect:
        """On capacities."""
        return self._effect(THROUGHPUT, Workload.CAPACITY)

    @property
    def host_slopes(self) -> Mapping[Kind, HostSlopes]:
        """How capacities follow what is known of the host."""
        return dict(zip(self._kinds(Workload.CAPACITY), self.host_effect.slopes, strict=True))

    def latency(self, figure: LatencyFigure) -> ByKind:
        """One figure of latency, of each kind; of `latency` without what the host did to it."""
        if figure not in self._figures:
            self._figures[figure] = self._latency(figure)
        return self._figures[figure]

    def headline(self, quantile: float) -> ByKind:
        """A quantile of the latency that tells most of the apps: of the server, or as met where that is not known."""
        as_met, of_server = (self.latency(LatencyFigure(latency=each, quantile=quantile)) for each in Latency)
        return as_met | of_server

    def change(self, rate: Rate, cell: Cell, base: Cell) -> LogInterval | None:
        """Logarithm of a rate in one cell over that in another of the same workload; None where either is invalid.

        Formed within rounds, so that what hit a whole round cancels.
        """
        pair = [each for wanted in (cell, base) for each in self._cells.get(Kind.of(wanted), []) if each.cell == wanted]
        if len(pair) != PAIR:
            return None
        host = self._effect(rate, cell.workload) if cell.workload in SATURATING else NO_EFFECT
        table = rate_table([each.windows for each in pair], rate, host)
        kinds = self.throughput if rate is THROUGHPUT else self.server_cpu
        prior = next((each.prior for kind, each in kinds.items() if kind.workload is cell.workload), Prior())
        return ratio(table, prior, 0, 1) if table.present.any(axis=1).all() else None

    def of(self, cell: Cell, references: Collection[Subject] = ()) -> Estimates:
        """All estimates of one cell; empty ones if it is invalid. `references` are baselines and layers."""
        kind = Kind.of(cell)

        def value(quantity: ByKind) -> Estimate | None:
            found = quantity.get(kind)
            return found.value(cell.subject) if found and found.has(cell.subject) else None

        def percentiles(latency: Latency) -> tuple[Percentile, ...]:
            found = ((figure.quantile, value(self.latency(figure))) for figure in _REPORTED[latency])
            return in_order([Percentile(quantile=quantile, us=us) for quantile, us in found if us])

        far = self._far(cell)
        of_server = self._of_server.get(cell.key, OfServer())
        return Estimates(
            throughput_rps=None if cell.workload is Workload.LIMIT else value(self.throughput),
            throughput_as_counted_rps=value(self.throughput_as_counted),
            in_flight=value(self.in_flight),
            server_cpu_us_per_request=value(self.server_cpu),
            database_cpu_us_per_request=value(self.database_cpu),
            server_cpu_us_per_s=value(self.server_cpu_per_s),
            database_cpu_us_per_s=value(self.database_cpu_per_s),
            limit_rps=value(self.highest_rate),
            limit_to_highest=self._to_highest(cell, references),
            percentiles=percentiles(Latency.AS_MET) + ((Percentile(quantile=FAR_QUANTILE, us=far),) if far else ()),
            percentiles_of_server=percentiles(Latency.OF_SERVER),
            clear_share=of_server.clear_share,
            of_server_unknown=of_server.unknown,
            service_time_p99_us=self._part_us(cell, lambda latencies: latencies.service_times),
            schedule_lag_p99_us=self._part_us(cell, lambda latencies: latencies.schedule_lags),
        )

    def _part_us(self, cell: Cell, part: Callable[[Latencies], CellLatencies]) -> float | None:
        """The p99 of a part of what was met; None where that of the whole is not known."""
        figure = LatencyFigure(latency=Latency.AS_MET, quantile=REPORTED_QUANTILES[-1])
        kind, found = Kind.of(cell), self.latency(figure).get(Kind.of(cell))
        if cell.workload is not Workload.LATENCY or found is None or not found.has(cell.subject):
            return None
        judged = next(each for each in self._cells[kind] if each.cell == cell)
        return part_us(part(judged.latencies), figure.quantile, self._latency_effects[figure])

    def _kinds(self, workload: Workload) -> list[Kind]:
        return [kind for kind in self._cells if kind.workload is workload]

    def _effect(self, rate: Rate, workload: Workload) -> HostEffect:
        if (rate, workload) not in self._effects:
            kinds = [[each.windows for each in self._cells[kind]] for kind in self._kinds(workload)]
            self._effects[rate, workload] = fit_host_effect(kinds, rate.log)
        return self._effects[rate, workload]

    def _hosts(self, rate: Rate, *workloads: Workload) -> Mapping[Workload, HostEffect]:
        return {workload: self._effect(rate, workload) for workload in workloads}

    def _rates(
        self,
        rate: Rate,
        unit: str,
        *,
        hosts: Mapping[Workload, HostEffect] = MappingProxyType({}),
        kinds: Sequence[Kind] | None = None,
        higher: bool = False,
    ) -> ByKind:
        return self._measure(
            lambda kind, cells: rate_table([each.windows for each in cells], rate, hosts.get(kind.workload, NO_EFFECT)),
            unit=unit,
            kinds=kinds,
            higher_is_better=higher,
        )

    def _latency(self, figure: LatencyFigure) -> ByKind:
        latencies = {kind: self._latencies(kind, figure.latency) for kind in self._with_latencies}
        loaded = [kind for kind in latencies if kind.workload is Workload.LATENCY]
        of_loaded = [[each.windows for each in self._cells[kind]] for kind in loaded]
        every = [cell for kind in loaded for cell in latencies[kind].values()]
        host = fit_host_effect(of_loaded, log_quantiles(every, figure.quantile))
        self._latency_effects[figure] = host
        found = self._measure(
            lambda kind, cells: quantile_table(
                [latencies[kind][each.cell.key] for each in cells],
                figure.quantile,
                host if kind.workload is Workload.LATENCY else NO_EFFECT,
            ),
            unit=f"{figure.name}, us",
            kinds=self._with_latencies,
            wanted=lambda each: is_known(latencies[Kind.of(each.cell)].get(each.cell.key, ()), figure.quantile),
        )
        return {kind: replace(each, figure=figure) for kind, each in found.items()}

    @property
    def _with_latencies(self) -> list[Kind]:
        return [*self._kinds(Workload.CAPACITY), *self._kinds(Workload.LATENCY)]

    def _latencies(self, kind: Kind, latency: Latency) -> Mapping[str, CellLatencies]:
        """By the cell's key."""
        if latency is Latency.OF_SERVER:
            found = ((each.cell.key, self._of_server.get(each.cell.key)) for each in self._cells[kind])
            return {key: each.latencies for key, each in found if each and each.latencies}
        return {each.cell.key: each.latencies.by_window for each in self._cells[kind]}

    @cached_property
    def _of_server(self) -> Mapping[str, OfServer]:
        """By the key of each latency cell."""
        return {
            key: found
            for kind in self._kinds(Workload.LATENCY)
            for key, found in latencies_of_server(self._cells[kind], self._capacities, self._stalls_unwatched).items()
        }

    def _far(self, cell: Cell) -> Estimate | None:
        kind = Kind.of(cell)
        if kind not in self._with_latencies:
            return None
        found = self._latencies(kind, Latency.AS_MET).get(cell.key, ())
        return far_quantile(found, FAR_QUANTILE) if is_known(found, FAR_QUANTILE) else None

    def _measure(
        self,
        table_of: Callable[[Kind, Sequence[JudgedCell]], Table],
        *,
        unit: str,
        higher_is_better: bool = False,
        kinds: Sequence[Kind] | None = None,
        wanted: Callable[[JudgedCell], bool] = lambda _: True,
    ) -> ByKind:
        """One quantity; a subject of which it is not known is left out. Each workload and rate has its own prior."""
        tables: dict[Kind, tuple[list[JudgedCell], Table]] = {}
        for kind in self._cells if kinds is None else kinds:
            cells = [each for each in self._cells[kind] if wanted(each)]
            if cells:
                table = table_of(kind, cells)
                known = np.flatnonzero(table.present.any(axis=1))
                tables[kind] = [cells[row] for row in known], table.select(known)
        priors = {
            load: fit_prior([table for kind, (_, table) in tables.items() if (kind.workload, kind.rate) == load])
            for load in {(kind.workload, kind.rate) for kind in tables}
        }
        return {
            kind: SideBySide(
                kind=kind,
                subjects=tuple(each.cell.subject for each in cells),
                table=table,
                prior=priors[kind.workload, kind.rate],
                unit=unit,
                higher_is_better=higher_is_better,
            )
            for kind, (cells, table) in tables.items()
            if cells
        }


class JudgedRun:
    """A run's cells judged, and everything that is estimated of them: made once, for all that looks at the run.

    Of the cells that are loaded by requests. Estimates are made when they are first asked for, and kept.
    """

    def __init__(self, recorded: RecordedRun) -> None:
        """Judge them by the gates of today."""
        self.cells: Sequence[JudgedCell] = judge_cells(recorded)
        self.quantities = Quantities(self.cells, recorded.run.stalls_unwatched)
