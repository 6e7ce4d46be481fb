"""Probes for security: what an app does with hostile input, as a run records it."""

from enum import StrEnum
from typing import Literal

from harness.model.base import Contract, Outside
from harness.model.cell import Subject


class SecurityProbe(StrEnum):
    """What is tried."""

    XSS = "xss"
    """A stored script tag, rendered by the template engine as it comes: it must arrive as text."""
    SQL_INJECTION = "sql-injection"
    """Hostile ids: no error of the server's, no other row than the one asked for, and the table stays as it was."""
    CSRF = "csrf"
    """A form that another site sends, to the smallest app that the framework's own guide makes: it must be refused."""


class SecurityProbeResult(Contract):
    """One line of `windows.jsonl`: what one subject did."""

    record: Literal["probe"] = "probe"
    round_index: int
    subject: Subject
    probe: SecurityProbe
    held: bool | None
    """Whether it did as claimed; None where it could not be tried."""
    found: Outside
    """What it did, in a few words."""
