"""A deployment has one name in all of a report: in claims, sentences, tables, figures and choices."""

import re
from html import unescape

import pytest

from harness.analysis.analyse import analyse
from harness.analysis.cells import by_subject
from harness.claims.evaluate import evaluate
from harness.model.app import Interface
from harness.model.cell import Subject
from harness.model.claim import ClaimsFile
from harness.model.naming import called, called_as
from harness.report.markup import html, markdown
from harness.report.numbers import NBSP
from harness.report.page import compose
from harness.report.view.cast import Cast
from tests.unit.analysis.simulate import Simulation, subject
from tests.unit.claims.test_deployments import a_claim
from tests.unit.comparison.recorded import with_footprints
from tests.unit.plan.manifests import app_with
from tests.unit.results.sample import deployment

MUFFIN, FLASK, DEFAULT = subject("muffin"), subject("flask"), Subject(app="flask", variant="default")
TWIN = MUFFIN.model_copy(update={"twin": True})
SERVERS = {MUFFIN: "uvicorn", FLASK: "gunicorn gthread", DEFAULT: "granian"}
RECORDED = with_footprints(
    Simulation(
        capacities_rps={MUFFIN: 4_000.0, FLASK: 2_000.0, DEFAULT: 1_000.0, TWIN: 4_000.0},
        deployments=tuple(deployment(each, server=server) for each, server in SERVERS.items()),
    ).recorded()
)
NAMES = {
    MUFFIN: "muffin (controlled, uvicorn)",
    FLASK: "flask (controlled, gunicorn gthread)",
    DEFAULT: "flask (default, granian)",
    TWIN: "muffin (controlled, uvicorn, second copy)",
}
"""One of an app in one variant, and others of an app in two."""


def test_the_same_name_is_made_from_the_run_and_from_what_the_report_knows_of_it() -> None:
    cast, deployments = Cast(RECORDED.run), by_subject(RECORDED.run)
    assert {each: called(each, deployments) for each in RECORDED.run.plan.subjects} == NAMES
    assert {each: cast.label(each).in_sentence for each in RECORDED.run.plan.subjects} == NAMES


@pytest.mark.parametrize("revision", [None, "as of v1.2", "controlled, uvicorn"])
@pytest.mark.parametrize("special", [{}, {"twin": True}, {"extra_routes": 1_000}])
def test_what_is_about_to_be_deployed_is_called_as_it_is_then(revision: str | None, special: dict[str, object]) -> None:
    """The last revision is that of `bench ab` on two variants, which these words tell already."""
    app = app_with("muffin", ("hello",), controlled=()).model_copy(update={"revision": revision})
    deployed = deployment(MUFFIN, server="uvicorn", interface=Interface.ASGI)
    deployed = deployed.model_copy(update={"title": app.manifest.title, "revision": revision})
    name = called_as(MUFFIN.model_copy(update=special), app)
    assert name == called(MUFFIN.model_copy(update=special), {MUFFIN: deployed})
    assert name.count("controlled") == 1
    assert ("as of v1.2" in name) is (revision == "as of v1.2")
    assert bool(special) is (name.endswith(("second copy)", "1,000 extra routes)")))


def test_claims_sentences_tables_figures_and_choices_have_no_other() -> None:
    findings = analyse(RECORDED)
    claim = (a_claim("muffin", "flask"), a_claim("flask/default", "muffin").model_copy(update={"id": "two"}))
    claims = evaluate(ClaimsFile(source="a test", claim=claim), RECORDED, findings)
    page = compose(RECORDED.run, findings, claims, RECORDED.starts, ())
    for text in (html(page), markdown(page)):
        found = re.findall(r"\b(?:muffin|flask) \([^()]*\)", unescape(text).replace(NBSP, " "))
        assert {NAMES[each] for each in (MUFFIN, FLASK, DEFAULT)} <= set(found) <= set(NAMES.values())
    for each, named in ((claims.claims[0], NAMES[MUFFIN]), (claims.claims[1], NAMES[DEFAULT])):
        assert named in each.sentence
