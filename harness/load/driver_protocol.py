"""What the harness and its load processes say to each other: one JSON object a line."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from harness.model.base import Contract
from harness.model.crowds.chat import ChatReport, ChatSpec
from harness.model.crowds.feed import FeedReport, FeedSpec
from harness.model.window import Phase, WindowReport, WindowSpec


class Hello(Contract):
    """Asks whether the driver is there."""

    command: Literal["hello"] = "hello"


class StartWindow(Contract):
    """Asks for a window."""

    command: Literal["window"] = "window"
    spec: WindowSpec


class StartFeed(Contract):
    """Asks for a window of a feed."""

    command: Literal["feed"] = "feed"
    spec: FeedSpec


class StartChat(Contract):
    """Asks for a window of a chat."""

    command: Literal["chat"] = "chat"
    spec: ChatSpec


class Quit(Contract):
    """Asks the driver to end."""

    command: Literal["quit"] = "quit"


class Ready(Contract):
    """The answer to `Hello`."""

    reply: Literal["ready"] = "ready"
    pid: int
    locust_version: str
    scheduling: str
    """The scheduling policy (sched(7)) of those who make the load: the driver, or its workers."""


class Announcement(Contract):
    """The counted stretch of the window under way begins or has ended."""

    reply: Literal["phase"] = "phase"
    phase: Phase


class WindowDone(Contract):
    """The window is over and drained."""

    reply: Literal["report"] = "report"
    report: WindowReport


class FeedDone(Contract):
    """The window of a feed is over, and every subscriber has left."""

    reply: Literal["feed report"] = "feed report"
    report: FeedReport


class ChatDone(Contract):
    """The window of a chat is over, and every member has left."""

    reply: Literal["chat report"] = "chat report"
    report: ChatReport


class Fault(Contract):
    """The command was not understood or could not be carried out; the driver goes on."""

    reply: Literal["error"] = "error"
    what: str
    hint: str
    out_of_step: bool = False
    """It is an `OutOfStep`: another window may do."""


class Order(Contract):
    """What the master tells a worker of a window."""

    window: int
    """Its number: what is said of another one is out of date."""
    spec: WindowSpec
    """The worker's own share of it."""


class Said(Contract):
    """What a worker tells the master of a window."""

    window: int
    settled: bool = False
    """Its connections are open, or could not be."""
    phase: Phase | None = None
    """By the worker's own clock, which is nobody else's."""
    report: WindowReport | None = None
    fault: str | None = None


type Command = Annotated[Hello | StartWindow | StartFeed | StartChat | Quit, Field(discriminator="command")]
type Reply = Annotated[Ready | Announcement | WindowDone | FeedDone | ChatDone | Fault, Field(discriminator="reply")]

COMMANDS: TypeAdapter[Hello | StartWindow | StartFeed | StartChat | Quit] = TypeAdapter(Command)
REPLIES: TypeAdapter[Ready | Announcement | WindowDone | FeedDone | ChatDone | Fault] = TypeAdapter(Reply)
