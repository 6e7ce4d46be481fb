"""What HTTP, HTML and the event stream allow is no fault, however rare it is."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from harness.contract.conformance import check
from harness.model.app import Endpoint
from harness.model.conformance import Outcome, Target
from harness.runtime.database.embedded import EmbeddedPostgres

Serve = Callable[..., AbstractContextManager[dict[str, Target]]]


def test_interim_responses_before_each_answer_are_read_over_and_told(serve: Serve, postgres: EmbeddedPostgres) -> None:
    with serve("EarlyHints") as targets:
        report = check(targets["EarlyHints"], list(Endpoint), statements=postgres.statements)
    assert [result for result in report.results if result.outcome is not Outcome.PASSED] == []
    framings = {result.found for result in report.results if result.check == "framing"}
    assert framings == {"Content-Length, after interim responses (103, 102)"}
