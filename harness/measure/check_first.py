"""Whatever is measured was checked before: whether each server keeps the contract on what is asked of it."""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from harness.contract.conformance import check
from harness.contract.conformance.suite import CHECKS
from harness.host.allowances import refusal
from harness.measure.target import ending_of, target_of
from harness.model.app import App, Endpoint
from harness.model.conformance import Conformance, Outcome
from harness.runtime.roles import RunningServer

_SHORT: Final = [each for each in CHECKS if not each.lengthy]
_AT_ONCE: Final = 4
"""Servers that are checked at the same time: most of a check is waiting."""


@dataclass(frozen=True)
class Unchecked:
    """A server that runs, and the endpoints that it is checked on."""

    app: App
    server: RunningServer
    endpoints: Collection[Endpoint]


def check_servers(servers: Sequence[Unchecked], round_index: int, clock_ahead_ns: int) -> Iterator[Conformance]:
    """Whether each server keeps the contract, but for the lengthy checks and the number of SQL statements.

    One that fails is checked once more, by itself: some checks have a time to keep, and others may have had the CPU.
    """

    def checked(each: Unchecked) -> Conformance:
        report = check(
            target_of(each.app, each.server, clock_ahead_ns),
            each.endpoints,
            statements=None,
            workforce=each.server.at_work,
            ending=lambda: ending_of(each.server),
            refusal=refusal,
            checks=_SHORT,
        )
        return Conformance(round_index=round_index, subject=each.server.subject, results=report.results)

    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        found = list(pool.map(checked, servers))
    except BaseException:
        # Ctrl-C waits for no check: each ends soon after its server does, which goes with the round.
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    for each, first in zip(servers, found, strict=True):
        failed = any(result.outcome is Outcome.FAILED for result in first.results)
        yield checked(each) if failed else first
