"""What a run says of an app's safety, from what the app really did: refuted only where harm was done."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from harness.contract.conformance import check
from harness.contract.conformance.suite import CHECKS
from harness.measure.framework_probes import probes_of
from harness.model.app import Endpoint
from harness.model.cell import Subject
from harness.model.conformance import Conformance, Target
from harness.model.framework_probe import FrameworkProbe, FrameworkProbeResult

Serve = Callable[..., AbstractContextManager[dict[str, Target]]]

SHORT = [each for each in CHECKS if not each.lengthy]
ENDPOINTS = [Endpoint.HELLO, Endpoint.DB, Endpoint.QUERIES, Endpoint.FORTUNES]
SAFE_BUT = ("ReversedFortunes", "OneWrongText", "PageOfNothing", "WrongType")
XSS, SQL = FrameworkProbe.XSS, FrameworkProbe.SQL_INJECTION


def probed(target: Target, endpoints: list[Endpoint] = ENDPOINTS) -> dict[FrameworkProbe, FrameworkProbeResult]:
    report = check(target, endpoints, statements=None, checks=SHORT, patience_s=2.0)
    of = Conformance(round_index=0, subject=Subject(app="any", variant="any"), results=report.results)
    return {result.probe: result for result in probes_of(of)}


@pytest.fixture(scope="module")
def targets(serve: Serve) -> Iterator[dict[str, Target]]:
    with serve("App", "OptionalTagsLeftOut", "UnescapedFortune", "EscapedTwice", *SAFE_BUT) as targets:
        yield targets


@pytest.mark.parametrize("app", ["App", "OptionalTagsLeftOut"])
def test_a_safe_app_is_safe_however_it_spells_its_page(targets: dict[str, Target], app: str) -> None:
    found = probed(targets[app])
    assert {probe: result.held for probe, result in found.items()} == {XSS: True, SQL: True}
    assert "the rows are as they were" in found[SQL].found


@pytest.mark.fault(
    where="app",
    what="It is wrong in what has no bearing on its safety",
    happens="The probes for security are invalid, with what is wrong; it is not called unsafe.",
    lost="The verdicts on its safety",
    exit_code=0,
)
@pytest.mark.parametrize("app", SAFE_BUT)
def test_a_safe_app_that_is_wrong_anyway_is_never_called_unsafe(targets: dict[str, Target], app: str) -> None:
    """Rows in reverse order, one wrong text, no rows at all, numbers as strings."""
    found = probed(targets[app])
    assert found[SQL].held is None
    assert found[SQL].found.startswith("not even without harm: ")
    assert all(result.held is not False for result in found.values())


def test_markup_that_runs_refutes_and_markup_that_is_escaped_twice_does_not(targets: dict[str, Target]) -> None:
    assert probed(targets["UnescapedFortune"])[XSS].held is False
    assert probed(targets["EscapedTwice"])[XSS].held is not False


@pytest.mark.usefixtures("restored_data")
def test_sql_that_is_run_refutes(serve: Serve) -> None:
    with serve("Injectable") as targets:
        found = probed(targets["Injectable"])
    assert found[SQL].held is False
    assert "1%20OR%201%3D1: status 200" in found[SQL].found


def test_a_server_that_died_before_it_was_asked_is_neither_safe_nor_unsafe(serve: Serve) -> None:
    with serve("CrashingOnHead") as targets:
        found = probed(targets["CrashingOnHead"])
    assert found[SQL].held is None
    assert found[SQL].found.startswith("not made: the server stopped answering during 'HEAD'")
