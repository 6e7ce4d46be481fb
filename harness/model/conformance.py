"""What the conformance checks found out about one running app."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

from pydantic import Field

from harness.model.app import Endpoint, KeepAlive
from harness.model.base import Contract, Outside
from harness.model.cell import Subject
from harness.model.errors import OWN_MISTAKE


class ProcessAtWork(Contract):
    """A process of the server that has taken connections of clients."""

    pid: int
    connections: int = Field(ge=1)
    """How many it holds at this moment."""
    threads: int = Field(ge=1)


class Target(Contract):
    """Where a server listens, and how it was deployed."""

    host: str
    port: int = Field(ge=1, le=65535)
    keep_alive: KeepAlive = True
    """`Variant.keep_alive`: whether the server is meant to keep a connection open between requests."""
    workers: int = Field(default=1, ge=1)
    """What it was told in `WORKERS`: how many of its processes are to answer."""
    deviates: dict[str, str] = Field(default_factory=dict)
    """`Manifest.deviates`: checks that the framework fails by itself, and why."""
    clock_ahead_ns: int = 0
    """How far the wall clock of the server's host is ahead of this host's."""


class Outcome(StrEnum):
    """How one check came out."""

    PASSED = "passed"
    FAILED = "failed"
    DEVIATES = "deviates"
    """The framework does otherwise by itself, as the app's manifest says: measured, and not counted as passed."""
    SKIPPED = "skipped"
    """The check does not apply, or something it needs is missing; `found` says what."""
    NOT_MADE = "not made"
    """It would have said once more what another has found already, and failed for; `found` says what that was."""


class CheckResult(Contract):
    """One row of the report: one check on one endpoint."""

    check: str
    """What was checked, such as `random ids`."""
    endpoint: Endpoint | None
    """None where the check is about the server as a whole."""
    outcome: Outcome
    found: Outside
    """What the server did; for a passed check, the evidence in a few words."""
    expected: str
    """What the contract asks for, in one sentence."""
    hint: Outside | None = None
    """What to change in the app; only for failures. It may name what came in an answer."""
    declared: str | None = None
    """Why the framework does otherwise, in the manifest's words; only where it deviates."""
    refutes: bool = False
    """Of a failure: whether it shows the app to be open to what the check tries on it. Any other breaks the contract,
    and says nothing of the app's safety."""
    elapsed_s: float = Field(ge=0)


class ConformanceReport(Contract):
    """All results for one server, in the order in which the checks ran."""

    target: Target
    results: tuple[CheckResult, ...]

    @property
    def failures(self) -> tuple[CheckResult, ...]:
        """The results that make the app unfit to be measured."""
        return tuple(result for result in self.results if result.outcome is Outcome.FAILED)

    @property
    def conforms(self) -> bool:
        """Whether at least one check passed and none failed, nor was given up."""
        outcomes = {result.outcome for result in self.results}
        return Outcome.PASSED in outcomes and not outcomes & {Outcome.FAILED, Outcome.NOT_MADE}

    @property
    def only_broke_off(self) -> bool:
        """Whether all that failed are checks that broke off by a mistake of their own."""
        return only_broke_off([each.found for each in self.failures])


class Conformance(Contract):
    """One line of `windows.jsonl`: what the checks said of one subject before it was measured."""

    record: Literal["conformance"] = "conformance"
    round_index: int
    subject: Subject
    results: tuple[CheckResult, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        """The failures, each in a few words."""
        return tuple(
            f"{each.endpoint.value if each.endpoint else 'server'}, {each.check}: {each.found}"
            for each in self.results
            if each.outcome is Outcome.FAILED
        )

    @property
    def deviates(self) -> tuple[str, ...]:
        """What the framework does otherwise by itself, each with the manifest's reason."""
        return tuple(f"{each.check}: {each.declared}" for each in self.results if each.outcome is Outcome.DEVIATES)


def only_broke_off(failed: Sequence[str]) -> bool:
    """Whether all that failed are checks of ours that broke off, so that nothing is known against the app."""
    return bool(failed) and all(OWN_MISTAKE in each for each in failed)


def contract_words(failed: Sequence[str]) -> str:
    """What is said of one whose checks failed so: that it breaks the contract, but where only checks broke off."""
    return "could not be checked in full" if only_broke_off(failed) else "breaks the contract"


class ContractFinding(Contract):
    """Whether one subject keeps the contract, as it was seen before it was measured."""

    subject: Subject
    failed: tuple[Outside, ...]
    """The checks that failed, each with what was found; empty for one that keeps it."""
    deviates: tuple[str, ...] = ()
    """What its framework does otherwise by itself, as its manifest says."""

    @property
    def breaks(self) -> bool:
        """Whether it breaks the contract; if not, and checks failed all the same, that could not be told in full."""
        return bool(self.failed) and not only_broke_off(self.failed)
