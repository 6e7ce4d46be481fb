"""The table of all checks, and the one function that runs them."""

import time
from collections.abc import Callable, Collection, Sequence
from typing import Final, NamedTuple

from harness.contract.conformance import (
    concurrency,
    connection_handling,
    database_connections,
    feed,
    fortunes,
    hostile,
    item_lists,
    methods,
    order_bodies,
    paths,
    processes,
    representation,
    rows,
    statements,
    wait,
)
from harness.contract.conformance.chat import handshake, talk
from harness.contract.conformance.message import WireFault
from harness.contract.conformance.server_under_test import (
    PATIENCE_S,
    Activity,
    Change,
    Check,
    ConnectionCounter,
    Deviation,
    Ending,
    Hold,
    NotApplicable,
    Refusal,
    ServerUnderTest,
    StatementCounter,
    Workforce,
    Wrong,
)
from harness.model.app import Endpoint
from harness.model.conformance import CheckResult, ConformanceReport, Outcome, Target
from harness.model.errors import BenchError, Unforeseen

CHECKS: Final[tuple[Check, ...]] = (
    *representation.CHECKS,
    feed.PLAIN,
    *item_lists.CHECKS,
    *order_bodies.CHECKS,
    *rows.CHECKS,
    *fortunes.CHECKS,
    *statements.CHECKS,
    *database_connections.CHECKS,
    *wait.CHECKS,
    *feed.CHECKS,
    *handshake.CHECKS,
    *talk.CHECKS,
    *connection_handling.CHECKS,
    *processes.CHECKS,
    *methods.CHECKS,
    *paths.CHECKS,
    *hostile.CHECKS,
    *concurrency.CHECKS,
)
"""In the order in which they run: what a right answer is first, what provokes the server last."""

DEVIATIONS: Final = tuple(dict.fromkeys(each.key for each in CHECKS if each.may_deviate))
"""What a framework may do otherwise by itself, as a manifest names it."""

_ENDED_HINT: Final = (
    "the server must outlive whatever it is asked: read the end of its own log, and take out its limit of requests "
    "after which it ends, if it has one (`--limit-max-requests`, `--max-requests`)"
)
_ENDS_S: Final = 3.0
_PAUSE_S: Final = 0.05
_LOST_HINT: Final = "read the server's own log: it runs, but hangs or refuses everybody"
_NOT_EXCUSED: Final = (
    "that `{}` is declared under `deviates` does not excuse this: a wrong or broken answer, a status of 5xx and a leak "
    "are never excused"
)


class _Made(NamedTuple):
    """A check that was made."""

    result: CheckResult
    broke_off: bool
    """Whether it did by a mistake of its own, so that it says nothing of the server."""
    excusable: bool
    """Of a failure: whether it is nothing but what a framework may do otherwise by itself."""


def check(  # noqa: PLR0913 - one for each way to look at a server
    target: Target,
    endpoints: Collection[Endpoint],
    *,
    statements: StatementCounter | None,
    connections: ConnectionCounter | None = None,
    activity: Activity | None = None,
    hold: Hold | None = None,
    change: Change | None = None,
    workforce: Workforce | None = None,
    ending: Ending = lambda: None,
    refusal: Refusal = lambda _: None,
    log: Callable[[], str] = str,
    on_failure: Callable[[str, str], None] = lambda _before, _after: None,
    checks: Sequence[Check] = CHECKS,
    patience_s: float = PATIENCE_S,
) -> ConformanceReport:
    """Ask a running server everything that the contract says about `endpoints`.

    Takes about ten seconds on an app that conforms. `statements` counts the SELECTs that PostgreSQL executed,
    `connections` what clients have opened to it, `activity` tells when they used these last, `hold` has
    statements on the tables wait and `change` changes rows of them, `workforce` sees the server's processes; without
    them the checks that need them are skipped. `ending` tells how a server has ended that
    answers no more, `refusal` which exceptions are the host's doing; `on_failure` is given the end of the server's
    `log` before and after each check that fails. Nobody else may use the server or its database meanwhile. An answer
    that takes longer than `patience_s` is missing.

    A server that is wrong, hangs or dies gives failed results, never an exception. So does a check that breaks off by
    a mistake of its own. What an endpoint that fails its plain request is not asked any more is not made, and neither
    is what a lost server can't be asked.

    Raises BenchError where nothing can go on, as where the database is gone or the host refuses something.
    """
    server = ServerUnderTest(target, endpoints, statements, patience_s, workforce)
    server.connections, server.activity, server.hold, server.change = connections, activity, hold, change
    results: list[CheckResult] = []
    lost_in: Check | None = None
    ended: str | None = None
    for each in checks:
        if each.endpoint is not None and each.endpoint not in server.endpoints:
            continue
        if lost_in is not None:
            results.append(_not_reached(each, lost_in, ended))
            continue
        if cause := _unanswered(each, server):
            results.append(_not_made(each, cause))
            continue
        before = log()
        made = _run(each, server, refusal)
        result = made.result
        failed = result.outcome is Outcome.FAILED
        if failed and each.endpoint is not None:
            server.faulty.add(each.endpoint)
            if each.plain and not made.broke_off:
                server.unanswered.add(each.endpoint)
        if failed and not _answers(server, refusal):
            lost_in, ended = each, _ended(ending)
            lost = {"found": f"{result.found}; {ended}", "hint": _ENDED_HINT} if ended else {}
            result = result.model_copy(update=lost or {"hint": f"{result.hint}; {_LOST_HINT}"})
        elif failed and each.may_deviate and not made.broke_off:
            result = _deviating(result, each, server, excusable=made.excusable)
        results.append(result)
        if result.outcome is Outcome.FAILED:
            on_failure(before, log())
    return ConformanceReport(target=target, results=tuple(results))


