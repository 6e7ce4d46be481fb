"""`bench plan` is about the runtime that the run would have."""

from pathlib import Path

import pytest

from harness.cli import plan
from harness.model.course import Pace
from harness.model.errors import ExitCode
from harness.model.run import RuntimeName
from tests.saying import say

ROOT = Path(__file__).parents[3]
PLANNED = ("plan", "--apps-dir", str(ROOT / "apps"), "--profile", "smoke", "--app", "flask", "--endpoint", "json")


@pytest.mark.parametrize(
    ("options", "variable", "place"),
    [
        (("--runtime", "process"), "docker", RuntimeName.PROCESS),
        (("--runtime", "docker"), "process", RuntimeName.DOCKER),
        ((), "docker", RuntimeName.DOCKER),
        ((), "auto", None),
    ],
)
def test_the_pace_is_that_of_the_runtime_which_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], variable: str, place: RuntimeName | None
) -> None:
    asked: list[object] = []

    def pace_here(*arguments: object) -> Pace:
        asked.append(arguments[-1])
        return Pace()

    monkeypatch.setattr(plan, "pace_here", pace_here)
    monkeypatch.setenv("BENCH_RUNTIME", variable)
    said = say(*PLANNED, *options)
    assert said.code == ExitCode.OK, said.err
    assert asked == [place]
