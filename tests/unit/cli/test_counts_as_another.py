"""A variant that counts as another too, by `also`: what claims say of it by either name."""

import shutil
from pathlib import Path

import pytest

from harness.catalog.discover import discover
from harness.claims.read import ARTICLE, ClaimsError, read_claims
from harness.cli.asked_claims import claims_to_measure, claims_to_read
from harness.model.cell import Subject
from harness.results.folder import read_run
from tests.unit.cli.test_own_claims import ROOT, called, claims_file

APPS = discover((ROOT / "apps",), guests=True)
BUILT_IN = (ARTICLE, *sorted((ROOT / "claims").glob("*.toml")))


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder with an app whose `controlled` is its `default` too."""
    app = tmp_path / "mine" / "morepath_app"
    shutil.copytree(ROOT / "apps" / "starlette_app", app, ignore=shutil.ignore_patterns(".venv"))
    manifest = app / "pyproject.toml"
    changed = manifest.read_text().replace('title = "Starlette"', 'title = "Morepath"')
    changed = changed.replace("variants.default]", "variants.controlled]")
    manifest.write_text(changed.replace('also = ["controlled"]', 'also = ["default"]'))
    return app.parent


@pytest.mark.parametrize("command", ["claims", "report"])
@pytest.mark.parametrize("name", ["morepath/default", "morepath/controlled"])
def test_a_claim_on_an_app_that_the_run_has_not_knows_what_its_variant_counts_as(
    run: Path, tmp_path: Path, mine: Path, command: str, name: str
) -> None:
    file = claims_file(tmp_path, (name, "flask"))
    text = 'profile = "quick"\n' + file.read_text()
    file.write_text(text.replace("at_least = 0.1", 'at_least = 0.1\ndeployments = ["controlled"]'))
    done = called(command, str(run), "--claims", str(file), "--apps-dir", str(mine))
    assert done.exception is None
    told = done.stdout if command == "claims" else (run / "index.html").read_text(encoding="utf-8")
    assert "Morepath is measured as" not in told
    assert f"bench run --claims {file} --apps-dir {mine} --profile quick" in told


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("morepath/default", "morepath/controlled"),
        ("morepath/controlled", "morepath/default"),
        ("morepath", "morepath/default"),
        ("morepath/default", "morepath"),
    ],
)
def test_a_deployment_that_is_compared_with_itself_alone_is_refused(
    run: Path, tmp_path: Path, mine: Path, one: str, other: str
) -> None:
    file = claims_file(tmp_path, ("flask", "django"), (one, other))
    told = f"{file}, line 26: own-1: '{one}' is compared with nothing but itself: '{other}' is the same deployment"
    with pytest.raises(ClaimsError) as refused:
        claims_to_measure(file, (*APPS, *discover((mine,))), (mine,))
    assert refused.value.what == told
    listed_by = f"`bench list apps --apps-dir {mine}`"
    assert f"name another app or variant in group; {listed_by} shows" in refused.value.hint
    for command in ("claims", "report"):
        error = called(command, str(run), "--claims", str(file), "--apps-dir", str(mine)).exception
        assert isinstance(error, ClaimsError)
        assert (error.what, listed_by in error.hint) == (told, True)


def test_one_of_several_that_is_compared_with_another_too_is_not(tmp_path: Path, mine: Path) -> None:
    file = claims_file(tmp_path, ("morepath/default", "morepath/controlled"), ("flask/default", "flask/controlled"))
    text = file.read_text().replace('group = ["morepath/controlled"]', 'group = ["morepath/controlled", "flask"]')
    file.write_text(text)
    assert claims_to_measure(file, (*APPS, *discover((mine,))), (mine,)) == text


def test_what_a_run_has_measured_as_two_is_compared_whatever_the_manifest_says_by_now(
    run: Path, tmp_path: Path, mine: Path
) -> None:
    recorded = read_run(run).run
    as_two = tuple(
        recorded.deployments[0].model_copy(update={"subject": Subject(app="morepath", variant=variant), "also": ()})
        for variant in ("controlled", "default")
    )
    file = claims_file(tmp_path, ("morepath/default", "morepath/controlled"))
    assert claims_to_read(file, recorded.model_copy(update={"deployments": as_two}), (mine,)) == read_claims(file)


@pytest.mark.parametrize("file", BUILT_IN, ids=lambda each: each.stem)
def test_no_claim_of_ours_compares_a_deployment_with_itself_alone(run: Path, file: Path) -> None:
    assert claims_to_measure(file, APPS, (ROOT / "apps",)) == file.read_text()
    assert claims_to_read(file, read_run(run).run, (ROOT / "apps", ROOT / "apps" / "guests")) == read_claims(file)