def _deviating(result: CheckResult, each: Check, server: ServerUnderTest, *, excusable: bool) -> CheckResult:
    """A failure of a check that a framework may deviate from: as declared, or with how to declare it.

    What is not excusable stays a failure, whatever is declared. Of an app that answers nothing rightly, nobody can say
    what its framework does by itself.
    """
    declared = server.target.deviates.get(each.key)
    if declared is not None and excusable:
        return result.model_copy(update={"outcome": Outcome.DEVIATES, "hint": None, "declared": declared})
    if declared is not None:
        words = _NOT_EXCUSED.format(each.key)
    elif excusable and server.endpoints != server.faulty:
        words = (
            "where the framework does so by itself, declare it in pyproject.toml: "
            f'[tool.bench.deviates] {each.key} = "what it does, https://..."'
        )
    else:
        return result
    return result.model_copy(update={"hint": f"{result.hint}; {words}"})


def _ended(ending: Ending) -> str | None:
    """How a server has ended that answers no more: some take a moment for that, and refuse everybody meanwhile."""
    until = time.monotonic() + _ENDS_S
    while (ended := ending()) is None and time.monotonic() < until:
        time.sleep(_PAUSE_S)
    return ended


def _answers(server: ServerUnderTest, refusal: Refusal) -> bool:
    """Whether the server still answers; true where that can't be told, so that the other checks are made."""
    try:
        return server.answers()
    except Exception as error:  # noqa: BLE001 - that of the check before it is told
        _raise_what_ends_all(error, refusal)
        return True


def _raise_what_ends_all(error: Exception, refusal: Refusal) -> None:
    if isinstance(error, BenchError):
        raise error
    if refused := refusal(error):
        raise refused from error


def _run(each: Check, server: ServerUnderTest, refusal: Refusal) -> _Made:
    """What a check says of the server."""
    began = time.monotonic()
    hint: str | None = each.hint
    refutes = broke_off = excusable = False
    try:
        outcome, found, hint = Outcome.PASSED, each.run(server), None
    except NotApplicable as reason:
        outcome, found, hint = Outcome.SKIPPED, str(reason), None
    except Wrong as wrong:
        outcome, found, hint = Outcome.FAILED, wrong.found, wrong.hint or each.hint
        refutes, excusable = wrong.refutes, isinstance(wrong, Deviation)
    except WireFault as fault:
        outcome, found = Outcome.FAILED, str(fault)
    except Exception as error:  # noqa: BLE001 - whatever it is, it costs no other check and no other app
        _raise_what_ends_all(error, refusal)
        mistake = Unforeseen("the check", error)
        outcome, found, hint, broke_off = Outcome.FAILED, mistake.what, mistake.hint, True
    result = CheckResult(
        check=each.name,
        endpoint=each.endpoint,
        outcome=outcome,
        found=found,
        expected=each.expected,
        hint=hint,
        refutes=refutes,
        elapsed_s=time.monotonic() - began,
    )
    return _Made(result, broke_off, excusable)


def _unanswered(each: Check, server: ServerUnderTest) -> str | None:
    """Why a check would only say once more what is wrong with the plain requests; None where it may say more."""
    if each.endpoint in server.unanswered:
        return f"/{each.endpoint.value} fails its plain request"
    if each.endpoint is None and server.endpoints == server.unanswered:
        return "every endpoint fails its plain request"
    return None


def _not_reached(each: Check, lost_in: Check, ended: str | None) -> CheckResult:
    where = f" of /{lost_in.endpoint.value}" if lost_in.endpoint else ""
    how = f"; {ended}" if ended else ""
    return _not_made(each, f"the server stopped answering during '{lost_in.name}'{where}{how}")


def _not_made(each: Check, cause: str) -> CheckResult:
    return CheckResult(
        check=each.name,
        endpoint=each.endpoint,
        outcome=Outcome.NOT_MADE,
        found=cause,
        expected=each.expected,
        elapsed_s=0.0,
    )
