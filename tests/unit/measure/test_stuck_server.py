"""A server that can't be ended costs neither what it was probed for nor the checks of others."""

from functools import partial
from typing import Any

import pytest

from harness.contract.conformance import check
from harness.measure import framework_probes
from harness.measure import verify as verifying
from harness.measure.framework_probes import probe_sites_of
from harness.model.errors import RuntimeFault
from harness.model.framework_probe import FrameworkProbe
from tests.troubles import Troubles
from tests.unit.measure.two_apps import NAMES, runtime_of, two_apps

STUCK = RuntimeFault("odd/default can't be ended, its processes are [7]", hint="look")


def stuck() -> None:
    raise STUCK


def test_of_verify(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "check", partial(check, checks=()))
    progress = Troubles()
    with two_apps() as (apps, servers):
        servers[NAMES[0]].stop = stuck
        verdicts = list(verifying.verify(apps, (), runtime_of(servers), progress))
    assert [verdict.subject.app for verdict in verdicts] == list(NAMES)
    assert STUCK.what in progress.told


def test_of_a_site_that_was_probed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = framework_probes._Finding(FrameworkProbe.CSRF, held=True, found="it did")
    monkeypatch.setattr(framework_probes, "_tried", lambda *_: [found])
    with two_apps() as (apps, servers):
        servers[NAMES[0]].stop = stuck
        site = apps[0].manifest.variants["default"]
        manifest = apps[0].manifest.model_copy(update={"bare_site": site})
        runtime: Any = runtime_of(servers)
        (probed,) = probe_sites_of(apps[0].model_copy(update={"manifest": manifest}), runtime, 0, hash_seed=1)
    assert (probed.probe, probed.held) == (FrameworkProbe.CSRF, True)
