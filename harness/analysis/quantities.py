"""The quantities that are estimated, each for all valid subjects of a kind at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Final

import numpy as np

from harness.analysis.cells import Estimates, JudgedCell
from harness.analysis.estimates import DATABASE_CPU, IN_FLIGHT, SERVER_CPU, THROUGHPUT, Rate, rate_table
from harness.analysis.host_effect import NO_EFFECT, HostEffect, HostSlopes, fit_host_effect
from harness.analysis.intervals import LogInterval, ratio
from harness.analysis.moderation import Prior, fit_prior
from harness.analysis.percentiles import RANKED_QUANTILE, REPORTED_QUANTILES, percentile_table
from harness.analysis.side_by_side import Kind, SideBySide
from harness.analysis.table import PAIR, Table
from harness.model.app import DATABASE_ENDPOINTS
from harness.model.cell import SATURATING, Cell, Workload
from harness.model.findings import Estimate, Percentile

REQUESTS_PER_S: Final = "requests/s"
P99_US: Final = "p99, us"
REQUESTS: Final = "requests"
CPU_US: Final = "CPU us/request"

type ByKind = dict[Kind, SideBySide]


class Quantities:
    """Everything that is estimated of the valid cells of a run."""

    def __init__(self, judged: Iterable[JudgedCell]) -> None:
        self._cells: dict[Kind, list[JudgedCell]] = defaultdict(list)
        self._effects: dict[tuple[Rate, Workload], HostEffect] = {}
        for each in judged:
            if not each.reasons:
                self._cells[Kind.of(each.cell)].append(each)

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
    def in_flight(self) -> ByKind:
        """Requests that were waiting at a time, as many as were answered while one waited."""
        return self._rates(IN_FLIGHT, REQUESTS, kinds=self._kinds(Workload.WAITING), higher=True)

    @cached_property
    def database_cpu(self) -> ByKind:
        """CPU time of the database per request, where the endpoint asks it. Its CPU has no speed probe."""
        kinds = [kind for kind in self._cells if kind.endpoint in DATABASE_ENDPOINTS]
        return self._rates(DATABASE_CPU, CPU_US, kinds=kinds)

    @property
    def host_effect(self) -> HostEffect:
        """On capacities."""
        return self._effect(THROUGHPUT, Workload.CAPACITY)

    @property
    def host_slopes(self) -> Mapping[Kind, HostSlopes]:
        """How capacities follow what is known of the host."""
        return dict(zip(self._kinds(Workload.CAPACITY), self.host_effect.slopes, strict=True))

    @cached_property
    def percentiles(self) -> Mapping[float, ByKind]:
        """Latency, by quantile."""
        return {quantile: self._percentile(quantile) for quantile in REPORTED_QUANTILES}

    @property
    def p99(self) -> ByKind:
        """The percentile that latency is ranked by."""
        return self.percentiles[RANKED_QUANTILE]

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

    def of(self, cell: Cell) -> Estimates:
        """All estimates of one cell; empty ones if it is invalid."""

        def value(quantity: ByKind) -> Estimate | None:
            found = quantity.get(Kind.of(cell))
            return found.value(cell.subject) if found and cell.subject in found.subjects else None

        percentiles = ((quantile, value(found)) for quantile, found in self.percentiles.items())
        return Estimates(
            throughput_rps=value(self.throughput),
            throughput_as_counted_rps=value(self.throughput_as_counted),
            in_flight=value(self.in_flight),
            server_cpu_us_per_request=value(self.server_cpu),
            database_cpu_us_per_request=value(self.database_cpu),
            percentiles=tuple(Percentile(quantile=quantile, us=us) for quantile, us in percentiles if us),
        )

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

    def _percentile(self, quantile: float) -> ByKind:
        return self._measure(
            lambda _, cells: percentile_table([each.latencies for each in cells], quantile),
            unit=P99_US if quantile == RANKED_QUANTILE else f"p{quantile * 100:g}, us",
            kinds=[*self._kinds(Workload.CAPACITY), *self._kinds(Workload.LATENCY)],
            wanted=lambda each: each.latencies.shows(quantile),
        )

    def _measure(
        self,
        table_of: Callable[[Kind, Sequence[JudgedCell]], Table],
        *,
        unit: str,
        higher_is_better: bool = False,
        kinds: Sequence[Kind] | None = None,
        wanted: Callable[[JudgedCell], bool] = lambda _: True,
    ) -> ByKind:
        """One quantity; a subject of which it is not known is left out. Each workload has a prior of its own."""
        tables: dict[Kind, tuple[list[JudgedCell], Table]] = {}
        for kind in self._cells if kinds is None else kinds:
            cells = [each for each in self._cells[kind] if wanted(each)]
            if cells:
                table = table_of(kind, cells)
                known = np.flatnonzero(table.present.any(axis=1))
                tables[kind] = [cells[row] for row in known], table.select(known)
        priors = {
            workload: fit_prior([table for kind, (_, table) in tables.items() if kind.workload is workload])
            for workload in Workload
        }
        return {
            kind: SideBySide(
                kind=kind,
                subjects=tuple(each.cell.subject for each in cells),
                table=table,
                prior=priors[kind.workload],
                unit=unit,
                higher_is_better=higher_is_better,
            )
            for kind, (cells, table) in tables.items()
            if cells
        }
