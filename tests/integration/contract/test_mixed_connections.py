"""A server that keeps some connections and closes others keeps the contract as `mixed`, and as nothing else."""

from typing import Final

import pytest

from harness.contract.conformance import check, concurrency
from harness.contract.conformance.connection_handling import CHECKS
from harness.model.app import Endpoint
from harness.model.conformance import Outcome
from tests.integration.contract.conftest import Serve

KINDS: Final = ("App", "ClosesAlways", "ClosesAfterFive", "ClosesInPauses")
"""One that keeps all connections, one that keeps none, and two that keep some."""


@pytest.mark.parametrize(
    ("keep_alive", "conforming"),
    [("mixed", ("App", "ClosesAfterFive", "ClosesInPauses")), (True, KINDS[:1]), (False, KINDS[1:2])],
)
def test_what_a_manifest_may_say_of_a_server(
    serve: Serve, *, keep_alive: bool | str, conforming: tuple[str, ...]
) -> None:
    with serve(*KINDS) as targets:
        reports = {
            name: check(
                target.model_copy(update={"keep_alive": keep_alive}), [Endpoint.JSON], statements=None, checks=CHECKS
            )
            for name, target in targets.items()
        }
    found = {name: [each.check for each in report.failures] for name, report in reports.items()}
    assert found == {name: [] if name in conforming else ["keep-alive"] for name in KINDS}


def test_only_of_one_that_keeps_all_in_pauses_and_of_many_is_said_that_mixed_is_too_little(serve: Serve) -> None:
    names = (*KINDS, "ClosesToCrowds")
    checks = (*CHECKS[:1], concurrency.CHECKS[-1])
    with serve(*names) as targets:
        reports = {
            name: check(
                target.model_copy(update={"keep_alive": "mixed"}), [Endpoint.JSON], statements=None, checks=checks
            )
            for name, target in targets.items()
        }
    kept = {name: report.results[-1] for name, report in reports.items()}
    noted = [name for name, result in kept.items() if "keep_alive = true belongs" in result.found]
    assert noted == ["App"]
    assert kept["App"].outcome is Outcome.SKIPPED
