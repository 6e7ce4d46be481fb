"""The time that is announced for a run is for a calm host, and is said to be, until the run's own course tells more."""

import json
import re
from io import StringIO
from itertools import pairwise

import pytest
from click.testing import CliRunner
from rich.console import Console

from harness.cli import progress
from harness.cli.main import bench

CALM = re.compile(r"about \d+:\d\d:\d\d in all on a calm host; a slow or busy one takes longer")


def test_a_plan_says_what_its_time_holds_for() -> None:
    result = CliRunner().invoke(bench, ["plan", "--profile", "smoke", "--app", "flask"])
    assert CALM.search(result.stderr)
    assert "estimated_s" in json.loads(CliRunner().invoke(bench, ["plan", "--app", "flask", "--json"]).stdout)


def test_a_run_says_it_as_it_begins(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.watched() as shown:
        shown.total(529)
    assert capsys.readouterr().err == "about 0:08:49 in all on a calm host; a slow or busy one takes longer\n"


def test_what_is_left_is_told_by_the_announcement_at_first_and_then_by_the_runs_own_pace(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host of half the announced speed: each second of the announcement takes two."""
    now_s = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now_s[0])
    with progress.watched() as shown:
        now_s[0] += 600  # Environments are made, which is no part of what is announced.
        shown.total(1_000)
        for done_s, more_s in pairwise((0, 50, 100, 200, 900)):
            now_s[0] += 2 * (more_s - done_s)
            shown.advance(more_s - done_s)
    assert capsys.readouterr().err.splitlines()[1:] == [
        "  5 %, 0:15:50 to go on a calm host",
        "  10 %, 0:15:00 to go on a calm host",
        "  20 %, 0:26:40 to go at this pace",
        "  90 %, 0:03:20 to go at this pace",
    ]


def test_the_bar_on_a_terminal_says_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = StringIO()
    monkeypatch.setattr(progress, "stderr", Console(file=screen, force_terminal=True, width=120, color_system=None))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with progress.watched() as shown:
        shown.total(529)
    assert "0 %, 0:08:49 to go on a calm host" in screen.getvalue()
