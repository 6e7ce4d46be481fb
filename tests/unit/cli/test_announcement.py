"""How the time of a run is told: where it is known from, and what is left of it as the run goes."""

import json
import re
import signal
from collections.abc import Iterator
from io import StringIO

import pytest
from click.testing import CliRunner
from rich.console import Console

from harness.cli import progress
from harness.cli.main import bench
from harness.cli.progress import announce_interrupts
from harness.model.course import Course, Part, Span


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """In a folder without reports."""
    monkeypatch.chdir(str(tmp_path))


def test_a_plan_says_where_its_time_is_known_from() -> None:
    result = CliRunner().invoke(bench, ["plan", "--profile", "smoke", "--app", "flask"])
    beside_others = r"(?:; others used \d+\.\d of its CPUs meanwhile, so it may differ)?"
    known = rf"by a trial of this host{beside_others}|as learned from the run of [-\d: ]+ UTC(?:, in which .+)?"
    assert re.search(rf"about \d+:\d\d:\d\d in all, ({known})$", result.stdout, re.MULTILINE)
    found = json.loads(CliRunner().invoke(bench, ["plan", "--app", "flask", "--json"]).stdout)
    assert found["estimated_s"] > 0
    assert re.fullmatch(known, found["pace"]["told"])


def test_a_plan_says_in_its_json_how_many_rounds_are_expected() -> None:
    by_limit = json.loads(CliRunner().invoke(bench, ["plan", "--json", "--minutes", "1"]).stdout)
    assert by_limit["rounds_expected"] == {"least": 3, "most": 3}
    assert by_limit["timing"]["rounds"] > 3
    asked_for = json.loads(CliRunner().invoke(bench, ["plan", "--json", "--rounds", "7"]).stdout)
    assert asked_for["rounds_expected"] == {"least": 7, "most": 7}


def test_a_run_says_it_as_it_begins(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.watched() as shown:
        shown.announced(529, "by a trial of this host")
    assert capsys.readouterr().err == "about 0:08:49 in all, by a trial of this host\n"


def test_what_is_left_is_told_from_time_to_time_and_a_moved_end_at_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now_s[0])
    with progress.watched() as shown:
        shown.announced(1_000, "as known")
        for done_s in (10, 40, 60, 90):
            now_s[0] = done_s
            shown.left(done_s, 1_000 - done_s)
        shown.moved(100, 1_100)
        shown.left(101, 1_099)
    assert capsys.readouterr().err.splitlines()[1:] == [
        "  4 %, 0:16:00 to go",
        "  9 %, 0:15:10 to go",
        "now about 0:20:00 in all, 0:18:20 of it to go, as it has gone so far",
    ]


def test_how_long_it_took_is_told_beside_what_was_announced() -> None:
    took = Course(setup=Span(by_host_s=3), rounds={0: {Part.STARTS: Span(by_host_s=40)}}, report=Span(by_host_s=5))
    told = "it took 0:00:43, and its report 0:00:05; "
    assert progress.taken(took, announced_s=50) == f"{told}0:00:50 was announced for both"
    since = "since it was resumed, 0:00:20 went by, and 0:00:18 was announced"
    assert progress.taken(took, announced_s=18, since_resumed_s=20) == f"{told}{since}"


def test_the_bar_on_a_terminal_says_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = StringIO()
    monkeypatch.setattr(progress, "stderr", Console(file=screen, force_terminal=True, width=120, color_system=None))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with progress.watched() as shown:
        shown.announced(529, "by a trial of this host")
        shown.moved(100, 600)
        shown.left(100, 600)
    assert "14 %, 0:10:00 to go" in screen.getvalue()


def test_where_all_is_over_before_it_began_nothing_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    shown = progress._Plain()
    shown._said_s -= progress.PLAIN_EVERY_S
    shown.left(0.0, 0.0)
    assert capsys.readouterr().err == "  0 %, 0:00:00 to go\n"


@pytest.fixture
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_is_told_at_once(capfd: pytest.CaptureFixture[str], number: signal.Signals) -> None:
    announce_interrupts()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)
    assert capfd.readouterr().err.startswith("\ninterrupted: ending what was started")


@pytest.mark.usefixtures("handlers")
def test_a_ctrl_c_that_is_to_be_ignored_stays_so() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    announce_interrupts()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
