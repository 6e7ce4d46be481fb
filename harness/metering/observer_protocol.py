"""What the harness asks of the observer on an app host, and what that answers: one JSON object a line."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from harness.model.base import Contract
from harness.model.host import Check, CpuLayout, Host


class Watch(Contract):
    """Keep the accounts of a container from now on."""

    command: Literal["watch"] = "watch"
    container_id: str
    pid: int
    """Its first process, as the engine numbers it."""


class Read(Contract):
    """Read the accounts of containers that are watched, and the steal of some CPUs."""

    command: Literal["read"] = "read"
    containers: tuple[str, ...]
    cpus: tuple[int, ...] = ()


class Look(Contract):
    """Look into the memory of a container's processes."""

    command: Literal["look"] = "look"
    container_id: str


class Describe(Contract):
    """Describe the host, and whether it is fit to measure with this layout."""

    command: Literal["describe"] = "describe"
    layout: CpuLayout


class Account(Contract):
    """What one container has consumed since it was started."""

    alive: bool
    """Whether its first process runs."""
    cpu_ns: int | None
    """CPU time of all its processes, ended ones included; None where its control group is gone. So is
    `throttled_ns`, the time for which a CPU limit has held it back."""
    throttled_ns: int | None


class Watched(Contract):
    """Whether the process is there, and the container's: not so where the engine numbers its processes otherwise."""

    reply: Literal["watched"] = "watched"
    found: bool


class Reading(Contract):
    """The accounts, in the order in which they were asked for."""

    reply: Literal["reading"] = "reading"
    at_ns: int
    """The app host's `time.monotonic_ns()`."""
    wall_ns: int
    """The app host's `time.time_ns()`, at the same moment."""
    accounts: tuple[Account, ...]
    steal_ns: int


class Looked(Contract):
    """Memory of a container's processes, and the accelerators that they have loaded."""

    reply: Literal["looked"] = "looked"
    rss_bytes: int | None
    pss_bytes: int | None
    charged_bytes: int | None
    processes: int
    accelerators: tuple[str, ...]


class Described(Contract):
    """The app host, as far as it can be seen from inside a container."""

    reply: Literal["described"] = "described"
    host: Host
    checks: tuple[Check, ...]


class Refused(Contract):
    """Why there is no answer."""

    reply: Literal["refused"] = "refused"
    what: str


type Question = Annotated[Watch | Read | Look | Describe, Field(discriminator="command")]
type Reply = Annotated[Watched | Reading | Looked | Described | Refused, Field(discriminator="reply")]

QUESTIONS: TypeAdapter[Watch | Read | Look | Describe] = TypeAdapter(Question)
REPLIES: TypeAdapter[Watched | Reading | Looked | Described | Refused] = TypeAdapter(Reply)
