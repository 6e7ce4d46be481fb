import html
import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import override

import pytest

from harness.model.plan import ProfileName
from harness.model.verdict import Verdict
from harness.report.lean import lean
from harness.report.markup import html as as_html
from harness.report.page import compose
from harness.report.write import write_report
from tests.unit.report.claims_sample import READ_AT
from tests.unit.report.outline import apart, outline_of
from tests.unit.report.part_of_a_page import sections_of
from tests.unit.report.sample import HOSTILE_TITLE, Sample

MAX_BYTES = {ProfileName.QUICK: 387_300, ProfileName.STANDARD: 755_300}
"""What the pages of the samples weigh, and a little more: whoever adds to them says here how much."""
ALLOWED = {
    *(
        "html",
        "head",
        "body",
        "meta",
        "link",
        "title",
        "style",
        "header",
        "nav",
        "main",
        "footer",
        "section",
        "article",
    ),
    *(
        "h1",
        "h2",
        "h3",
        "h4",
        "p",
        "a",
        "b",
        "i",
        "em",
        "strong",
        "small",
        "span",
        "code",
        "pre",
        "br",
        "div",
        "details",
        "summary",
    ),
    *("ul", "li", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption"),
    *("label", "input", "select", "option", "button", "script"),
    *("fieldset", "legend", "ol", "sup"),
    *("svg", "g", "defs", "path", "use", "text", "desc", "line", "rect", "circle"),
}
"""Whatever else appears in a report came out of a text that should have been escaped."""

MOST_PARSED_AT_A_TIME = 5_000
"""Elements."""
VOID = {"br", "input", "link", "meta"}


class Audit(HTMLParser):
    """Collects what a browser would make of a page: tags, ids, addresses, event handlers, unclosed elements."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.fragments: set[str] = set()
        self.addresses: set[str] = set()
        self.handlers: set[str] = set()
        self.open: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name in {"href", "src", "xlink:href", "action", "data"} and value:
                (self.fragments if value.startswith("#") else self.addresses).add(value)
            if name.startswith("on"):
                self.handlers.add(name)

    @override
    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"


@cache
def written(profile: ProfileName) -> tuple[str, str, str]:
    """The page of a run with `data.csv` in its folder, as it was drawn and as it was written, and the summary.

    It is drawn once for all tests.
    """
    drawn: list[str] = []

    def lean_and_kept(page: str) -> bytes:
        drawn.append(page)
        return lean(page)

    with TemporaryDirectory() as made, pytest.MonkeyPatch.context() as patched:
        patched.setattr("harness.report.write.lean", lean_and_kept)
        folder = Path(made)
        (folder / "data.csv").write_text("a,b\n", encoding="utf-8")
        page = write_report(folder, *Sample(profile=profile).build())
        assert page == folder / "index.html"
        return *drawn, page.read_text(encoding="utf-8"), (folder / "summary.md").read_text(encoding="utf-8")


@pytest.fixture(params=[ProfileName.QUICK, ProfileName.STANDARD])
def report(request: pytest.FixtureRequest) -> str:
    return written(request.param)[0]


def audited(text: str) -> Audit:
    audit = Audit()
    audit.feed(text)
    audit.close()
    return audit


def test_hostile_texts_add_no_element_and_no_event_handler(report: str) -> None:
    audit = audited(report)
    assert audit.tags <= ALLOWED
    assert not audit.handlers
    assert "&lt;img src=x onerror=alert(1)&gt;" in report
    data = '<script type="application/json" id="{}">'
    assert re.findall("<script[^>]*>(?!</script>)", report) == ["<script>", data.format("facts"), data.format("ratios")]
    assert {*re.findall("<script[^>]*>(?=</script>)", report)} == {'<script type="text/plain">'}


def test_a_browser_parses_a_page_in_parts() -> None:
    """Chromium rests after a script, and else parses on for as long as half a second."""
    parts = written(ProfileName.STANDARD)[1].split("</script>")
    assert max(len(re.findall("<[a-z]", part)) for part in parts) <= MOST_PARSED_AT_A_TIME


def test_every_element_is_closed_and_every_id_unique_and_every_fragment_leads_somewhere(report: str) -> None:
    audit = audited(report)
    assert audit.open == []
    assert len(audit.ids) == len(set(audit.ids))
    assert {fragment.removeprefix("#") for fragment in audit.fragments} <= set(audit.ids)


def test_the_file_refers_to_nothing_that_a_browser_would_fetch(report: str) -> None:
    followed_when_asked = {"https://docs.example.org/deployment", str(READ_AT["link"])}
    assert audited(report).addresses == {"data:,", "data.csv", *followed_when_asked}
    assert "url(" not in report
    assert "@import" not in report


def test_the_policy_lets_only_the_pages_own_style_and_script_count(report: str) -> None:
    policy = html.unescape(re.findall('Content-Security-Policy" content="([^"]*)"', report)[0])
    directives = dict(part.split(" ", 1) for part in policy.split("; "))
    assert directives["default-src"] == directives["base-uri"] == directives["form-action"] == "'none'"
    for name, tag in (("style-src", "style"), ("script-src", "script")):
        part = re.findall(f"<{tag}>(.*?)</{tag}>", report, flags=re.DOTALL)[0]
        assert directives[name] == f"'sha256-{b64encode(sha256(part.encode()).digest()).decode()}'"
    assert " style=" not in report


@pytest.mark.parametrize("profile", [ProfileName.QUICK, ProfileName.STANDARD])
def test_the_page_that_is_written_is_the_one_that_was_drawn_and_no_heavier_than_it_was(profile: ProfileName) -> None:
    drawn, page, _ = written(profile)
    assert apart(outline_of(drawn), outline_of(page)) == ""
    assert len(page.encode()) < MAX_BYTES[profile]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("a,b\n", encoding="utf-8")
    again = write_report(tmp_path, *Sample(profile=ProfileName.QUICK).build())
    assert again.read_text(encoding="utf-8") == written(ProfileName.QUICK)[1]


def test_what_stands_between_backticks_is_code_and_stays_text() -> None:
    run, findings, claims, starts = Sample().build()
    why = f"As `controlled`, on `{HOSTILE_TITLE}`."
    deployments = tuple(each.model_copy(update={"why": why}) for each in run.deployments)
    page = compose(run.model_copy(update={"deployments": deployments}), findings, claims, starts, ())
    text = sections_of(page, "deployments")
    hostile = html.escape(HOSTILE_TITLE)
    assert f'<p class="why">As <code>controlled</code>, on <code>{hostile}</code>.' in text
    assert HOSTILE_TITLE not in text


def test_data_files_beside_the_report_are_linked() -> None:
    report, *_ = written(ProfileName.QUICK)
    assert "data.csv" in audited(report).addresses
    assert "Not in the folder when this report was written: data.parquet, windows.jsonl, run.json." in " ".join(
        report.split()
    )


def test_an_invalid_cell_is_named_invalid_in_page_and_summary_with_its_reason() -> None:
    report, _, summary = written(ProfileName.QUICK)
    assert re.search(r"<b>invalid</b> <span>responses verified: 12 wrong answers", report)
    assert "invalid: responses verified: 12 wrong answers" in summary


@pytest.mark.parametrize("profile", [ProfileName.QUICK, ProfileName.STANDARD])
def test_the_tables_of_the_summary_are_tables(profile: ProfileName) -> None:
    """A heading, a row of dashes and rows with as many cells, and no line between them."""
    lines = written(profile)[2].splitlines()
    dashes = [at for at, line in enumerate(lines) if line.startswith(("|---", "|:--"))]
    assert any("p99" in lines[at - 1] for at in dashes)
    for at in dashes:
        cells = lines[at].count("|")
        assert lines[at - 1].startswith("|")
        assert lines[at + 1].startswith("|")
        assert lines[at - 1].count("|") == lines[at + 1].count("|") == cells
    assert not any(
        line.startswith("|") and not lines[at - 1] and not lines[at + 1] for at, line in enumerate(lines[:-1])
    )


def test_the_summary_escapes_what_markdown_would_obey() -> None:
    *_, summary = written(ProfileName.QUICK)
    assert HOSTILE_TITLE not in summary
    assert r"\<img src=x onerror=alert(1)\>" in summary
    tables = [line for line in summary.splitlines() if line.startswith("|")]
    assert all(len(re.findall(r"(?<!\\)\|", line)) in {4, 5, 6, 7, 10} for line in tables)


def test_an_empty_run_makes_a_report_that_says_what_is_missing() -> None:
    run, findings, claims, _ = Sample().build()
    nothing = findings.model_copy(
        update={"cells": (), "rankings": (), "comparisons": (), "overheads": (), "sanity": (), "rounds_complete": 0}
    )
    bare_run = run.model_copy(update={"deployments": (), "checks": (), "database": None, "ceiling": None})
    text = " ".join(as_html(compose(bare_run, nothing, claims, (), ())).split())
    for words in (
        "No capacity was measured in this run.",
        "No latency was measured in this run: the workload is <code>latency</code>.",
        "No baseline was measured beside a framework",
        "The generator was not calibrated in this run",
    ):
        assert words in text


def test_claims_without_a_verdict_by_what_was_measured_are_not_called_tested() -> None:
    run, findings, claims, starts = Sample().build()
    told = sum(each.verdict in {Verdict.SUPPORTED, Verdict.REFUTED, Verdict.INCONCLUSIVE} for each in claims.claims)
    text = " ".join(as_html(compose(run, findings, claims, starts, ())).split())
    assert f"{told} claims tested, by " in text
    lacking = [each for each in claims.claims if each.verdict is Verdict.NOT_RUN]
    assert lacking
    bare = claims.model_copy(update={"claims": tuple(lacking)})
    assert " of fresh processes." not in as_html(compose(run, findings, bare, starts, ()))


def test_an_app_whose_code_was_in_no_commit_is_marked_where_its_code_and_its_origin_stand() -> None:
    run, findings, claims, starts = Sample().build()
    under_work, *others = run.sources
    sources = (under_work.model_copy(update={"uncommitted": True}), *others)
    found = as_html(compose(run.model_copy(update={"sources": sources}), findings, claims, starts, ()))
    text = " ".join(found.split())
    assert f"In no commit when it was measured was the code of {under_work.app}" in text
    assert text.count("with changes that were in no commit") == 1
    calm = " ".join(as_html(compose(run, findings, claims, starts, ())).split())
    assert "in no commit" not in calm.lower()
