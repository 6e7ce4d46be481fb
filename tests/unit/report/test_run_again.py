"""What is told of how a run is made again: a command that does the same on another shell, or ends with an error."""

import subprocess
import tomllib
from html import unescape
from pathlib import Path
from textwrap import indent

import pytest

from harness.model.run import Run
from harness.report.markup import html, markdown
from harness.report.page import compose
from harness.report.view.provenance import reproduce_view
from tests.unit.report.sample import Sample

RUN, FINDINGS, CLAIMS, STARTS = Sample().build()
ROOT = Path(__file__).parents[3]
URL = "postgresql://me:hunter2@db/mine"


def elsewhere(*, database: bool = False, containers: bool = False) -> Run:
    assert RUN.database is not None
    return RUN.model_copy(
        update={
            "database": RUN.database.model_copy(update={"embedded": not database}),
            "load_host": RUN.host if containers else None,
        }
    )


def test_a_run_that_took_nothing_from_elsewhere_asks_for_nothing() -> None:
    assert reproduce_view(elsewhere()).first == ()
    assert reproduce_view(elsewhere()).command == "bench run --profile quick --seed 7"


@pytest.mark.parametrize(
    ("run", "told"),
    [
        (elsewhere(database=True), "BENCH_DATABASE_URL names, whose value stands in no report: set that first."),
        (elsewhere(containers=True), "have DOCKER_HOST or the Docker context name that first."),
    ],
    ids=["a database", "a host"],
)
def test_what_no_command_tells_is_asked_for_by_its_name(run: Run, told: str) -> None:
    page = compose(run, FINDINGS, CLAIMS, STARTS, ())
    for text in (unescape(html(page)), markdown(page).replace("\\_", "_")):
        assert told in text
        assert reproduce_view(run).command in text


@pytest.mark.parametrize(
    ("revision", "checkout", "changed"),
    [("abc123", "git checkout abc123\n", False), ("abc123+dirty", "git checkout abc123\n", True), (None, "", False)],
)
def test_whoever_has_only_cloned_the_harness_is_told_all_that_comes_before(
    revision: str | None, checkout: str, *, changed: bool
) -> None:
    run = RUN.model_copy(update={"harness_revision": revision})
    page = compose(run, FINDINGS, CLAIMS, STARTS, ())
    typed = f"{checkout}make setup\n. .venv/bin/activate\n{reproduce_view(run).command}"
    text, summary = unescape(html(page)), markdown(page)
    assert f">{typed}</pre>" in text
    assert f"\n\n{indent(typed, '    ')}\n\n" in summary
    for told in (text, summary):
        assert ("the harness had changes besides, that no commit has" in told) is changed
        assert told.count("was drawn with the seed 7; a run with the same seed") == 1


@pytest.mark.parametrize("variables", [{"BENCH_DATABASE_URL": URL}, {}], ids=["set", "not set"])
def test_without_its_database_the_command_measures_nothing(variables: dict[str, str]) -> None:
    command = reproduce_view(elsewhere(database=True)).command
    measures = f'bench() {{ echo "$BENCH_DATABASE_URL" "$@"; }}; {command}'
    done = subprocess.run(("/bin/sh", "-c", measures), env=variables, capture_output=True, text=True, check=False)
    assert done.stdout == (f"{URL} run --profile quick --seed 7\n" if variables else "")
    assert bool(done.returncode) is not bool(variables)
    assert bool("BENCH_DATABASE_URL" in done.stderr) is not bool(variables)


def test_no_file_tells_where_to_clone_the_harness_from_and_so_it_is_said() -> None:
    """Once one does, the sentence is to give it."""
    assert "(its address is in no file: ask who made this report)" in reproduce_view(RUN).checkout
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "urls" not in project
    assert "repository" not in (ROOT / "CITATION.cff").read_text()
