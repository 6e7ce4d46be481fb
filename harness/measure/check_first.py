"""Whatever is measured was checked before: whether each server keeps the contract on what is asked of it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from harness.contract.conformance import check
from harness.contract.conformance.server_under_test import Check
from harness.contract.conformance.suite import CHECKS
from harness.host.allowances import refusal
from harness.measure.target import ending_of, target_of
from harness.model.app import App, Endpoint
from harness.model.conformance import Conformance, ConformanceReport, Outcome
from harness.runtime.roles import RunningDatabase, RunningServer

_SHORT: Final = [each for each in CHECKS if not (each.lengthy or each.alone)]
_ALONE: Final = [each for each in CHECKS if each.alone]
_AT_ONCE: Final = 4
"""Servers that are checked at the same time: most of a check is waiting."""


@dataclass(frozen=True)
class Unchecked:
    """A server that runs, and the endpoints that it is checked on."""

    app: App
    server: RunningServer
    endpoints: Collection[Endpoint]


def check_servers(
    servers: Sequence[Unchecked],
    round_index: int,
    clock_ahead_ns: int,
    database: RunningDatabase | None = None,
    *,
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[Conformance]:
    """Whether each server keeps the contract, but for the lengthy checks and the exact number of SQL statements.

    One that fails is checked once more, by itself: some checks have a time to keep, and others may have had the CPU.
    What clients do in the `database` is looked at while nobody else is asked, since all of them share it.

    `meanwhile` is done in this thread beside the checks that are made at once, with the CPUs that these leave idle.
    """

    def report_on(each: Unchecked, checks: Sequence[Check]) -> ConformanceReport:
        return check(
            target_of(each.app, each.server, clock_ahead_ns),
            each.endpoints,
            statements=None,
            connections=database.connections if database else None,
            activity=database.activity if database else None,
            hold=database.held if database else None,
            change=database.change if database else None,
            workforce=each.server.at_work,
            ending=lambda: ending_of(each.server),
            refusal=refusal,
            checks=checks,
        )

    def checked(each: Unchecked) -> ConformanceReport:
        return report_on(each, _SHORT)

    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        checking = pool.map(checked, servers)
        meanwhile()
        found = list(checking)
    except BaseException:
        # Ctrl-C waits for no check: each ends soon after its server does, which goes with the round.
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    for each, first in zip(servers, found, strict=True):
        failed = any(result.outcome is Outcome.FAILED for result in first.results)
        results = (checked(each) if failed else first).results
        if not any(result.outcome is Outcome.NOT_MADE for result in results):
            results += report_on(each, _ALONE).results
        yield Conformance(round_index=round_index, subject=each.server.subject, results=results)
