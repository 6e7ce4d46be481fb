"""The machine, as far as it shapes a number."""

from enum import StrEnum

from pydantic import Field

from harness.model.base import Contract


class CpuLayout(Contract):
    """Which CPUs are given to whom."""

    server: tuple[int, ...] = Field(min_length=1)
    generator: tuple[int, ...] = Field(min_length=1)
    database: tuple[int, ...]
    load_host_apart: bool = False
    """Whether the generator's CPUs are another host's than those of server and database. Equal numbers then mean
    different CPUs."""

    @property
    def isolated(self) -> bool:
        """Whether the database has CPUs of its own (on one host from 4 CPUs on, on an app host from 2)."""
        return not (self.database_beside_server or self.database_beside_generator)

    @property
    def database_beside_server(self) -> bool:
        """Whether database and server share a CPU."""
        return bool(set(self.database) & set(self.server))

    @property
    def database_beside_generator(self) -> bool:
        """Whether database and generator share a CPU."""
        return not self.load_host_apart and bool(set(self.database) & set(self.generator))

    @property
    def app_host_cpus(self) -> tuple[int, ...]:
        """The CPUs in use on the host where server and database run."""
        own = () if self.load_host_apart else self.generator
        return tuple(sorted({*self.server, *self.database, *own}))

    @property
    def cpus_in_use(self) -> int:
        """How many CPUs are in use, on all hosts."""
        return len(self.app_host_cpus) + (len(self.generator) if self.load_host_apart else 0)


class Grade(StrEnum):
    """How well a property of the host suits measuring."""

    GOOD = "good"
    POOR = "poor"
    UNFIT = "unfit"
    UNKNOWN = "unknown"


class Check(Contract):
    """One finding of `bench doctor`."""

    name: str
    value: str
    grade: Grade
    threshold: str | None = None
    """Which values are good, and where poor or unfit begins; None in runs from before it was told."""
    why: str
    """Why it matters for the numbers, in one sentence."""
    remedy: str | None = None
    source: str | None = None
    """Where the value was read: a path or an interface."""
    reference: str | None = None
    """The page of the kernel's or the tool's documentation that explains it."""


class Interpreter(Contract):
    """A Python build: the same source compiled otherwise runs up to 1.6 times as fast."""

    version: str
    implementation: str
    compiler: str
    pgo: bool | None
    """Profile-guided optimisation; None where the build does not tell. So is `lto`, link-time optimisation."""
    lto: bool | None
    free_threaded: bool
    jit: bool

    @property
    def words(self) -> str:
        """`CPython 3.14.0`, `CPython 3.14.0 free-threaded`."""
        return f"{self.implementation} {self.version}{' free-threaded' * self.free_threaded}"


class Host(Contract):
    """The host's description, read at the start of a run."""

    kernel: str
    machine: str
    cpu_model: str
    cpu_count: int
    memory_bytes: int
    virtualization: str | None
    container: str | None
    governor: str | None
    smt: bool | None
    clock_source: str | None
    cgroup_cpu_limit: float | None
    open_files_limit: int
    os_release: str
    fingerprint: str
    """A hash of what makes runs comparable (CPU model and count, memory, kernel's major version)."""


class ContainerEngine(Contract):
    """What ran the containers."""

    version: str
    compose_version: str
    cgroup_version: str
    storage_driver: str
    runtime: str
    """The program that starts containers, such as `runc`."""
    host_name: str | None = None
    """How the engine's host calls itself; None for an engine of this host, which stands in `Run.host`."""
    operating_system: str | None = None
    """The engine's host's own, which from inside a container can't be seen; None for an engine of this host."""


class HostCpus(Contract):
    """The CPUs that the engine's containers may use, and which of them share a core."""

    allowed: tuple[int, ...]
    siblings: dict[int, frozenset[int]]
