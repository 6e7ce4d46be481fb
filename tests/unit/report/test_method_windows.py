"""The section on method says how many windows of latency there were: fewer where nobody is compared with another."""

import pytest

from harness.model.plan import ProfileName
from harness.report.page import compose
from tests.unit.report.part_of_a_page import sections_of
from tests.unit.report.sample import Sample


@pytest.mark.parametrize(
    ("profile", "own_rate_windows", "told"),
    [
        (ProfileName.STANDARD, 1, "on each latency cell, but 1 at a share of its own capacity, where"),
        (ProfileName.STANDARD, None, "on each latency cell; fewer and longer ones"),
        (ProfileName.QUICK, 1, "on each latency cell; fewer and longer ones"),
    ],
)
def test_windows_at_rates_of_its_own_are_told_where_there_are_any(
    profile: ProfileName, own_rate_windows: int | None, told: str
) -> None:
    run, findings, claims, starts = Sample(profile, with_hostile=False).build()
    timing = run.plan.timing.model_copy(update={"own_rate_windows": own_rate_windows})
    run = run.model_copy(update={"plan": run.plan.model_copy(update={"timing": timing})})
    section = sections_of(compose(run, findings, claims, starts, ()), "method")
    assert told in " ".join(section.split())
