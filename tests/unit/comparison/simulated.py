"""Pairs of runs of known truth, with the scatter that runs of profile `standard` showed on a virtual machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

import numpy as np

from harness.analysis.moderation import fit_prior
from harness.analysis.side_by_side import SideBySide
from harness.analysis.table import Table
from harness.comparison.summarise import figure_of
from harness.model.app import Endpoint
from harness.model.cell import Cell, Kind, Subject, Workload
from harness.model.claim import Metric
from harness.model.comparison import CellSummary, RunSummary
from tests.unit.results.sample import run_of

ENDPOINTS = (Endpoint.HELLO, Endpoint.JSON, Endpoint.DB, Endpoint.QUERIES, Endpoint.FORTUNES)
CONNECTIONS = 32


@dataclass(frozen=True)
class Host:
    """Standard deviations of logarithms. The first four are what real runs showed; see docs/method.md."""

    window: float = 0.045
    """Of one window, the host's speed taken out: 0.015 of a round's mean of nine."""
    process: float = 0.011
    """From one fresh process to the next."""
    common: float = 0.010
    """Of what moves a round."""
    run: float = 0.060
    """Of what moves a whole run."""
    cell: float = 0.007
    """Of what moves one cell in a whole run: two real runs of one host agreed without any, or with up to 1 %."""


@dataclass(frozen=True)
class Design:
    """What each run measures."""

    apps: int = 10
    variants: int = 2
    endpoints: tuple[Endpoint, ...] = ENDPOINTS
    rounds: int = 7
    windows: int = 9

    @property
    def subjects(self) -> list[Subject]:
        own = [Subject(app=f"app{i}", variant=f"v{j}") for i in range(self.apps) for j in range(self.variants)]
        return [*own, own[0].model_copy(update={"twin": True})]


STANDARD = Design()
QUICK = Design(variants=1, endpoints=ENDPOINTS[:3], rounds=5, windows=6)


def a_run(
    seed: int,
    design: Design = STANDARD,
    host: Host = Host(),
    times: Mapping[str, float] | None = None,
) -> RunSummary:
    """One run; `times` is how many times its usual work an app does per request."""
    generator = np.random.default_rng(seed)
    subjects = design.subjects
    slower = np.array([log((times or {}).get(subject.app, 1.0)) for subject in subjects])
    shift = host.run * generator.normal()
    tables: dict[Metric, list[SideBySide]] = {}
    for metric, sign in ((Metric.THROUGHPUT, -1.0), (Metric.SERVER_CPU, 1.0)):
        made = [
            (kind_of(endpoint), _table(generator, design, host, sign * (slower - shift)))
            for endpoint in design.endpoints
        ]
        prior = fit_prior([table for _, table in made])
        tables[metric] = [
            SideBySide(kind, tuple(subjects), table, prior, "", higher_is_better=sign < 0) for kind, table in made
        ]
    header = run_of()
    return RunSummary(
        run_id=f"{seed:032x}",
        name=f"run-{seed}",
        started_at=header.started_at,
        profile=header.plan.profile,
        runtime=header.runtime,
        revision=None,
        conditions={"host": "one"},
        rounds=design.rounds,
        cells=tuple(
            CellSummary(
                cell=Cell(subject=subject, endpoint=endpoint, workload=Workload.CAPACITY, connections=CONNECTIONS),
                reasons=(),
                offered_rps=None,
                figures={metric: figure_of(own[place], subject) for metric, own in tables.items()},
                title=subject.app,
                framework_version="1",
                lock_sha256="0",
                code_sha256="0",
            )
            for place, endpoint in enumerate(design.endpoints)
            for subject in subjects
            if not subject.twin
        ),
    )


def kind_of(endpoint: Endpoint) -> Kind:
    return Kind(endpoint=endpoint, workload=Workload.CAPACITY, rate=None, connections=CONNECTIONS)


def _table(generator: np.random.Generator, design: Design, host: Host, truth: np.ndarray) -> Table:
    count, rounds = len(truth), design.rounds
    cell = host.cell * generator.normal(size=count)
    cell[-1] = cell[0]  # The second copy is what the first is.
    windows = host.window * generator.normal(size=(count, rounds, design.windows))
    logs = (
        (7.0 + truth + cell)[:, None]
        + host.common * generator.normal(size=(1, rounds))
        + host.process * generator.normal(size=(count, rounds))
        + windows.mean(axis=2)
    )
    return Table(
        columns=logs,
        values=logs.mean(axis=1),
        present=np.ones(logs.shape, dtype=bool),
        window_variances=windows.var(axis=2, ddof=1).mean(axis=1) / design.windows,
        indices=tuple(range(rounds)),
    )
