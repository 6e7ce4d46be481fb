"""The words for endpoints, workloads, rates and units, in one place so that all sections use the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from harness.claims.no_value import why_no_cpu
from harness.model.app import Endpoint, Interface, KeepAlive
from harness.model.cell import RateRule, Workload
from harness.model.findings import AnyFinding, CellFinding, Estimate
from harness.model.naming import capitalised
from harness.model.validity import Bound
from harness.model.verdict import Verdict
from harness.report.figure.spec import LegendEntry, Shape, Tone
from harness.report.numbers import spaced
from harness.report.view.cast import SubjectLabel

ENDPOINT_MEANING: Final = {
    Endpoint.HELLO: "A fixed line of text: what the framework and its server cost before the app does anything.",
    Endpoint.JSON: "A small object serialised anew for each request.",
    Endpoint.ITEMS: "One to a hundred objects of ten fields, computed and serialised anew for each request.",
    Endpoint.ORDERS: "An order in JSON, checked field by field and totalled; one in twenty is wrong, and refused.",
    Endpoint.DB: "One row, chosen at random, read from PostgreSQL and sent as JSON.",
    Endpoint.QUERIES: "Twenty random rows, one SELECT each, sent as JSON.",
    Endpoint.FORTUNES: "A table read from PostgreSQL, sorted, and rendered to escaped HTML by a template engine.",
    Endpoint.WAIT: "A wait of known length, made the framework's own way.",
    Endpoint.FEED: "Numbered server-sent events at a fixed interval.",
    Endpoint.CHAT: "Messages over WebSocket, each sent on to every member of its room.",
}

RATE_SLUG: Final = {RateRule.COMMON: "common", RateRule.HALF: "half", RateRule.HIGH: "high"}
"""For names inside the page, where a percent sign can't stand."""

BOUND_WORDS: Final = {
    Bound.SERVER: "server CPU",
    Bound.DATABASE: "database CPU",
    Bound.GENERATOR: "generator",
    Bound.OTHERS: "others had its CPU",
    Bound.UNCLEAR: "can't be told: others had CPUs",
    Bound.IDLE: "waiting, no CPU was busy",
    Bound.UNKNOWN: "unknown",
}

CONNECTION_WORDS: Final[dict[KeepAlive, str]] = {
    True: "kept open between requests",
    False: "closed after each response",
    "mixed": "some kept open between requests, others closed",
}

VERDICT_MARKS: Final = {
    Verdict.SUPPORTED: "✔",
    Verdict.REFUTED: "✘",
    Verdict.INCONCLUSIVE: "?",
    Verdict.INVALID: "!",
    Verdict.NOT_RUN: "\N{EN DASH}",
    Verdict.NOT_TESTABLE: "·",
}
"""Beside each word, so that no verdict rests on its colour."""
VERDICT_KINDS: Final = {Verdict.SUPPORTED: "good", Verdict.REFUTED: "bad"}

INTERFACE_LEGEND: Final = (
    LegendEntry(Shape.DOT, Tone.WSGI, "WSGI"),
    LegendEntry(Shape.DOT, Tone.ASGI, "ASGI"),
    LegendEntry(Shape.DOT, Tone.NATIVE, "the framework's own server or interface"),
    LegendEntry(Shape.RING, Tone.MUTED, "hollow: baseline or layer, for comparison"),
)

_INTERFACE_TONE: Final = {
    Interface.WSGI: Tone.WSGI,
    Interface.ASGI: Tone.ASGI,
    Interface.NATIVE: Tone.NATIVE,
}


def tone(label: SubjectLabel) -> Tone:
    """The colour of a subject: that of the interface between it and its server, or of servers that are its own."""
    if label.own_server:
        return Tone.NATIVE
    return _INTERFACE_TONE[label.interface] if label.interface else Tone.MUTED


def shape(label: SubjectLabel) -> Shape:
    """Filled for what competes, hollow for what is there for comparison."""
    return Shape.DOT if label.is_framework else Shape.RING


INVALID: Final = "invalid"
NOT_KNOWN: Final = "not known"


@dataclass(frozen=True, slots=True)
class Lack:
    """Why a cell has no figure."""

    word: str
    """`invalid`; of one that its run has not come to, `to come` or `not reached`; of a valid one `not known`."""
    why: str = ""
    """Of an invalid one, and of one that is not known."""

    @property
    def text(self) -> str:
        """Both in one line."""
        return f"{self.word}: {self.why}" if self.why else self.word

    @property
    def kind(self) -> str:
        """Its class in a table."""
        return "invalid" if self.word == INVALID else "unmeasured"


def lack(finding: AnyFinding) -> Lack | None:
    """Why a cell has no figure; None of a valid one."""
    if finding.valid:
        return None
    return Lack(finding.unmeasured) if finding.unmeasured else Lack(INVALID, reason(finding))


def lack_of_cpu(finding: CellFinding, cpu: Estimate | None) -> Lack | None:
    """Why a cell has no CPU time of its server; None of one that has. A valid one has none where no meter was read."""
    if not finding.valid or cpu is not None:
        return lack(finding)
    return Lack(NOT_KNOWN, why_no_cpu(finding))


def unmeasured_alike(words: Iterable[str]) -> str:
    """What all cells have in place of a figure, where their run has come to none of them; else empty."""
    alike = set(words)
    return "" if len(alike) != 1 or INVALID in alike else alike.pop()


def nobody_words(words: Iterable[str]) -> str:
    """What is said where no framework has a figure: what all of them have in its place, unless that is `invalid`."""
    alike = unmeasured_alike(words)
    return f"{capitalised(alike)}." if alike else "No framework has a valid result."


def reason(finding: AnyFinding) -> str:
    """Why a cell is invalid, all reasons in one text."""
    return spaced("; ".join(finding.reasons)) or "no reason was recorded"


def is_capacity(finding: CellFinding, endpoint: Endpoint) -> bool:
    """Whether the finding is of a capacity cell on `endpoint`."""
    return finding.cell.workload is Workload.CAPACITY and finding.cell.endpoint is endpoint


def endpoints_under(findings: tuple[CellFinding, ...], workload: Workload) -> tuple[Endpoint, ...]:
    """The endpoints that a workload was run on, in the contract's order."""
    seen = {finding.cell.endpoint for finding in findings if finding.cell.workload is workload}
    return tuple(endpoint for endpoint in Endpoint if endpoint in seen)
