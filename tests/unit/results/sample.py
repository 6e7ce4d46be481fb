"""A made-up run header and windows, for tests of what is written, read and analysed."""

from collections.abc import Sequence
from datetime import UTC, datetime

from harness.model.app import Endpoint, Family, Interface
from harness.model.calibration import Ceiling
from harness.model.cell import AT_A_RATE, Cell, Subject, Workload
from harness.model.host import CpuLayout, Host, Interpreter
from harness.model.plan import Plan, ProfileName, Timing
from harness.model.run import Deployment, Run, RuntimeName, Window, WindowKind
from harness.model.window import Mode, WindowSpec

STARTED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
INTERPRETER = Interpreter(
    version="3.13.0", implementation="CPython", compiler="GCC", pgo=True, lto=True, free_threaded=False, jit=False
)
HOST = Host(
    kernel="6.1", machine="x86_64", cpu_model="made up", cpu_count=2, memory_bytes=2**32, virtualization=None,
    container=None, governor=None, smt=None, clock_source=None, cgroup_cpu_limit=None, open_files_limit=1024,
    os_release="none", fingerprint="f",
)  # fmt: skip
TWO_CPUS = CpuLayout(server=(0,), generator=(1,), database=(1,))
FLASK_JSON = Cell(
    subject=Subject(app="flask", variant="controlled"),
    endpoint=Endpoint.JSON,
    workload=Workload.CAPACITY,
    connections=32,
)


def deployment(
    subject: Subject,
    *,
    family: Family = Family.MICRO,
    interface: Interface = Interface.WSGI,
    server: str = "gunicorn gthread",
    built_on: str | None = None,
) -> Deployment:
    return Deployment(
        subject=subject, title=subject.app, family=family, built_on=built_on, interface=interface, server=server,
        why="because", source=None, keep_alive=True, command=("server",), environment={}, framework_version="1",
        packages={}, lock_sha256="0", code_sha256="0", interpreter=INTERPRETER, accelerators=(),
    )  # fmt: skip


def ceiling(engine_rps: float) -> Ceiling:
    """Of a generator whose CPU was busy all the time."""
    return Ceiling(
        engine_rps=engine_rps, engine_cpu_us_per_request=1e6 / engine_rps, responder_cpu_share=0.5, windows=15
    )


def run_of(cells: Sequence[Cell] = (FLASK_JSON,), *, rounds: int = 4, **changes: object) -> Run:
    """A header; `changes` are fields of `Run`."""
    run = Run(
        run_id="0123456789abcdef",
        started_at=STARTED_AT,
        command=("bench", "run"),
        runtime=RuntimeName.PROCESS,
        plan=Plan(
            profile=ProfileName.QUICK,
            seed=1,
            timing=Timing(
                rounds=rounds, lead_in_s=0.05, warm_window_s=0.2, warm_windows_max=4, capacity_window_s=0.5,
                capacity_windows=5, latency_window_s=1.0, latency_windows=2,
            ),
            subjects=tuple(dict.fromkeys(cell.subject for cell in cells)),
            cells=tuple(cells),
            cpus=TWO_CPUS,
            estimated_s=600,
        ),
        host=HOST,
        checks=(),
        database=None,
        deployments=(),
        ceiling=ceiling(50_000.0),
        harness_version="0.1.0",
        harness_revision=None,
        harness_packages={},
        generator_interpreter=INTERPRETER,
    )  # fmt: skip
    return run.model_copy(update=changes)


def window_of(cell: Cell, *, rate_rps: float | None = None, keep_alive: bool = True, **changes: object) -> Window:
    """A measured window of the first round; `changes` are fields of `Window`."""
    spec = WindowSpec(
        host="127.0.0.1",
        port=8000,
        endpoint=cell.endpoint,
        mode=Mode.OPEN if cell.workload in AT_A_RATE else Mode.CLOSED,
        connections=cell.connections,
        rate_rps=rate_rps,
        lead_in_s=0.05,
        duration_s=0.5,
        keep_alive=keep_alive,
    )
    window = Window(
        round_index=0, sequence=0, cell=cell.key, kind=WindowKind.MEASURED, started_at=STARTED_AT, spec=spec
    )
    return window.model_copy(update=changes)
