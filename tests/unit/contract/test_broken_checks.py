"""A check that breaks off by a mistake of its own fails by itself: it is told as ours, and all else goes on."""

import json
from collections.abc import Callable

import pytest

from harness.contract.conformance import check, concurrency
from harness.contract.conformance.server_under_test import Check, ServerUnderTest
from harness.host.allowances import refusal
from harness.model.app import Endpoint
from harness.model.base import Contract
from harness.model.conformance import ConformanceReport, Outcome, Target
from harness.model.errors import HostFault, RuntimeFault
from tests.unit.contract.raw_server import answers, server

OURS = "the check broke off by a mistake of bench's own, which says nothing of the app: "
HELLO = Check(name="hello", endpoint=None, expected="an answer", hint="-", run=lambda server: str(server.answers()))


class Strict(Contract):
    number: int


def fail(error: BaseException) -> Callable[[ServerUnderTest], str]:
    def run(_: ServerUnderTest) -> str:
        raise error

    return run


def broken(run: Callable[[ServerUnderTest], str], *, may_deviate: bool = False) -> Check:
    return Check(name="odd", endpoint=None, expected="-", hint="mend the app", run=run, may_deviate=may_deviate)


def report_of(*checks: Check, **said: object) -> ConformanceReport:
    with server(lambda connection, _: answers(connection)) as port:
        target = Target(host="127.0.0.1", port=port, **said)
        return check(target, [Endpoint.HELLO], statements=None, checks=checks, refusal=refusal, patience_s=5.0)


@pytest.mark.parametrize(
    ("run", "told"),
    [
        (lambda _: {}["ids"], "KeyError: 'ids' ("),
        (lambda _: None.ids, "AttributeError: 'NoneType' object has no attribute 'ids' ("),
        (fail(ValueError()), "ValueError ("),
        (lambda _: json.loads("{"), "json.decoder.JSONDecodeError: Expecting property name"),
        (lambda _: Strict(number="x"), "pydantic_core._pydantic_core.ValidationError: 1 validation error for Strict "),
        (fail(AssertionError("a\nb\tc")), "AssertionError: a b c ("),
        (fail(RecursionError("maximum recursion depth exceeded")), "RecursionError: maximum recursion"),
        (fail(OSError("odd")), "OSError: odd ("),
        (fail(ValueError("x" * 10_000)), "ValueError: xxx"),
    ],
)
def test_one_check_fails_and_all_others_are_made(run: Callable[[ServerUnderTest], str], told: str) -> None:
    before, odd, after = report_of(HELLO, broken(run), HELLO).results
    assert (before.outcome, odd.outcome, after.outcome) == (Outcome.PASSED, Outcome.FAILED, Outcome.PASSED)
    assert odd.found.startswith(OURS + told)
    assert odd.found.endswith(".py:" + odd.found.rpartition(":")[2])
    assert "\n" not in odd.found
    assert len(odd.found) < 500
    assert odd.hint is not None
    assert "report it" in odd.hint
    assert "`bench --version`" in odd.hint
    assert "mend the app" not in odd.hint
    assert not odd.refutes


def test_it_is_told_where_among_our_own_files_even_in_a_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concurrency, "_CLIENTS", 2)

    def odd(_: int) -> None:
        raise LookupError("odd")

    monkeypatch.setattr(concurrency, "ask_row", odd)
    (result,) = report_of(broken(concurrency.CHECKS[0].run)).results
    file, _, line = result.found.rpartition(" (")[2].removesuffix(")").rpartition(":")
    assert file == "harness/contract/conformance/concurrency.py"
    assert int(line) > 1


def test_what_a_framework_is_said_to_do_otherwise_excuses_no_mistake_of_ours() -> None:
    odd = broken(fail(ValueError("odd")), may_deviate=True)
    declared, undeclared = (
        report_of(odd, deviates=deviates).results[0] for deviates in ({"odd": "so it is, https://example.org"}, {})
    )
    assert declared.outcome is undeclared.outcome is Outcome.FAILED
    assert "deviates" not in str(undeclared.hint)


def test_where_even_the_simplest_question_breaks_off_every_check_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ServerUnderTest, "get", lambda *_: {}["status"])
    results = report_of(HELLO, HELLO).results
    assert [each.found[: len(OURS)] for each in results] == [OURS, OURS]


@pytest.mark.parametrize(
    ("error", "ends"),
    [
        (KeyboardInterrupt(), KeyboardInterrupt),
        (SystemExit(1), SystemExit),
        (HostFault("no more", hint="-"), HostFault),
        (RuntimeFault("the database is gone", hint="-"), RuntimeFault),
        (MemoryError(), HostFault),
        (RuntimeError("can't start new thread"), HostFault),
    ],
)
def test_what_lets_nothing_go_on_ends_it(error: BaseException, ends: type[BaseException]) -> None:
    with pytest.raises(ends):
        report_of(broken(fail(error)), HELLO)
