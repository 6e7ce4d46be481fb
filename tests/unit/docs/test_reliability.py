"""The page on reliability has what the tests show, and nothing else."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from harness.model.errors import ExitCode

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reliability", DOCS / "reliability.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_tests_show_now(maker: ModuleType) -> None:
    assert maker.PAGE.read_text() == maker.page(), "stale: run `python docs/reliability.py`"


def test_forty_faults_are_shown_and_some_of_every_place(maker: ModuleType) -> None:
    found = maker.faults()
    assert len({fault.what for fault in found}) == len(found) >= 40
    assert {fault.where for fault in found} == set(maker.PLACES)


def test_every_row_says_all_of_it_and_has_a_documented_exit_code(maker: ModuleType) -> None:
    for fault in maker.faults():
        for text in (fault.what, fault.happens, fault.lost):
            assert text, fault
            assert "|" not in text, fault
            assert "\n" not in text, fault
        assert fault.exit_code is None or fault.exit_code in set(ExitCode) - {ExitCode.BUG}, fault


@pytest.mark.parametrize(
    "mark",
    [
        'where="moon", what="a", happens="b", lost="c", exit_code=0',
        'where="host", what="a", happens="b", lost="c", exit_code=99',
        'where="host", what="a", happens="b", lost="c"',
    ],
)
def test_a_mark_that_says_too_little_or_what_there_is_not_is_refused(
    maker: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mark: str
) -> None:
    monkeypatch.setattr(maker, "ROOT", tmp_path)
    file = tmp_path / "test_it.py"
    file.write_text(f"@pytest.mark.fault({mark})\ndef test_it(): ...\n")
    with pytest.raises(ValueError, match="test_it"):
        list(maker.marked(file))
