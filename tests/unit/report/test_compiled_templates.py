"""Templates are compiled once, and each page is as if it were the only one."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import Environment

from harness.history.assemble import assemble
from harness.report import markup
from harness.report.markup import html, markdown
from harness.report.page import compose
from harness.report.view.history import index_view
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


def a_document() -> str:
    return markup.document("index.html.jinja", index_view([], [], assemble([])), title="Runs")


def test_another_process_compiles_nothing_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each `Compiled` stands for a process."""
    monkeypatch.setattr(markup, "KEPT_IN", tmp_path / "__pycache__")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(markup, "_OF_HTML", markup.Compiled("html"))
    markup.KEPT_IN.mkdir()
    (markup.KEPT_IN / "html-0123-of-another-version").touch()
    first = a_document()
    assert not [*markup.KEPT_IN.glob("html-0123-*")]
    with monkeypatch.context() as patched:
        patched.setattr(Environment, "compile", lambda *_: pytest.fail("compiled again"))
        patched.setattr(markup, "_OF_HTML", markup.Compiled("html"))
        assert a_document() == first


def test_what_was_kept_and_is_damaged_is_compiled_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "KEPT_IN", tmp_path / "__pycache__")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(markup, "_OF_HTML", markup.Compiled("html"))
    first = a_document()
    for cut in (0, 5, 40, 200):
        for file in (tmp_path / "__pycache__").iterdir():
            file.write_bytes(file.read_bytes()[:cut])
        monkeypatch.setattr(markup, "_OF_HTML", markup.Compiled("html"))
        assert a_document() == first


def test_where_nothing_can_be_kept_the_page_is_made_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(markup, "KEPT_IN", tmp_path / "file" / "__pycache__")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(markup, "_OF_HTML", markup.Compiled("html"))
    assert "Runs" in a_document()
