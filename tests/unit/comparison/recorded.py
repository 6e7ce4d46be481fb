"""Whole simulated runs, as a run folder holds them."""

from datetime import timedelta

import numpy as np

from harness.model.app import Endpoint
from harness.model.cell import Cell, Subject, Workload
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import Noise, Simulation, started, subject
from tests.unit.results.sample import STARTED_AT

APPS = ("app0", "app1", "app2", "app3", "app4", "app5")
STEADY = Noise(window=0.02, process=0.005, common=0.01)


def a_recorded_run(
    seed: int = 1,
    *,
    apps: tuple[str, ...] = APPS,
    slower: dict[str, float] | None = None,
    host: float = 1.0,
    day: int = 0,
    **changes: object,
) -> RecordedRun:
    """A run of some apps and a second copy of the first; `changes` are fields of its header."""
    capacities: dict[Subject, float] = {
        subject(app): host * (2_000.0 + 300 * place) / (slower or {}).get(app, 1.0) for place, app in enumerate(apps)
    }
    first = next(iter(capacities))
    capacities[first.model_copy(update={"twin": True})] = capacities[first]
    recorded = Simulation(
        capacities_rps=capacities, endpoints=(Endpoint.HELLO, Endpoint.JSON), noise=STEADY, seed=seed, latency_windows=1
    ).recorded()
    header = recorded.run.model_copy(
        update={"run_id": f"{seed:016x}", "started_at": STARTED_AT + timedelta(days=day), **changes}
    )
    return recorded.model_copy(update={"run": header})


def with_footprints(recorded: RecordedRun, *, seed: int = 1, heavier: dict[str, float] | None = None) -> RecordedRun:
    """The run with the footprints of all its apps; `heavier` is how many times its usual memory an app takes."""
    generator = np.random.default_rng(seed)
    plan = recorded.run.plan
    cells = [
        Cell(subject=each, endpoint=Endpoint.HELLO, workload=Workload.FOOTPRINT, connections=1)
        for each in plan.subjects
        if not each.twin
    ]
    starts = []
    for index in range(plan.timing.rounds):
        for place, each in enumerate(plan.subjects):
            idle = (20 + 3 * place * (not each.twin)) * 2**20 * (heavier or {}).get(each.app, 1.0)
            taken = {
                "start_s": (0.4 + 0.1 * (place % 3)) * generator.lognormal(0, 0.02),
                "import_s": 0.1 * generator.lognormal(0, 0.02),
                "pss_idle_bytes": int(idle * generator.lognormal(0, 0.003)),
                "pss_loaded_bytes": int(1.2 * idle * generator.lognormal(0, 0.003)),
            }
            starts.append(started(each, index, **taken))
    planned = plan.model_copy(update={"cells": (*plan.cells, *cells)})
    header = recorded.run.model_copy(update={"plan": planned})
    return recorded.model_copy(update={"run": header, "starts": tuple(starts)})
