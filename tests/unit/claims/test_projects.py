"""What projects say of themselves is about apps that there are, and a run decides it or the file says why not."""

from datetime import date
from pathlib import Path
from typing import Final

import pytest

from harness.catalog.discover import discover
from harness.catalog.selection import choose, variants_of
from harness.claims.decidable import see_that_it_is_decidable
from harness.claims.needs import needs_of
from harness.claims.read import read_claims
from harness.claims.unknown import read_known_claims
from harness.claims.within_reach import choices_for, profile_for
from harness.model.app import App
from harness.model.errors import UsageError
from harness.model.host import CpuLayout
from harness.model.plan import ProfileName
from harness.plan.build import Choices, build_plan, of_profile

ROOT: Final = Path(__file__).parents[3]
FOLDER: Final = ROOT / "claims"
ROOMY: Final = CpuLayout(server=(0, 1, 2, 3), generator=(4,), database=(5,))

PROJECTS: Final[dict[str, tuple[ProfileName, set[str]]]] = {
    "blacksheep": (ProfileName.WIDE, {"blacksheep-on-granian"}),
    "fastapi": (ProfileName.WIDE, set()),
    "granian": (ProfileName.SERVERS, {"granian-concurrency", "granian-websockets"}),
    "litestar": (ProfileName.WIDE, {"litestar-routes", "litestar-serialization"}),
    "robyn": (ProfileName.WIDE, {"robyn-cores"}),
    "sanic": (ProfileName.WIDE, {"sanic-large-applications", "sanic-many-requests", "sanic-scales"}),
}
"""The profile that each file is for, and the claims that need another, which `bench run --claim` finds."""


@pytest.fixture(scope="module")
def apps() -> tuple[App, ...]:
    return tuple(discover((ROOT / "apps",), guests=True))


def test_every_file_is_looked_at_here() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {f"{project}.toml" for project in PROJECTS}


@pytest.mark.parametrize("project", PROJECTS)
def test_the_page_on_claims_tells_how_many_a_file_has(project: str) -> None:
    file = read_claims(FOLDER / f"{project}.toml")
    testable = sum(claim.not_testable is None for claim in file.claim)
    row = f"| `claims/{project}.toml` | `{PROJECTS[project][0].value}` | {len(file.claim)} | {testable} |"
    assert row in (ROOT / "docs" / "claims.md").read_text().splitlines()


@pytest.mark.parametrize("project", PROJECTS)
def test_every_claim_says_where_it_was_read_and_when(project: str) -> None:
    for claim in read_claims(FOLDER / f"{project}.toml").claim:
        assert claim.section
        assert claim.link, claim.id
        assert claim.link.host == "github.com", "a page as it was at one commit stays as it was read"
        assert claim.accessed
        assert claim.accessed >= date(2026, 11, 26)


@pytest.mark.parametrize("project", PROJECTS)
def test_a_run_by_the_profile_of_a_file_decides_its_claims(project: str, apps: tuple[App, ...]) -> None:
    path = FOLDER / f"{project}.toml"
    file = read_known_claims(path, {app.name: variants_of(app) for app in apps}, {})
    profile, by_another = PROJECTS[project]
    assert file.profile is profile
    choices = Choices(profile=profile)
    plan = build_plan(of_profile(apps, choices), choices, ROOMY)
    undecided = set()
    for claim in file.claim:
        if claim.not_testable is None:
            try:
                assert see_that_it_is_decidable(claim, plan, apps) is None, claim.id
            except UsageError:
                undecided.add(claim.id)
                own = choices_for(claim, profile_for(claim))
                by_itself = build_plan(choose(apps, needs_of(claim).apps), own, ROOMY)
                assert see_that_it_is_decidable(claim, by_itself, apps) is None, claim.id
    assert undecided == by_another
