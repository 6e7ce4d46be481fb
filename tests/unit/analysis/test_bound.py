"""What limited a capacity on a host whose CPUs others had: never said to be a wait with idle CPUs."""

from dataclasses import dataclass

import numpy as np
import pytest

from harness.analysis.cells import JudgedCell, judge_cells
from harness.model.app import Endpoint
from harness.model.cell import Cell, Workload
from harness.model.host import Check, CpuLayout, Grade
from harness.model.validity import Bound, GateName
from harness.results.records import RecordedRun
from tests.unit.analysis.simulate import CONNECTIONS, DURATION_NS, closed_report, meter, started, subject
from tests.unit.results.sample import TWO_CPUS, ceiling, deployment, run_of, window_of

ISOLATED = CpuLayout(server=(0,), generator=(1,), database=(2, 3))
ONE_CPU = CpuLayout(server=(0,), generator=(0,), database=(0,))
TWO_FOR_THE_SERVER = CpuLayout(server=(0, 1), generator=(2,), database=(3,))
LILYA = subject("lilya")


@dataclass(frozen=True)
class Measured:
    """A cell of one window, by shares of time; the generator uses a tenth."""

    server: float
    idle: float | None
    """For how many of the server's CPUs nobody had anything to do; None where that was not read."""
    delay: float = 0.0
    """Of the generator."""
    database: float = 0.0
    cpus: CpuLayout = TWO_CPUS
    endpoint: Endpoint = Endpoint.JSON
    workload: Workload = Workload.CAPACITY
    check: str | None = None
    """Which check of the host is poor."""

    def judged(self) -> JudgedCell:
        cell = Cell(subject=LILYA, endpoint=self.endpoint, workload=self.workload, connections=CONNECTIONS)
        elapsed_ns = meter().elapsed_ns
        read = meter(
            self.server,
            server_idle_ns=None if self.idle is None else int(self.idle * elapsed_ns),
            database_cpu_ns=int(self.database * elapsed_ns),
        )
        report = closed_report(
            373.0,
            np.random.default_rng(1),
            generator_cpu_ns=DURATION_NS // 10,
            generator_run_delay_ns=int(self.delay * DURATION_NS),
        )
        run = run_of([cell], ceiling=ceiling(50_000.0), deployments=(deployment(LILYA),))
        checks = (Check(name=self.check, value="much", grade=Grade.POOR, why="It matters."),) if self.check else ()
        run = run.model_copy(update={"plan": run.plan.model_copy(update={"cpus": self.cpus}), "checks": checks})
        window = window_of(cell, round_index=0, report=report, meter=read)
        (found,) = judge_cells(RecordedRun(run=run, windows=(window,), starts=(started(LILYA, 0),), rounds_complete=1))
        return found

    @property
    def bound(self) -> Bound:
        return self.judged().bound

    @property
    def said(self) -> str:
        """By the gate on the server's CPU, which holds."""
        (gate,) = (each for each in self.judged().gates if each.name is GateName.SERVER_BUSY)
        assert gate.held
        return gate.explanation


def test_a_server_whose_cpu_others_had_did_not_wait_with_idle_cpus() -> None:
    starved = Measured(server=0.14, idle=0.02)
    assert starved.bound is Bound.OTHERS
    assert starved.said == "the server used 0.14 CPUs; others had its CPU"


def test_where_others_can_be_why_it_is_not_told_what_was_the_limit() -> None:
    # Half of each CPU went to others: the server's had time left, and the generator waited for its own.
    halved = Measured(server=0.14, idle=0.36, delay=0.3)
    assert halved.bound is Bound.UNCLEAR
    assert halved.said.endswith("what was the limit can't be told, since others had CPUs")


@pytest.mark.parametrize("check", ["other processes", "CPU pressure", "steal"])
def test_what_windows_do_not_record_is_told_by_the_checks_of_the_host(check: str) -> None:
    """Where the server is on another host, and in some containers, nobody reads how long its CPU was idle."""
    assert Measured(server=0.14, idle=None, check=check).bound is Bound.UNCLEAR
    assert Measured(server=0.14, idle=None, check="swappiness").bound is Bound.IDLE
    # Others were there, but had little of these CPUs by what was read.
    assert Measured(server=0.14, idle=0.84, check=check).bound is Bound.IDLE
    assert Measured(server=0.14, idle=0.6, check=check).bound is Bound.UNCLEAR


@pytest.mark.parametrize(
    ("endpoint", "workload"), [(Endpoint.WAIT, Workload.WAITING), (Endpoint.DB, Workload.CAPACITY)]
)
def test_others_are_not_blamed_for_a_server_that_waits_anyway(endpoint: Endpoint, workload: Workload) -> None:
    """What others have of a CPU need not have been wanted by who waits for something else."""
    assert Measured(server=0.14, idle=0.8, endpoint=endpoint, workload=workload, cpus=ISOLATED).bound is Bound.IDLE
    assert Measured(server=0.14, idle=0.6, endpoint=endpoint, workload=workload, cpus=ISOLATED).bound is Bound.IDLE
    assert Measured(server=0.14, idle=0.0, endpoint=endpoint, workload=workload, cpus=ISOLATED).bound is Bound.UNCLEAR


def test_a_database_that_fills_its_cpus_is_the_limit_whoever_had_the_server_s() -> None:
    measured = Measured(server=0.5, idle=0.1, database=1.9, cpus=ISOLATED, endpoint=Endpoint.DB)
    assert measured.bound is Bound.DATABASE


def test_the_run_s_own_processes_on_the_server_s_cpu_are_no_others() -> None:
    # Half of the one CPU is idle: server, generator and database had the other half.
    assert Measured(server=0.2, idle=0.5, database=0.2, endpoint=Endpoint.DB, cpus=ONE_CPU).bound is Bound.IDLE


def test_others_on_a_cpu_that_one_worker_does_not_need_take_nothing_from_it() -> None:
    assert Measured(server=0.3, idle=0.8, cpus=TWO_FOR_THE_SERVER).bound is Bound.IDLE
    assert Measured(server=0.3, idle=0.1, cpus=TWO_FOR_THE_SERVER).bound is Bound.OTHERS


@pytest.mark.parametrize(("server", "idle"), [(0.86, 0.0), (0.95, 0.0)])
def test_a_server_that_filled_its_cpu_is_the_limit_itself(server: float, idle: float) -> None:
    assert Measured(server=server, idle=idle).bound is Bound.SERVER
