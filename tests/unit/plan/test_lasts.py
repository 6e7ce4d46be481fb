"""How long a profile takes is part of what it is chosen for: whoever adds to it must take something else away."""

from pathlib import Path

import pytest

from harness.catalog.discover import discover
from harness.model.app import App
from harness.model.host import CpuLayout
from harness.model.plan import ProfileName
from harness.plan.build import Choices, build_plan, of_profile

APPS = Path(__file__).parents[3] / "apps"
CPUS = CpuLayout(server=(0,), generator=(1,), database=(1,))
MINUTES = {
    ProfileName.QUICK: 11,
    ProfileName.STANDARD: 75,
    ProfileName.SERVERS: 40,
    ProfileName.RATES: 20,
}
"""Smoke is for a few apps at a time, and a full run for whoever has a night."""


@pytest.fixture(scope="module")
def apps() -> tuple[App, ...]:
    return discover((APPS,))


@pytest.mark.parametrize("profile", MINUTES)
def test_a_profile_lasts_no_longer_than_is_said_of_it(profile: ProfileName, apps: tuple[App, ...]) -> None:
    """By the pace of the reference host, with two CPUs and the apps that it measures unless others are asked for."""
    chosen = Choices(profile=profile)
    assert build_plan(of_profile(apps, chosen), chosen, CPUS).estimated_s / 60 <= MINUTES[profile]
