"""The cell: the unit that is measured and reported."""

from enum import StrEnum
from typing import Final

from pydantic import Field

from harness.model.app import Endpoint
from harness.model.base import BY_VARIANT, REVISION_SIGN, AppName, Contract, Name


class Workload(StrEnum):
    """One way of loading an endpoint.

    `capacity` is closed-loop: as many requests as the server answers. `latency` is open-loop: requests
    arrive at a given rate whether or not earlier ones were answered. `concurrency`, `routes` and `workers` are
    capacity once more, under other circumstances: other numbers of connections, of registered routes and of server
    processes. `idle` is open-loop at a rate at which a server has next to nothing to do; `limit` at many rates, to find
    the highest one whose p99 stays under a limit. `waiting` has requests that do nothing but wait. `feed` holds
    subscribers that are sent events, `chat` members of rooms that are sent each other's messages.
    `footprint` is what a server takes by being there: its start, its memory, what was installed for it.
    """

    CAPACITY = "capacity"
    LATENCY = "latency"
    CONCURRENCY = "concurrency"
    ROUTES = "routes"
    WORKERS = "workers"
    IDLE = "idle"
    LIMIT = "limit"
    WAITING = "waiting"
    FEED = "feed"
    CHAT = "chat"
    FOOTPRINT = "footprint"

    @property
    def saturates(self) -> bool:
        """Whether it asks for as much as the server answers, so that what it measures is a capacity."""
        return self in SATURATING


AT_A_RATE: Final = frozenset({Workload.LATENCY, Workload.IDLE, Workload.LIMIT})
"""The workloads whose requests arrive by themselves, in an open loop."""

WAIT_MS: Final = 100
"""How long a request of the workload `waiting` asks the server to wait."""

IDLE_RATE_RPS: Final = 10.0
"""Requests per second that arrive in the workload `idle`."""

CROWDS: Final = frozenset({Workload.FEED, Workload.CHAT})
"""The workloads that hold many at a time, ever more of them as long as a server holds them."""

BY_REQUEST: Final = frozenset(Workload) - CROWDS - {Workload.FOOTPRINT}
"""The workloads whose windows consist of requests that are answered one by one."""

CROWD_ENDPOINTS: Final = {Workload.FEED: Endpoint.FEED, Workload.CHAT: Endpoint.CHAT}
"""What they are held on."""

SATURATING: Final = frozenset({Workload.CAPACITY, Workload.CONCURRENCY, Workload.ROUTES, Workload.WORKERS})


class RateRule(StrEnum):
    """How the offered rate of a latency cell is found from the capacities measured before it."""

    HALF = "50%"
    """Half of the variant's own capacity; of the slowest, where a run has it in several revisions or copies."""
    HIGH = "80%"
    """Four fifths of the same."""
    COMMON = "common"
    """About half of the capacity of the slowest app in its fastest variant: the same for all, a round number."""


class Subject(Contract):
    """What is measured: one variant of one app, and what sets its servers apart from the usual ones, if anything."""

    app: AppName
    variant: Name
    twin: bool = False
    """True for the second copy of the A/A pair: the same app and variant, started once more."""
    extra_routes: int = Field(default=0, ge=0)
    """Routes that it registers before those of the contract."""
    workers: int = Field(default=1, ge=1)
    """Server processes."""

    def __eq__(self, other: object) -> bool:
        """By its five fields: a report asks half a million times, and that of any model takes ten times as long."""
        if self is other:
            return True
        if not isinstance(other, Subject):
            return NotImplemented
        return (
            self.app == other.app
            and self.variant == other.variant
            and self.twin == other.twin
            and self.extra_routes == other.extra_routes
            and self.workers == other.workers
        )

    def __hash__(self) -> int:
        """Of the same."""
        return hash((self.app, self.variant, self.twin, self.extra_routes, self.workers))

    @property
    def key(self) -> str:
        """`flask/controlled`; for special ones such as `flask/controlled/twin` or `flask/controlled/routes-1000`."""
        return (
            f"{self.app}/{self.variant}"
            + ("/twin" if self.twin else "")
            + (f"/routes-{self.extra_routes}" if self.extra_routes else "")
            + (f"/workers-{self.workers}" if self.workers > 1 else "")
        )

    @property
    def special(self) -> str:
        """What sets its servers apart from the usual ones, in words; empty for most."""
        words = (
            "second copy" if self.twin else "",
            f"{self.extra_routes:,} extra routes" if self.extra_routes else "",
            f"{self.workers} workers" if self.workers > 1 else "",
        )
        return ", ".join(filter(None, words))

    def named(self, what: str) -> str:
        """What is said of it, with its name before that, once."""
        return what if what.startswith(f"{self.key} ") else f"{self.key}: {what}"

    @property
    def original(self) -> "Subject":
        """The usual deployment of the same variant; the subject itself, if it is that."""
        return Subject(app=self.app, variant=self.variant)

    @property
    def kin(self) -> tuple[str, str]:
        """App without its revision, and variant: what revisions, copies and special set-ups have in common.

        The variant is empty where it is what two revisions differ by.
        """
        app, _, revision = self.app.partition(REVISION_SIGN)
        return app, "" if revision.startswith(BY_VARIANT) else self.variant

    @property
    def is_original(self) -> bool:
        """Whether it is the usual deployment: neither the twin nor specially set up."""
        return not (self.twin or self.extra_routes or self.workers != 1)


