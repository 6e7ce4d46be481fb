"""What an earlier job measured beside another commit is not taken for what this one did."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.ci.branch import Checkout, DataBranch
from harness.ci.predecessor import Beside
from harness.cli import ci as command
from harness.host.git import Git
from tests.saying import say

FILES = ("beside.json", "comparison.md")


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which an earlier job has left its files."""

    @contextmanager
    def new(_: DataBranch, state: Path) -> Iterator[Checkout]:
        yield Checkout(state, "", Git(tmp_path))

    monkeypatch.setattr(DataBranch, "checked_out", new)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "out"
    folder.mkdir()
    for name in FILES:
        (folder / name).write_text(Beside(base="earlier").model_dump_json())
    return folder


def left(out: Path) -> list[str]:
    return sorted(file.name for file in out.iterdir())


@pytest.mark.parametrize("wrong", [("--no-such-option",), ("--python", "3.13"), ("--json", "--markdown")])
def test_it_is_gone_where_the_options_are_refused(wrong: tuple[str, ...], out: Path) -> None:
    said = say("ci", "--against", "main", "--out", str(out), "--", *wrong)
    assert said.code == 2, said.err
    assert left(out) == []


@pytest.mark.parametrize("options", [(), ("--claim", "some-claim")])
def test_it_is_gone_where_a_job_measures_nothing_beside_its_run(
    options: tuple[str, ...], out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "measure", lambda _: tmp_path / "reports" / "run")
    said = say("ci", "--only-measure", "--out", str(out), "--", *options)
    assert (said.code, said.out) == (0, f"{tmp_path / 'reports' / 'run'}\n"), said.err
    assert left(out) == []


def test_it_stays_where_another_job_has_measured_the_run_that_is_to_be_kept(out: Path) -> None:
    said = say("ci", "--run", "latest", "--beside", str(out / "beside.json"), "--out", str(out))
    assert said.code == 2
    assert "there is no run under" in said.err
    assert left(out) == sorted(FILES)
