from harness.model.run import LeftOut
from harness.report.page import compose
from tests.unit.report.part_of_a_page import sections_of
from tests.unit.report.sample import Sample


def test_the_page_names_what_lies_in_an_app_s_folder_and_is_not_shown() -> None:
    run, *rest = Sample().build()
    reasons = (LeftOut(path="logo.png", why="no text"), LeftOut(path="<b>venv/", why="git ignores it"))
    first, *others = run.sources
    changed = run.model_copy(update={"sources": (first.model_copy(update={"left_out": reasons}), *others)})
    page = sections_of(compose(changed, *rest, ()), "deployments")
    assert "<code>&lt;b&gt;venv/</code>: git ignores it" in page
    assert "<code>logo.png</code>: no text" in page
    assert page.count("<code>logo.png</code> is no text") == len(others), "of runs that do not say why"
