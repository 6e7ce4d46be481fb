"""One mistake is told once, by the check that is meant for it."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from harness.contract.conformance import check
from harness.model.app import Endpoint
from harness.model.conformance import Target
from harness.runtime.database.embedded import EmbeddedPostgres
from tests.waiting import PATIENCE_S

Serve = Callable[..., AbstractContextManager[dict[str, Target]]]

pytestmark = pytest.mark.usefixtures("small_crowds")


@pytest.mark.parametrize("app", ["OneWrongText", "ReversedFortunes"])
def test_a_page_with_one_mistake_fails_one_check(serve: Serve, postgres: EmbeddedPostgres, app: str) -> None:
    with serve(app) as targets:
        report = check(targets[app], list(Endpoint), statements=postgres.statements, patience_s=PATIENCE_S)
    assert [failure.check for failure in report.failures] == ["table"]


@pytest.mark.fault(
    where="server",
    what="It closes connections unannounced that it should keep",
    happens="One check fails, with the remedy for its manifest; under load its cells are invalid and name the same.",
    lost="Its cells",
    exit_code=3,
)
def test_a_server_that_closes_unannounced_fails_one_check_with_the_manifest_s_remedy(
    serve: Serve, postgres: EmbeddedPostgres
) -> None:
    """The apps' own code has no part in it, so no check that is about that fails."""
    with serve("ClosesAlways") as targets:
        report = check(targets["ClosesAlways"], list(Endpoint), statements=postgres.statements, patience_s=PATIENCE_S)
        as_declared = targets["ClosesAlways"].model_copy(update={"keep_alive": False})
        declared = check(as_declared, list(Endpoint), statements=postgres.statements, patience_s=PATIENCE_S)
    (failure,) = report.failures
    assert failure.check == "keep-alive"
    assert failure.hint.startswith("set keep_alive = false in this variant of the manifest, or have the server keep")
    assert declared.failures == ()


def test_where_each_endpoint_is_wrong_the_server_is_asked_for_one_that_answers_rightly(serve: Serve) -> None:
    """Its content type is wrong and its text is right; a wrong text would fail each check of the server once more."""
    with serve("WrongInAllEndpoints") as targets:
        report = check(
            targets["WrongInAllEndpoints"],
            [Endpoint.HELLO, Endpoint.JSON, Endpoint.DB],
            statements=None,
            patience_s=PATIENCE_S,
        )
    failed = {(failure.endpoint, failure.check) for failure in report.failures}
    assert {(Endpoint.HELLO, "content type"), (Endpoint.JSON, "body"), (Endpoint.DB, "body")} <= failed
    assert [each.check for each in report.failures if each.endpoint is None] == []


def test_of_values_that_are_called_otherwise_every_hint_says_just_that(
    serve: Serve, postgres: EmbeddedPostgres
) -> None:
    """A name that is spelt otherwise is nothing that requests share, nor what a hostile value has done."""
    endpoints = [Endpoint.ITEMS, Endpoint.DB, Endpoint.QUERIES]
    with serve("Misnamed") as targets:
        report = check(targets["Misnamed"], endpoints, statements=postgres.statements, patience_s=PATIENCE_S)
    checks = {failure.check for failure in report.failures}
    assert {"body", "counts and factors", "id lists", "64 clients", "64 clients, mixed", "hostile parameter"} <= checks
    for failure in report.failures:
        misnamed = re.search(
            r"letter by letter: `(madeOn|random_number)` stands there, where `(made_on|randomNumber)` belongs$",
            str(failure.hint),
        )
        assert misnamed, f"{failure.check}: {failure.hint}"
        if failure.endpoint:
            assert ("made" in misnamed[1]) == (failure.endpoint is Endpoint.ITEMS)
