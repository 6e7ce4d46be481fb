"""Whole simulated runs, as a run folder holds them."""

from datetime import timedelta

from harness.model.app import Endpoint
from harness.model.cell import Subject
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import Noise, Simulation, subject
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
