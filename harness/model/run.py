"""A run: what stands in `run.json`, and the raw records beside it.

History of the schema (`RUN_SCHEMA_VERSION`):
1 - first.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from pydantic import Field

from harness.model.app import Endpoint, Family, Interface, KeepAlive, Libraries
from harness.model.app_change import LookTaken
from harness.model.base import AppName, Contract, Name, Outside
from harness.model.calibration import Ceiling
from harness.model.cell import OfferedRate, Subject
from harness.model.course import Course
from harness.model.crowds.chat import ChatReport, ChatSpec
from harness.model.crowds.crowd import CrowdMemory, CrowdReport
from harness.model.crowds.feed import FeedReport, FeedSpec
from harness.model.host import Check, ContainerEngine, Host, Interpreter
from harness.model.plan import NotAvailable, Plan
from harness.model.window import ProcessMeter, SpeedReading, StallReading, WindowReport, WindowSpec

RUN_SCHEMA_VERSION = 1


ENDED_BY_ITSELF: Final = "the server ended by itself"
"""How the fault of a server begins that came up and ended before it was asked to."""


class RuntimeName(StrEnum):
    """Where the servers run."""

    PROCESS = "process"
    DOCKER = "docker"


class Image(Contract):
    """A container image."""

    name: str
    digest: str
    """The engine's id of it: a hash of its configuration, which names its layers by their own hashes."""
    size_bytes: int
    build_s: float | None
    """How long building it took, of which the engine's cache may have saved most; None where it was not built here."""


class FrameworkInstall(Contract):
    """What installing the framework by itself brings: it and all that it requires, but no extra of its own."""

    distributions: tuple[str, ...]
    """Names, the framework's first."""
    size_bytes: int
    """Of their files, with compiled bytecode."""


class Deployment(Contract):
    """One subject as it was really deployed."""

    subject: Subject
    title: str
    revision: str | None = None
    """Which revision of the app it is, where the run has two; None for the one in the tree, and in runs from before it
    was recorded, whose titles have it."""
    family: Family
    built_on: str | None = None
    """The app of the layer that this framework is built upon, which it can't be faster than."""
    interface: Interface
    own_server: bool | None = None
    """Whether the framework brings the server itself; None in runs from before it was recorded."""
    server: str
    without: str | None = None
    """What of the app it does without, where it is as `controlled` but for that."""
    adds: str | None = None
    """What of the app it has beside, where it is as `controlled` but for that."""
    libraries: Libraries = Libraries()
    """Empty in runs from before it was recorded."""
    also_loads: tuple[str, ...] = ()
    """What could write JSON and is loaded for something else, by the app's manifest; empty in runs from before it was
    recorded."""
    also: tuple[Name, ...] = ()
    """Other variant names that this one serves as; empty in runs from before it was recorded."""
    why: str
    source: str | None
    keep_alive: KeepAlive
    command: tuple[str, ...]
    environment: dict[str, str]
    """Variables given to the server, without passwords."""
    endpoints: tuple[Endpoint, ...] | None = None
    """What the app declares of the contract; None in runs from before it was recorded."""
    framework_version: str | None
    framework: FrameworkInstall | None = None
    """None for a baseline, which has no framework, and in runs from before it was looked at."""
    packages: dict[str, str]
    """Every installed distribution of the app's environment and its version."""
    built: tuple[str, ...] = ()
    """Which of them were built from source, since the app's lock has no wheel of them for this interpreter; empty in
    runs from before it was looked at."""
    lock_sha256: str
    code_sha256: str
    """Over the app's own files."""
    interpreter: Interpreter
    accelerators: tuple[str, ...]
    """Which of uvloop, httptools, orjson ... the server really uses."""
    image: Image | None = None
    """None for a local process."""

    @property
    def on_own_server(self) -> bool:
        """Whether the framework brings the server itself, as far as that was recorded: once, only native apps did."""
        return self.interface is Interface.NATIVE if self.own_server is None else self.own_server


class SourceFile(Contract):
    """A file of an app's own, as it was when the run began."""

    path: str
    """Relative to the app's folder, with forward slashes."""
    text: Outside | None
    """None where it was not kept; `AppSource.left_out` says why. `Deployment.code_sha256` covers it all the same, but
    of very long files only their size."""


class LeftOut(Contract):
    """What lies in an app's folder and is not in the run, or not as a text."""

    path: Outside
    """Relative to the app's folder."""
    why: Outside


class AppSource(Contract):
    """An app's own code: what a reader has to see before a number is believed."""

    app: AppName
    files: tuple[SourceFile, ...]
    left_out: tuple[LeftOut, ...] = ()
    """Empty in runs from before it was recorded."""
    uncommitted: bool | None = None
    """Whether its folder has changes that no commit of its repository has; None where it is in none, and in runs from
    before it was recorded."""


class Database(Contract):
    """The PostgreSQL server of the run."""

    version: str
    embedded: bool
    """Whether it was the run's own, and not one that `BENCH_DATABASE_URL` named."""
    settings: dict[str, str]
    image: Image | None = None
    """None outside of containers."""


class GeneratorTeam(Contract):
    """How many processes generate the load, and where they join."""

    workers: int = Field(default=0, ge=0, le=256)
    """0: the driver does it alone."""
    listen: str | None = None
    """HOST:PORT at which workers of any host are awaited; None where they are started with the driver. The servers
    then listen on the same address, since the workers have to reach them."""

    @property
    def address(self) -> str | None:
        """The address part of `listen`."""
        return None if self.listen is None else self.listen.rpartition(":")[0]


