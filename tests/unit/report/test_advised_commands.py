"""The commands that a report advises find the run's apps, and measure where the run did."""

import re
import shlex
from html import unescape
from pathlib import Path

import pytest

import harness.report
from harness.model.cell import Subject
from harness.model.conformance import CheckResult, Conformance, Outcome
from harness.report.page import compose
from harness.report.view.advised_commands import advised_commands
from tests.unit.report.part_of_a_page import sections_of
from tests.unit.report.sample import Sample

RUN, FINDINGS, CLAIMS, STARTS = Sample().build()
WHERE = ("--apps-dir", "my apps", "--runtime", "process")
ELSEWHERE = RUN.model_copy(update={"command": (*RUN.command, *WHERE)})
SECTIONS = ("servers", "interpreters", "parts", "deployments")
PASSED = CheckResult(check="random ids", endpoint=None, outcome=Outcome.PASSED, found="", expected="", elapsed_s=0.1)
CHECKED = Conformance(round_index=0, subject=Subject(app="flask", variant="controlled"), results=(PASSED,))
TEMPLATES = Path(harness.report.__file__).parent / "templates"
CODE = re.compile(r"<code>\s*(bench\s[^<]*)</code>")


def commands_of(sections: str) -> list[list[str]]:
    return [shlex.split(unescape(each)) for each in CODE.findall(sections)]


@pytest.mark.parametrize("section", SECTIONS)
def test_each_has_the_options_of_the_run(section: str) -> None:
    page = compose(ELSEWHERE, FINDINGS, CLAIMS, STARTS, [], (CHECKED,))
    found = commands_of(sections_of(page, section))
    assert found
    for command in found:
        # Listing measures nothing, wherever.
        expected = WHERE[:2] if command[1] == "list" else WHERE
        assert tuple(command[-len(expected) :]) == expected


def test_apps_that_the_run_has_not_are_looked_for_where_they_always_lie() -> None:
    advised = advised_commands(ELSEWHERE)
    apps = sorted({each.app for each in RUN.plan.subjects})
    assert shlex.split(advised.variants(f"{apps[0]}/a", f"{apps[0]}/b"))[-4:] == list(WHERE)
    other = shlex.split(advised.variants("elsewhere/a", "elsewhere/b"))
    assert other == ["bench", "run", "--app", "elsewhere/a", "--app", "elsewhere/b", "--runtime", "process"]


def test_a_deployment_is_verified_by_the_name_that_its_folder_gives_it() -> None:
    advised = advised_commands(RUN)
    assert advised.verify("flask/controlled") == "bench verify flask/controlled"
    assert advised.verify("flask@3.14/controlled") == "bench verify flask/controlled"
    assert advised.verify("flask/controlled/routes-1000") == "bench verify flask/controlled"


def test_no_template_writes_one_by_itself() -> None:
    written = [
        path.name
        for path in TEMPLATES.rglob("*.jinja")
        if re.search(r"<code>\s*bench (run|verify|plan|list)", path.read_text(encoding="utf-8"))
    ]
    assert not written, "its options would be missing: harness/report/view/advised_commands.py"
