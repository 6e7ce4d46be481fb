"""Of a run that has none of the article's frameworks, the article's claims are folded, or left out."""

from pathlib import Path

import pytest

from harness.analysis.analyse import analyse
from harness.claims.evaluate import evaluate
from harness.claims.needs import about_none, concerning_first
from harness.claims.read import ARTICLE, read_claims
from harness.cli import claims as claims_command
from harness.history.digest import make_digest
from harness.model.app import Family
from harness.report.markup import html, markdown
from harness.report.page import compose
from harness.results.records import RecordedRun
from tests.saying import say
from tests.unit.analysis.simulate import Simulation, subject
from tests.unit.claims.test_refused import RATIO
from tests.unit.results.sample import deployment

MINE, BARE = subject("mine"), subject("wsgi")
ARTICLES = read_claims(ARTICLE)
FOLDED = about_none(len(ARTICLES.claim))


def run_with(*others: str) -> RecordedRun:
    """Of an app of one's own, a baseline and others."""
    frameworks = (deployment(MINE), *(deployment(subject(each)) for each in others))
    deployments = (*frameworks, deployment(BARE, family=Family.BASELINE))
    return Simulation({each.subject: 3_000.0 for each in deployments}, deployments=deployments, rounds=2).recorded()


def test_a_baseline_alone_does_not_have_the_article_s_claims_concern_a_run() -> None:
    found = evaluate(ARTICLES, run_with())
    assert concerning_first(found.claims, run_with().run) == ([], list(found.claims))
    with_flask = run_with("flask")
    concerning, others = concerning_first(found.claims, with_flask.run)
    assert {"micro-overhead", "flask-lightweight", "clean-code"} <= {each.claim.id for each in concerning}
    assert "django-scale" in {each.claim.id for each in others}


def test_a_claim_about_nothing_but_baselines_concerns_a_run_that_has_them(tmp_path: Path) -> None:
    file = tmp_path / "bare.toml"
    file.write_text(RATIO.replace('"flask"', '"wsgi"').replace('"django"', '"asgi"'))
    found = evaluate(read_claims(file), run_with())
    assert [each.claim.id for each in concerning_first(found.claims, run_with().run)[0]] == ["first"]


def test_the_report_folds_them_and_its_summary_has_what_to_do_in_their_place() -> None:
    run = run_with()
    findings = analyse(run)
    article = evaluate(ARTICLES, run, findings)
    page = compose(run.run, findings, article, run.starts, ())
    shown, summary = html(page), markdown(page)
    assert shown.count(FOLDED) == 1
    assert f"<summary>Statements of {ARTICLES.source}: {FOLDED}</summary>" in shown
    assert f"<h3>Statements of {ARTICLES.source}" not in shown
    instead = "No claim that was held against this run is about an app of it"
    assert shown.count(instead) == 1
    assert f"{instead}: `bench claims RUN --claims FILE` holds yours against it." in summary.splitlines()
    assert "Statements of " not in summary
    assert not any(each.says in summary for each in ARTICLES.claim)


def test_a_run_with_claims_of_its_own_has_no_line_on_the_article_in_its_summary(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(RATIO.replace('"flask"', '"mine"').replace('"django"', '"wsgi"'))
    run = run_with()
    findings, own = analyse(run), read_claims(file)
    article = evaluate(ARTICLES, run, findings)
    page = compose(run.run, findings, article, run.starts, (), own_claims=evaluate(own, run, findings))
    shown, summary = html(page), markdown(page)
    assert [line for line in summary.splitlines() if line.startswith("Statements of ")] == [
        f"Statements of {own.source}:"
    ]
    assert f"<summary>Statements of {ARTICLES.source}: {FOLDED}</summary>" in shown
    assert "No claim that was held" not in shown + summary


def test_the_command_and_the_list_of_runs_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run = run_with()
    monkeypatch.setattr(claims_command, "read_chosen", lambda _: (tmp_path, run))
    said = say("claims").out.splitlines()
    yours = "`bench claims RUN --claims FILE` holds yours against it"
    assert said == [f"{FOLDED}, and so not shown (--json has all); {yours}"]
    assert make_digest(run, "a").verdicts == {}
    assert sum(make_digest(run_with("flask"), "a").verdicts.values()) > 0
