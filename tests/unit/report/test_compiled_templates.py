"""Templates are compiled once in a process, and each of its pages is as if it were the only one."""

from dataclasses import replace

import pytest
from jinja2 import Environment

from harness.report.markup import html, markdown
from harness.report.page import compose
from tests.unit.report.sample import Sample


def test_a_second_page_compiles_nothing_and_is_like_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    run, findings, claims, starts, *_ = Sample().build()
    whole = compose(run, findings, claims, starts, ())
    page = replace(whole, sections=whole.sections[:2])
    first = html(page), markdown(whole)

    def compiled_again(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Environment, "compile", compiled_again)
    assert (html(page), markdown(whole)) == first
