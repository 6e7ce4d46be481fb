"""A calibration beside other work says too little of the generator, and makes no cell invalid by that."""

import pytest

from harness.analysis.cells import judge_cells
from harness.model.calibration import Ceiling
from harness.model.run import Window
from harness.model.validity import Gate, GateName
from harness.model.window import WorkerShare
from tests.unit.analysis.simulate import Simulation, subject

RPS = 2_000.0
RUN = Simulation({subject("flask"): RPS}).recorded()


def driven_by(workers: int, window: Window) -> Window:
    assert window.report
    report = window.report
    shares = tuple(
        WorkerShare(
            name=f"here-{number}",
            responses=report.responses // workers,
            generator_cpu_ns=report.generator_cpu_ns // workers,
            generator_run_delay_ns=report.generator_run_delay_ns // workers,
        )
        for number in range(workers)
    )
    return window.model_copy(update={"report": report.model_copy(update={"workers": shares})})


def gate_with(ceiling_rps: float, cpu_us: float, *, load_host_apart: bool = False, workers: int = 0) -> Gate:
    ceiling = Ceiling(engine_rps=ceiling_rps, engine_cpu_us_per_request=cpu_us, responder_cpu_share=0.2, windows=3)
    cpus = RUN.run.plan.cpus.model_copy(update={"load_host_apart": load_host_apart})
    plan = RUN.run.plan.model_copy(update={"cpus": cpus})
    run = RUN.run.model_copy(update={"ceiling": ceiling, "plan": plan})
    windows = tuple(driven_by(workers, window) for window in RUN.windows)
    (judged,) = judge_cells(RUN.model_copy(update={"run": run, "windows": windows}))
    return next(gate for gate in judged.gates if gate.name is GateName.GENERATOR_BOUND)


def test_a_generator_that_was_starved_when_it_was_calibrated_can_do_what_its_cpu_time_allows() -> None:
    """It came to 530 requests/s beside other work, at 30 us of CPU time each; then cells had four times as many."""
    gate = gate_with(530.0, 30.0)
    assert gate.held
    assert gate.value == pytest.approx(RPS * 30e-6, rel=0.05)
    assert " requests/s, as counted, are " in gate.explanation, "elsewhere the host's speed is taken out of capacities"


def test_a_generator_that_was_busy_has_the_ceiling_that_it_reached() -> None:
    assert not gate_with(2_500.0, 1e6 / 2_500).held
    assert gate_with(4_000.0, 1e6 / 4_000).held


def test_to_another_host_the_network_is_a_limit_as_well() -> None:
    assert not gate_with(2_500.0, 30.0, load_host_apart=True).held


def test_processes_that_share_a_cpu_have_no_more_than_it() -> None:
    assert len(RUN.run.plan.cpus.generator) == 1
    assert not gate_with(2_500.0, 400.0, workers=2).held
    assert gate_with(5_000.0, 200.0, workers=2).held


def test_a_record_without_cpu_time_has_the_ceiling_that_was_reached() -> None:
    assert gate_with(4_000.0, 0.0).value == pytest.approx(RPS / 4_000.0, rel=0.05)