class Cell(Contract):
    """App x variant x endpoint x workload x its parameters."""

    subject: Subject
    endpoint: Endpoint
    workload: Workload
    connections: int = Field(ge=1)
    rate: RateRule | None = None
    """Only for `latency`."""
    room: int | None = Field(default=None, ge=1)
    """Only for `chat`: members of a room. The connections are the members of all rooms."""
    limit_ms: int | None = Field(default=None, ge=1)
    """Only for `limit`: what the p99 is to stay under."""

    @property
    def key(self) -> str:
        """A stable, readable identity, such as `flask/controlled:json:capacity:32`."""
        tail = f":{self.rate.value}" if self.rate else f":rooms-of-{self.room}" if self.room else ""
        tail += f":{self.limit_ms}-ms" if self.limit_ms else ""
        return f"{self.subject.key}:{self.endpoint.value}:{self.workload.value}:{self.connections}{tail}"


def ladder(cell: Cell) -> tuple[int, int]:
    """What tells one ladder of ever larger crowds from the next: feeds, chats in small rooms, chats in a large one."""
    return int(cell.workload is Workload.CHAT), cell.room or 0


def rung(cell: Cell) -> tuple[int, int, int]:
    """Where in a round a crowd stands among the others of its subject."""
    return *ladder(cell), cell.connections


def many(cell: Cell) -> str:
    """Its connections as a reader counts them: `1,000`, and of a chat `1,000 in rooms of 10` or `1,000 in one room`."""
    if cell.room is None:
        return f"{cell.connections:,}"
    return f"{cell.connections:,} in " + (f"rooms of {cell.room:,}" if cell.room < cell.connections else "one room")


class OfferedRate(Contract):
    """At what rate latencies of an endpoint are measured: decided once, before the first of them, for the whole run."""

    endpoint: Endpoint
    rule: RateRule
    rate_rps: float = Field(gt=0)
    capacity_rps: float = Field(gt=0)
    """What it derives from: the median throughput of the warm-up's windows but the first, or of all until then."""
    slowest: Subject
    """Whose that was: for the common rate the slowest app's, in the faster of the deployments that claims compare;
    otherwise that of the slowest among the revisions and copies of one variant of an app, which share a rate."""
    why: str
    beyond: tuple[Subject, ...] = ()
    """Who could not be offered so much when it was decided: slow deployments of apps that have faster ones. They are
    tried in a later round if more is seen of them by then."""

    @property
    def share(self) -> float:
        """Of that capacity."""
        return self.rate_rps / self.capacity_rps


class Kind(Contract):
    """What the cells that are compared have in common."""

    endpoint: Endpoint
    workload: Workload
    rate: RateRule | None
    connections: int
    limit_ms: int | None = None

    @classmethod
    def of(cls, cell: Cell) -> "Kind":
        """The kind of one cell."""
        return cls(
            endpoint=cell.endpoint,
            workload=cell.workload,
            rate=cell.rate,
            connections=cell.connections,
            limit_ms=cell.limit_ms,
        )
