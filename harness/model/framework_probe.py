"""Probes of what a framework does by itself, with hostile input and otherwise, as a run records it."""

from enum import StrEnum
from typing import Literal

from harness.model.base import Contract, Outside
from harness.model.cell import Subject


class FrameworkProbe(StrEnum):
    """What is tried."""

    XSS = "xss"
    """A stored script tag, rendered by the template engine as it comes: it must arrive as text."""
    SQL_INJECTION = "sql-injection"
    """Hostile ids: no error of the server's, no other row than the one asked for, and the table stays as it was."""
    CSRF = "csrf"
    """A form that another site sends, to the smallest app that the framework's own guide makes: it must be refused."""
    SESSION_UNREADABLE = "session-unreadable"
    """A secret in a session: whoever holds the visitor's cookies can't read it."""
    SESSION_UNCHANGEABLE = "session-unchangeable"
    """The same: nor put another one in its place unnoticed."""
    SESSION_ENCRYPTED = "session-encrypted"
    """The same: it is in the clear nowhere, neither in the cookies nor in what the server keeps."""
    INPUT_REFUSED = "input-refused"
    """A body that is not as declared: with no check in the app's code, it is refused, and the field named."""
    INPUT_ANSWERED_4XX = "input-answered-4xx"
    """The same: by a status that tells the client."""
    AUTHENTICATION = "authentication"
    """Only the right password logs a visitor in, until that visitor logs out."""
    TEMPLATES = "templates"
    """A page is made of a template."""
    SESSIONS = "sessions"
    """What a visitor puts in is there in the next request, for that visitor."""
    FORMS = "forms"
    """A form is drawn, takes what is right, and is shown again with what was wrong."""
    ORM = "orm"
    """A record is kept and found again."""
    MIGRATIONS = "migrations"
    """A table gets a column that the model got."""
    ADMIN = "admin"
    """Who may adds a record by pages that nobody wrote."""


class FrameworkProbeResult(Contract):
    """One line of `windows.jsonl`: what one subject did."""

    record: Literal["probe"] = "probe"
    round_index: int
    subject: Subject
    probe: FrameworkProbe
    held: bool | None
    """Whether it did as claimed; None where it could not be tried."""
    offered: bool = True
    """False where the framework's own distribution has nothing of the kind, and so did not do as claimed."""
    found: Outside
    """What it did, in a few words."""
