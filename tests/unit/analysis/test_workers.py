"""Gates where several generator processes drove a cell together: the worst of them decides, by name."""

from harness.analysis.cells import judge_cells
from harness.model.validity import GateName
from harness.model.window import WorkerShare
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import DURATION_NS, Simulation, subject

IDLE = WorkerShare(
    name="near/0",
    responses=10,
    generator_cpu_ns=int(0.1 * DURATION_NS),
    generator_run_delay_ns=int(0.001 * DURATION_NS),
)


def with_second_worker(**changes: object) -> RecordedRun:
    run = Simulation({subject("flask"): 4_000}).recorded()
    second = IDLE.model_copy(update={"name": "far/1", **changes})
    windows = tuple(
        window.model_copy(update={"report": window.report.model_copy(update={"workers": (IDLE, second)})})
        for window in run.windows
        if window.report
    )
    return run.model_copy(update={"windows": windows})


def test_a_busy_worker_makes_the_cell_invalid_by_name() -> None:
    (good,) = judge_cells(with_second_worker())
    assert good.reasons == ()
    (judged,) = judge_cells(with_second_worker(generator_cpu_ns=int(0.9 * DURATION_NS)))
    assert len(judged.reasons) == 1
    assert judged.reasons[0].startswith(f"{GateName.GENERATOR_CPU.value}: worker far/1 used 90.0% of a CPU")


def test_the_worker_that_waited_longest_for_its_cpu_is_named() -> None:
    (judged,) = judge_cells(with_second_worker(generator_run_delay_ns=int(0.03 * DURATION_NS)))
    (gate,) = (gate for gate in judged.gates if gate.name is GateName.GENERATOR_DELAY)
    assert gate.explanation.startswith("worker far/1 waited for its CPU 3.00% of the time")