class Run(Contract):
    """The header of a run folder, `run.json`."""

    schema_name: Literal["framework-referee/run"] = "framework-referee/run"
    schema_version: int = RUN_SCHEMA_VERSION
    run_id: str
    started_at: datetime
    finished_at: datetime | None = None
    """None while under way, or for good where the run was cut off."""
    stopped: Outside | None = None
    """Why it ended before all planned rounds were measured, where that was meant to be."""
    looks: tuple[LookTaken, ...] = ()
    """What was found each time that it was looked whether it may end; the last look, after all rounds, is the report.
    Empty in runs from before it was recorded."""
    command: tuple[Outside, ...]
    """The command line that made this run."""
    method_version: int = 1
    """`harness.measure.begin.METHOD_VERSION` of the harness that made this run."""
    runtime: RuntimeName
    engine: ContainerEngine | None = None
    """None for local processes."""
    driver_image: Image | None = None
    """The load driver's; None for a local process."""
    plan: Plan
    host: Host
    """Where the servers and the database ran: the app host."""
    load_host: Host | None = None
    """Where the load came from, if that was another host than `host`. A run with one is not to be compared with a run
    without: packets crossed a network, and server and generator did not share a machine."""
    checks: tuple[Check, ...]
    database: Database | None
    deployments: tuple[Deployment, ...]
    not_available: tuple[NotAvailable, ...] = ()
    """Empty in runs of one interpreter, and in runs from before several could be asked for."""
    sources: tuple[AppSource, ...] = ()
    """Empty in runs from before code was kept."""
    ceiling: Ceiling | None = None
    rates: tuple[OfferedRate, ...] = ()
    """Empty until the first servers have warmed up, and in runs from before they were kept; windows have them too."""
    harness_version: str
    harness_revision: str | None
    """The git commit of the harness, with `+dirty` where the tree had changes to it. Those to an app are the app's:
    see `AppSource.uncommitted`."""
    harness_packages: dict[str, str]
    generator_interpreter: Interpreter
    generator: GeneratorTeam = GeneratorTeam()
    took: Course | None = None
    """None in runs from before it was recorded."""
    generator_scheduling: str | None = None
    """The scheduling policy of the load driver (sched(7)); None until it has started."""
    stalls_unwatched: str | None = None
    """Why stalls of the host could not be watched; None where they could, and in runs from before they were."""
    holders_unseen: str | None = None
    """Why it could not be seen when other processes had the server's CPU; None where it could, or stalls could not
    either."""
    measured_beside: tuple[str, ...] = ()
    """Other benchmarks that measured on this host meanwhile, as a reader is told of them."""


class WindowKind(StrEnum):
    """Warm-up windows are kept too: they show that the measured ones were warm."""

    WARM = "warm"
    MEASURED = "measured"


class Window(Contract):
    """One line of `windows.jsonl`."""

    record: Literal["window"] = "window"
    round_index: int
    sequence: int
    """Counts all windows of the run in the order in which they were measured."""
    pass_index: int | None = None
    """Which pass of its round over the cells of its kind it belongs to, from 0; long windows are not taken in each.
    None for windows that have no passes, and in runs in which each pass had all of them."""
    cell: str
    """`Cell.key`."""
    kind: WindowKind
    started_at: datetime
    spec: WindowSpec | None = None
    """None where nothing was sent, since the cell was lost before."""
    report: WindowReport | None = None
    """None where the window was lost; `lost` then says why."""
    feed_spec: FeedSpec | None = None
    """In place of `spec`, for a window of a feed."""
    feed: FeedReport | None = None
    """In place of `report`, for a window of a feed."""
    chat_spec: ChatSpec | None = None
    chat: ChatReport | None = None
    feed_memory: CrowdMemory | None = None
    """The same for a window of a chat; and the memory of either."""
    meter: ProcessMeter | None = None
    speed: SpeedReading | None = None
    """None where the speed probe gave none, and in runs from before there was one."""
    stalls: StallReading | None = None
    """None where stalls were not watched, or by a timer that had to wait for others."""
    lost: Outside | None = None
    skipped: str | None = None
    """Why it was not taken on purpose: what it would have shown was already known."""

    @property
    def crowd(self) -> CrowdReport | None:
        """The report of a feed or a chat."""
        return self.feed or self.chat


class Start(Contract):
    """One line of `windows.jsonl`: a server that was started for a round, and how it fared.

    Where a round has several of the same subject, the last one holds: more was known by then.
    """

    record: Literal["start"] = "start"
    round_index: int
    subject: Subject
    hash_seed: int
    start_s: float | None
    """From the start of the process to its first right answer."""
    rss_idle_bytes: int | None
    pss_idle_bytes: int | None
    rss_loaded_bytes: int | None = None
    pss_loaded_bytes: int | None = None
    charged_idle_bytes: int | None = None
    """What the container's control group was charged; None outside of containers."""
    charged_loaded_bytes: int | None = None
    processes: int | None = None
    import_s: float | None = None
    """To import what the app imports of its framework, in a fresh interpreter; None where it was not asked for, or
    nothing can be imported by itself."""
    import_unknown: Outside | None = None
    """Why nothing can; None also in runs from before it was recorded."""
    fault: Outside | None = None
    """Why it did not start, or how it ended before the round did."""
    log_excerpt: Outside | None = None
    """The last lines that it wrote, where there is a fault, or where requests failed: as it was then. Empty where it
    wrote nothing."""

    @property
    def ended_by_itself(self) -> str | None:
        """Where and why the server ended under load, after it had come up; None where it did not."""
        return self.fault if self.start_s is not None and (self.fault or "").startswith(ENDED_BY_ITSELF) else None


class RoundEnd(Contract):
    """One line of `windows.jsonl`: a round is complete."""

    record: Literal["round"] = "round"
    round_index: int
    finished_at: datetime
