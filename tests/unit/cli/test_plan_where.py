"""`bench plan` is about the runtime that the run would have."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.cli import plan
from harness.model.course import Pace
from harness.model.errors import ExitCode
from harness.model.run import RuntimeName
from harness.runtime.docker.images import POSTGRES_IMAGE, PYTHON_IMAGE
from tests.saying import say

ROOT = Path(__file__).parents[3]
PLANNED = ("plan", "--apps-dir", str(ROOT / "apps"), "--profile", "smoke", "--app", "flask", "--endpoint", "json")
DOCKER = """#!/bin/sh
echo "$*" >>"$ASKED"
case "$*" in
info*) {info} ;;
"image inspect "*) grep -q -x "$3" "$THERE" && echo '[{{}}]' ;;
pull*) exit 1 ;;
esac
"""

type Engine = Callable[..., Path]


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Makes a docker command whose engine has these images, or does not answer; returns the file of its questions."""

    def make(*images: str, answers: bool = True) -> Path:
        info = f"echo '{json.dumps({'ServerVersion': '29.1'})}'" if answers else "exit 1"
        command = tmp_path / "docker"
        command.write_text(DOCKER.format(info=info))
        command.chmod(0o755)
        there, asked = tmp_path / "there", tmp_path / "asked"
        there.write_text("".join(f"{each}\n" for each in images))
        asked.touch()
        monkeypatch.delenv("PYTHON_IMAGE", raising=False)
        for name, value in (("THERE", there), ("ASKED", asked)):
            monkeypatch.setenv(name, str(value))
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        return asked

    return make


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The runtimes that a pace was asked for."""
    asked: list[object] = []

    def pace_here(*arguments: object) -> Pace:
        asked.append(arguments[-1])
        return Pace()

    monkeypatch.setattr(plan, "pace_here", pace_here)
    return asked


@pytest.mark.parametrize(
    ("options", "variable", "place"),
    [
        (("--runtime", "process"), "docker", RuntimeName.PROCESS),
        (("--runtime", "docker"), "process", RuntimeName.DOCKER),
        ((), "docker", RuntimeName.DOCKER),
        ((), "process", RuntimeName.PROCESS),
    ],
)
def test_the_pace_is_that_of_the_runtime_which_was_asked_for(  # noqa: PLR0913, PLR0917 - each is a fixture or a case
    monkeypatch: pytest.MonkeyPatch,
    engine: Engine,
    places: list[object],
    options: tuple[str, ...],
    variable: str,
    place: RuntimeName,
) -> None:
    asked = engine()
    monkeypatch.setenv("BENCH_RUNTIME", variable)
    said = say(*PLANNED, *options)
    assert said.code == ExitCode.OK, said.err
    assert places == [place]
    assert "runtime: " not in said.err
    assert asked.read_text() == "", "no engine is asked where it is said where the servers run"


@pytest.mark.parametrize(
    ("images", "answers", "place", "told"),
    [
        ((PYTHON_IMAGE, POSTGRES_IMAGE), True, RuntimeName.DOCKER, "containers, on Docker 29.1"),
        (
            (PYTHON_IMAGE,),
            True,
            RuntimeName.DOCKER,
            f"containers, on Docker 29.1, if {POSTGRES_IMAGE} can be pulled",
        ),
        (
            (),
            True,
            RuntimeName.DOCKER,
            f"containers, on Docker 29.1, if {PYTHON_IMAGE} and {POSTGRES_IMAGE} can be pulled",
        ),
        (
            (PYTHON_IMAGE, POSTGRES_IMAGE),
            False,
            RuntimeName.PROCESS,
            "local processes, since no container engine with Compose and BuildKit answers",
        ),
    ],
    ids=["an engine", "an image is not there", "no image is there", "no engine"],
)
def test_where_none_was_asked_for_it_is_the_one_that_the_run_would_choose_and_that_is_said(  # noqa: PLR0913, PLR0917 - cases
    monkeypatch: pytest.MonkeyPatch,
    engine: Engine,
    places: list[object],
    images: tuple[str, ...],
    answers: bool,  # noqa: FBT001 - a case
    place: RuntimeName,
    told: str,
) -> None:
    asked = engine(*images, answers=answers)
    monkeypatch.setenv("BENCH_RUNTIME", "auto")
    said = say(*PLANNED)
    assert said.code == ExitCode.OK, said.err
    assert places == [place]
    assert [line for line in said.err.splitlines() if line.startswith("runtime: ")] == [f"runtime: {told}"]
    assert "pull" not in asked.read_text(), "a plan downloads nothing"


def test_a_database_of_the_user_s_is_reached_by_processes_only(
    monkeypatch: pytest.MonkeyPatch, engine: Engine, places: list[object]
) -> None:
    engine(PYTHON_IMAGE, POSTGRES_IMAGE)
    monkeypatch.setenv("BENCH_RUNTIME", "auto")
    monkeypatch.setenv("BENCH_DATABASE_URL", "postgresql://somebody@db.invalid/mine")
    said = say(*PLANNED)
    assert said.code == ExitCode.OK, said.err
    assert places == [RuntimeName.PROCESS]
    assert "runtime: local processes, since the containers' network does not reach the database" in said.err
