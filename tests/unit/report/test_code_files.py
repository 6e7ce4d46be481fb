"""What several apps have in common stands once, and the others lead there."""

import re

from harness.model.run import AppSource, SourceFile
from harness.report.page import compose
from harness.report.view.code_files import code_files
from tests.unit.report.part_of_a_page import sections_of
from tests.unit.report.sample import Sample

LONG, SHORT = "def total(order):\n    return sum(order)\n" * 20, "import app\n"


def source(app: str, /, **files: str | None) -> AppSource:
    return AppSource(app=app, files=tuple(SourceFile(path=f"{name}.py", text=text) for name, text in files.items()))


def test_a_text_is_shown_with_the_first_app_that_has_it_whatever_the_file_is_called() -> None:
    sources = [
        source("sanic", orders=LONG, feed=LONG + "#"),
        source("flask", app=SHORT, orders=LONG, logo=None),
        source("bottle", app=SHORT, ours=LONG, logo=None),
        source("left_out", orders=LONG),
    ]
    files = code_files(sources, {"flask": "Flask", "bottle": "Bottle", "sanic": "Sanic"})
    assert list(files) == ["flask", "bottle", "sanic"]
    shown = {(app, file.path): file for app, own in files.items() for file in own}
    first = shown["flask", "orders.py"]
    assert (first.text, first.like) == (LONG, None)
    for there in (("bottle", "ours.py"), ("sanic", "orders.py")):
        like = shown[there].like
        assert like is not None
        assert (like.title, like.path, like.anchor) == ("Flask", "orders.py", first.anchor)
    alone = [shown["sanic", "feed.py"], shown["flask", "app.py"], shown["bottle", "app.py"], shown["bottle", "logo.py"]]
    assert [(file.like, file.anchor) for file in alone] == [(None, "")] * 4


def test_the_page_holds_the_text_once_and_links_that_lead_to_it() -> None:
    run, findings, claims, starts = Sample().build()
    apps = [each.app for each in run.sources[:3]]
    run = run.model_copy(update={"sources": tuple(source(app, orders=LONG) for app in apps)})
    page = sections_of(compose(run, findings, claims, starts, ()), "deployments")
    assert page.count("def total(order)") == 20
    links = re.findall(r'href="?#(code-[^">]*)', page)
    (anchor,) = set(links)
    assert len(links) == 2
    assert len(re.findall(rf'id="?{re.escape(anchor)}[">]', page)) == 1
    assert len(re.findall(r"Code: 1\sfile, 40\slines", page)) == 3
