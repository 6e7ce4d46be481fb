"""People are told of an app by its title everywhere, whether a run has measured it or not."""

import re
from pathlib import Path

import pytest

from harness.catalog.discover import discover
from harness.claims.commands import Origin
from harness.claims.evaluate import evaluate
from harness.claims.needs import needs_of
from harness.claims.read import ARTICLE, read_claims
from harness.claims.titles import titles_here
from harness.results.folder import read_run

ROOT = Path(__file__).parents[3]
APPS = discover((ROOT / "apps",), guests=True)
FILES = [ARTICLE, *sorted((ROOT / "claims").glob("*.toml"))]
IDENTIFIERS = [app.name for app in APPS if app.name != app.manifest.title and app.name not in {"asgi", "wsgi"}]


def test_the_titles_are_those_of_the_manifests_of_all_apps_that_claims_name() -> None:
    named = {
        app.partition("/")[0] for file in FILES for claim in read_claims(file).claim for app in needs_of(claim).apps
    }
    assert titles_here() == {app.name: app.manifest.title for app in APPS if app.name in named}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_text_on_a_claim_has_an_app_by_its_identifier(file: Path) -> None:
    found = evaluate(read_claims(file), read_run(ROOT / "reports" / "sample"), origin=Origin())
    for each in found.claims:
        texts = [each.sentence, each.condition_sentence, each.further, each.out_of_reach]
        for evidence in each.evidence:
            texts += [evidence.subject_title, evidence.other_title, evidence.reason]
        for text in filter(None, texts):
            named = re.findall(rf"\b({'|'.join(IDENTIFIERS)})\b", text)
            assert not named, text
