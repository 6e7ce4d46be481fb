"""Whoever refuses a hostile request does right; where all requests are refused, nothing is known of the app."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from harness.contract.conformance import check
from harness.contract.conformance.suite import CHECKS
from harness.measure.framework_probes import probes_of
from harness.model.app import Endpoint
from harness.model.cell import Subject
from harness.model.conformance import Conformance, ConformanceReport, Outcome
from harness.model.framework_probe import FrameworkProbe, FrameworkProbeResult

Serve = Callable[..., AbstractContextManager[dict[str, object]]]

SHORT = [each for each in CHECKS if not each.lengthy]
ENDPOINTS = [Endpoint.HELLO, Endpoint.DB, Endpoint.QUERIES, Endpoint.FORTUNES]
XSS, SQL = FrameworkProbe.XSS, FrameworkProbe.SQL_INJECTION


@pytest.fixture
def checked(serve: Serve) -> Callable[[str], ConformanceReport]:
    def checked(app: str) -> ConformanceReport:
        with serve(app) as targets:
            return check(targets[app], ENDPOINTS, statements=None, checks=SHORT)

    return checked


def probed(report: ConformanceReport) -> dict[FrameworkProbe, FrameworkProbeResult]:
    of = Conformance(round_index=0, subject=Subject(app="any", variant="any"), results=report.results)
    return {result.probe: result for result in probes_of(of)}


@pytest.mark.parametrize("app", ["Firewall", "TeapotFirewall"])
def test_an_app_behind_a_firewall_passes_every_check_and_is_safe(serve: Serve, app: str) -> None:
    with serve(app) as targets:
        report = check(targets[app], list(Endpoint), statements=None, checks=SHORT)
    assert [result for result in report.results if result.outcome is Outcome.FAILED] == []
    assert {probe: result.held for probe, result in probed(report).items()} == {XSS: True, SQL: True}


@pytest.mark.parametrize("app", ["ShutsOut", "ShutsOutAsUnavailable", "ShutsOutAsForbidden"])
def test_a_limit_of_requests_says_nothing_of_safety_and_has_its_remedy(
    checked: Callable[[str], ConformanceReport], app: str
) -> None:
    report = checked(app)
    found = probed(report)[SQL]
    assert found.held is None
    assert "hostile values, GET /db?id=" in found.found
    failure = next(each for each in report.failures if each.check == "hostile parameter")
    assert failure.hint == "switch off what limits or shuts out clients while the app is checked and measured"
    (unchanged,) = (each for each in report.results if each.check == "data unchanged")
    assert unchanged.outcome is Outcome.SKIPPED
    assert "the rows can't be read any more: GET /db?id=1: status " in unchanged.found


@pytest.mark.parametrize("app", ["RedirectingFirewall", "FriendlyFirewall", "SilentFirewall", "EchoedValue"])
def test_what_breaks_the_contract_alone_is_told_and_refutes_nothing(
    checked: Callable[[str], ConformanceReport], app: str
) -> None:
    report = checked(app)
    assert "hostile parameter" in {failure.check for failure in report.failures}
    found = probed(report)[SQL]
    assert found.held is None
    assert found.found.startswith("GET /db?id=")


@pytest.mark.parametrize("app", ["UnavailableForAttacks", "ErrorOnBadInput", "StackTrace", "Truncating", "Crashing"])
def test_a_value_that_breaks_something_or_reaches_another_row_refutes(
    checked: Callable[[str], ConformanceReport], app: str
) -> None:
    assert probed(checked(app))[SQL].held is False


def test_a_page_that_is_shown_no_more_is_not_one_that_runs_the_stored_script(
    checked: Callable[[str], ConformanceReport],
) -> None:
    found = probed(checked("FewPages"))[XSS]
    assert found.held is None
    assert "status 429" in found.found
