"""One mistake is told once, by the check that is meant for it."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from harness.contract.conformance import check
from harness.model.app import Endpoint
from harness.model.conformance import Target
from harness.runtime.database.embedded import EmbeddedPostgres

Serve = Callable[..., AbstractContextManager[dict[str, Target]]]


@pytest.mark.parametrize("app", ["OneWrongText", "ReversedFortunes"])
def test_a_page_with_one_mistake_fails_one_check(serve: Serve, postgres: EmbeddedPostgres, app: str) -> None:
    with serve(app) as targets:
        report = check(targets[app], list(Endpoint), statements=postgres.statements)
    assert [failure.check for failure in report.failures] == ["table"]
