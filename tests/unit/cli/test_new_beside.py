"""The command that measures a new app beside the one that it was copied from finds both."""

import re
import shlex
from pathlib import Path

import pytest

from harness.cli import plan
from harness.model.course import Pace
from harness.model.errors import ExitCode
from tests.saying import say

APPS = Path(__file__).parents[3] / "apps"


@pytest.mark.parametrize(
    ("folders", "named"),
    [
        ((), ""),
        (("mine",), " --apps-dir mine --apps-dir apps"),
        (("mine", "apps"), " --apps-dir mine --apps-dir apps"),
        (("my own $apps",), " --apps-dir 'my own $apps' --apps-dir apps"),
        (("../beside",), " --apps-dir ../beside --apps-dir apps"),
    ],
    ids=["in the usual folder", "in another", "both are given", "in one that is to be quoted", "beside it"],
)
def test_the_command_can_be_given_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folders: tuple[str, ...], named: str
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr(plan, "pace_here", lambda *_: Pace())
    for folder in {"apps", *folders}:
        (here / folder).mkdir()
    (here / "apps" / "flask_app").symlink_to(APPS / "flask_app")
    made = say("new", "myapp", "--like", "flask", *(word for each in folders for word in ("--apps-dir", each)))
    assert made.code == ExitCode.OK, made.err
    (command,) = re.findall(r"beside the other: (bench run .*)\.$", made.err, re.MULTILINE)
    assert command == f"bench run --profile smoke --app flask --app myapp{named}"
    _, _, *words = shlex.split(command)
    planned = say("plan", *words)
    assert planned.code == ExitCode.OK, planned.err
    assert "myapp/" in planned.out
    assert "flask/" in planned.out
    (checks,) = re.findall(r"after each step: (bench verify .*)\.$", made.err, re.MULTILINE)
    _, _, name, *found_in = shlex.split(checks)
    checked = say("plan", "--profile", "smoke", "--app", name, *found_in)
    assert checked.code == ExitCode.OK, checked.err
    assert "myapp/" in checked.out
