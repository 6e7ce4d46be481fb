"""An app that keeps the contract passes every check; a server that can't be asked fails without a traceback."""

import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import pytest

from harness.contract.conformance import check, statements
from harness.model.app import DATABASE_ENDPOINTS, Endpoint
from harness.model.conformance import Outcome, Target
from harness.runtime.database.embedded import EmbeddedPostgres
from tests.integration.contract.conftest import at_work
from tests.waiting import PATIENCE_S

Serve = Callable[..., AbstractContextManager[dict[str, Target]]]

pytestmark = pytest.mark.usefixtures("small_crowds")


def test_a_right_app_passes_every_check_and_none_is_skipped(serve: Serve, postgres: EmbeddedPostgres) -> None:
    with serve("App") as targets:
        report = check(
            targets["App"],
            list(Endpoint),
            statements=postgres.statements,
            connections=postgres.connections,
            activity=postgres.activity,
            hold=postgres.held,
            change=postgres.change,
            workforce=partial(at_work, targets["App"]),
            patience_s=PATIENCE_S,
        )
    assert [result for result in report.results if result.outcome is not Outcome.PASSED] == []
    assert report.conforms


def test_what_postgresql_counts_is_skipped_with_a_reason_where_it_does_not(serve: Serve) -> None:
    with serve("App") as targets:
        report = check(
            targets["App"],
            DATABASE_ENDPOINTS,
            statements=None,
            workforce=partial(at_work, targets["App"]),
            patience_s=PATIENCE_S,
        )
    skipped = {result.check: result.found for result in report.results if result.outcome is Outcome.SKIPPED}
    assert skipped.keys() == {"SQL statements", "changed row", "database connections"}
    assert "does not count statements" in skipped["SQL statements"]
    assert "does not count connections" in skipped["database connections"]
    assert report.conforms


def test_statements_that_are_not_counted_are_looked_for_where_postgresql_tells_of_them(
    serve: Serve, postgres: EmbeddedPostgres
) -> None:
    counting = [each for each in statements.CHECKS if each.name == "SQL statements"]
    with serve("App", "HardCoded") as targets:
        found = {
            name: {
                result.endpoint: (result.outcome, result.found)
                for result in check(
                    target, DATABASE_ENDPOINTS, statements=None, activity=postgres.activity, checks=counting
                ).results
            }
            for name, target in targets.items()
        }
    right = {
        Endpoint.DB: (Outcome.PASSED, "a statement or more for each of 8 requests"),
        Endpoint.QUERIES: (Outcome.PASSED, "a statement or more for each of 8 requests"),
        Endpoint.FORTUNES: (Outcome.PASSED, "a statement or more for each of 4 requests"),
    }
    none = (Outcome.FAILED, "no statement in PostgreSQL for 4 of 4 requests to /db?id=1")
    assert found["App"] == right
    assert found["HardCoded"][Endpoint.DB] == none


def test_endpoints_that_the_app_does_not_have_are_not_checked(serve: Serve) -> None:
    with serve("App") as targets:
        report = check(targets["App"], [Endpoint.HELLO], statements=None)
    assert {result.endpoint for result in report.results} == {Endpoint.HELLO, None}
    assert report.conforms


def test_a_variant_that_claims_to_close_connections_but_keeps_them_is_told_so(serve: Serve) -> None:
    with serve("App") as targets:
        target = targets["App"].model_copy(update={"keep_alive": False})
        report = check(target, [Endpoint.HELLO], statements=None)
    (failure,) = report.failures
    assert failure.check == "keep-alive"
    assert failure.hint.startswith("set keep_alive = true in this variant of the manifest; ")
    assert 'keep_alive = "mixed"' in failure.hint


@pytest.mark.fault(
    where="server",
    what="It dies during `bench verify`",
    happens="The check under way fails; those after it are not made, and say during which that was.",
    lost="The checks after it",
    exit_code=3,
)
def test_a_server_that_dies_fails_the_check_under_way_and_those_after_it_are_not_made(serve: Serve) -> None:
    with serve("Crashing") as targets:
        report = check(targets["Crashing"], [Endpoint.DB], statements=None)
    (fatal,) = report.failures
    assert fatal.check == "hostile parameter"
    rest = report.results[report.results.index(fatal) + 1 :]
    assert {each.outcome for each in rest} == {Outcome.NOT_MADE}
    assert {each.found for each in rest} == {"the server stopped answering during 'hostile parameter' of /db"}


def test_a_server_that_takes_a_moment_to_end_is_not_said_to_hang(serve: Serve) -> None:
    waited = iter([None, None])
    with serve("Crashing") as targets:
        report = check(
            targets["Crashing"],
            [Endpoint.DB],
            statements=None,
            ending=lambda: next(waited, "it ended by itself (exit code 0)"),
        )
    (fatal,) = report.failures
    assert fatal.found.endswith("; it ended by itself (exit code 0)")
    assert "--limit-max-requests" in (fatal.hint or "")
    assert "hangs" not in (fatal.hint or "")


@pytest.mark.fault(
    where="server",
    what="It never answers during `bench verify`",
    happens="The first check fails after its patience, and those after it are not made.",
    lost="The checks after it",
    exit_code=3,
)
@pytest.mark.parametrize("listening", [False, True], ids=["nobody listens", "nobody answers"])
def test_a_server_that_never_answers_gives_failures_and_no_exception(*, listening: bool) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if listening:
            server.listen()
        target = Target(host="127.0.0.1", port=server.getsockname()[1])
        report = check(target, [Endpoint.HELLO], statements=None, patience_s=0.5)
    assert [each.check for each in report.failures] == ["status"]
    assert {each.outcome for each in report.results[1:]} == {Outcome.NOT_MADE}
    assert not report.conforms
