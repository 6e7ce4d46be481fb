"""A check that breaks off on one app costs neither the app's other checks nor any other app's."""

from functools import partial

import pytest

from harness.cli.verify import _exit_code
from harness.contract.conformance import check
from harness.contract.conformance.server_under_test import Check, ServerUnderTest
from harness.measure import check_first, framework_probes
from harness.measure import verify as verifying
from harness.measure.check_first import Unchecked, check_servers
from harness.measure.framework_probes import probe_sites_of
from harness.measure.progress import Silent
from harness.model.app import Endpoint
from harness.model.base import BARE_SITE
from harness.model.conformance import Outcome, Target
from harness.model.errors import ExitCode, HostFault
from harness.model.framework_probe import FrameworkProbe
from tests.unit.measure.two_apps import runtime_of, two_apps

OURS = "by a mistake of bench's own"


def _odd(server: ServerUnderTest) -> str:
    if server.target.deviates:
        raise LookupError("odd")
    return "right"


def _fine(_: ServerUnderTest) -> str:
    return "right"


CHECKS = tuple(Check(name=run.__name__, endpoint=None, expected="-", hint="-", run=run) for run in (_odd, _fine))


@pytest.mark.fault(
    where="app",
    what="It does what makes a check of ours break off (an exception that nobody foresaw)",
    happens="That check fails and says so, with the exception, its place and what to attach to a report of it. All "
    "other checks are made, and all other apps are checked; in a run it takes no rank, and the others are measured.",
    lost="That check, and in a run the app's ranks",
    exit_code=4,
)
def test_verify_goes_on_with_the_other_checks_and_the_other_apps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "check", partial(check, checks=CHECKS))
    with two_apps() as (apps, servers):
        odd, sound = verifying.verify(apps, (), runtime_of(servers), Silent())
    assert odd.report is not None
    assert [each.outcome for each in odd.report.results] == [Outcome.FAILED, Outcome.PASSED]
    assert OURS in odd.report.results[0].found
    assert sound.conforms
    assert odd.unchecked
    assert _exit_code([odd, sound]) is ExitCode.INCOMPLETE, "nothing is known against the app"


def test_a_run_says_so_of_that_app_and_finds_the_other_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_first, "_SHORT", CHECKS)
    with two_apps() as (apps, servers):
        unchecked = [Unchecked(app, servers[app.name], {Endpoint.HELLO}) for app in apps]
        odd, sound = check_servers(unchecked, 0, 0)
    (failure,) = odd.failed
    assert failure.startswith("server, _odd: the check broke off ")
    assert OURS in failure
    assert sound.failed == ()


def test_a_host_that_gives_no_more_memory_is_no_mistake_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(_: ServerUnderTest) -> str:
        raise MemoryError

    monkeypatch.setattr(check_first, "_SHORT", (Check("memory", None, "-", "-", no_memory),))
    with two_apps() as (apps, servers), pytest.raises(HostFault):
        list(check_servers([Unchecked(apps[0], servers["odd"], {Endpoint.HELLO})], 0, 0))


def test_a_probe_that_breaks_off_costs_no_other_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    def forge(_: Target) -> None:
        raise LookupError("odd")

    monkeypatch.setattr(framework_probes, "forge", forge)
    with two_apps() as (apps, servers):
        site = apps[0].manifest.variants["default"]
        app = apps[0].model_copy(
            update={"manifest": apps[0].manifest.model_copy(update={"bare_site": site, "deviates": {}})}
        )
        (result,) = probe_sites_of(app, runtime_of(servers), 0, 0)
    assert (result.probe, result.subject.variant, result.held) == (FrameworkProbe.CSRF, BARE_SITE, None)
    assert f"the probe broke off {OURS}" in result.found
    assert "LookupError: odd" in result.found
