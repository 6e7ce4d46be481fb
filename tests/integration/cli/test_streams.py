"""What a command says cannot be written, or not as it is: the command goes on, and its exit code says so."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.model.app import Endpoint
from tests.integration.cli.conftest import MakeApp
from tests.started import bench_command
from tests.waiting import PATIENCE_S

type Started = subprocess.CompletedProcess[bytes]
type Shell = Callable[..., Started]

SAMPLE = Path(__file__).parents[3] / "reports" / "sample"
LIST = ("list", "endpoints")
TITLE = "Blåsk \\u001b[31m\\u0007\\u009b2J \\u202e ☃ [/bold] [red] :warning:"
"""As TOML has it: what clears the screen, rings, and turns the order of letters around, and what rich has a use for."""
ESCAPES = ("\x1b", "\x07", "\x9b", "\u202e")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Runs `bench` with its streams put elsewhere as a shell's words say."""

    def run(redirection: str, *arguments: str, **environment: str) -> Started:
        words = ("sh", "-c", f'"$@" {redirection}', "sh", *bench_command(*arguments))
        settings = {**os.environ, **environment}
        return subprocess.run(words, cwd=tmp_path, env=settings, capture_output=True, timeout=PATIENCE_S, check=False)

    return run


@pytest.mark.fault(
    where="terminal",
    what="Output goes to a full disk",
    happens="The command does its work; one error says that not all of its output was written.",
    lost="What it said",
    exit_code=4,
)
@pytest.mark.parametrize("arguments", [LIST, (*LIST, "--json"), ("list", "claims", "--json"), ("--help",)])
def test_a_full_disk_under_the_output_is_one_error(shell: Shell, arguments: tuple[str, ...]) -> None:
    done = shell(">/dev/full", *arguments)
    assert done.returncode == 4
    error, hint = done.stderr.decode().splitlines()
    assert error == "error: cannot write to standard output: No space left on device"
    assert hint.startswith("hint: ")


@pytest.mark.fault(
    where="terminal",
    what="Standard error is closed, or its disk is full",
    happens="Nothing is said there. Data and exit code are those of the command.",
    lost="What it said",
    exit_code=0,
)
@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_without_standard_error_the_data_are_whole_and_the_exit_code_stands(shell: Shell, redirection: str) -> None:
    done = shell(redirection, *LIST, "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(json.loads(done.stdout)) == len(Endpoint)
    wrong = shell(redirection, "show", "nosuch")
    assert (wrong.returncode, wrong.stdout, wrong.stderr) == (2, b"", b"")
    help_ = shell(redirection, "no-such-command")
    assert help_.returncode == 2


def test_a_command_that_shows_its_course_does_its_work_without_standard_error(shell: Shell, make_app: MakeApp) -> None:
    make_app("tiny")
    unsaid = shell("2>&-", "verify", "tiny", "--json")
    assert (unsaid.returncode, unsaid.stderr) == (0, b"")
    (verdict,) = json.loads(unsaid.stdout)
    assert verdict["report"]["results"]


def test_without_any_stream_the_report_is_made_and_nothing_is_said_into_it(shell: Shell, tmp_path: Path) -> None:
    """Whoever opens a file first gets the number of a stream that was closed."""
    for name in ("run.json", "windows.jsonl"):
        shutil.copy(SAMPLE / name, tmp_path)
    done = shell("<&- >&- 2>&-", "report", ".")
    assert (done.returncode, done.stdout, done.stderr) == (4, b"", b"")
    assert (tmp_path / "index.html").read_text().startswith("<!doctype html>")
    json.loads((tmp_path / "digest.json").read_text())


def test_without_standard_output_one_error_says_so(shell: Shell) -> None:
    done = shell(">&-", *LIST)
    assert done.returncode == 4
    assert done.stderr.decode().startswith("error: cannot write to standard output: it is closed\n")


@pytest.mark.fault(
    where="terminal",
    what="Whoever reads the output leaves, as `head -1` does",
    happens="The command goes on in silence.",
    lost="Nothing that anybody reads",
    exit_code=0,
)
@pytest.mark.parametrize(("arguments", "code"), [((*LIST, "--json"), 0), (LIST, 0), (("show", "nosuch"), 2)])
def test_a_reader_who_has_left_is_no_fault(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            bench_command(*arguments),
            cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
    finally:
        os.close(writing)
    assert done.returncode == code
    assert (b"error" in done.stderr) is (code != 0)
    assert b"Traceback" not in done.stderr


def test_head_takes_a_line_and_nothing_is_said(shell: Shell) -> None:
    done = shell("| head -1", "list", "claims", "--json")
    assert done.stdout == b"[\n"
    assert done.stderr == b""


@pytest.mark.fault(
    where="terminal",
    what="A title holds escape sequences, or characters that the terminal's encoding lacks",
    happens="They are shown as text.",
    lost="Nothing",
    exit_code=0,
)
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_title_is_shown_as_text_in_every_encoding(shell: Shell, make_app: MakeApp, encoding: str) -> None:
    manifest = make_app("odd") / "pyproject.toml"
    manifest.write_text(manifest.read_text().replace('title = "odd"', f'title = "{TITLE}"'), encoding="utf-8")
    locale = {"LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": encoding}
    done = shell("", "list", "apps", **locale)
    assert (done.returncode, done.stderr) == (0, b"")
    said = done.stdout.decode(encoding)
    assert not [each for each in ESCAPES if each in said]
    assert "\\x1b[31m\\x07\\x9b2J \\u202e" in said
    assert "[/bold] [red] :warning:" in said
    (row,) = json.loads(shell("", "list", "apps", "--json", **locale).stdout.decode(encoding))
    assert row["framework"].encode("unicode_escape").decode().startswith("Bl\\xe5sk \\x1b[31m\\x07")
    assert "☃" in row["framework"]


def test_the_log_of_a_server_is_shown_as_text(shell: Shell, make_app: MakeApp) -> None:
    manifest = make_app("loud") / "pyproject.toml"
    last_words = r"import sys; sys.exit('\x1b[2J\x07 \x9b31m last words')".replace("\\", "\\\\")
    text = manifest.read_text().replace('["python", "app.py"]', f'["python", "-c", "{last_words}"]')
    manifest.write_text(text)
    done = shell("", "verify", "loud")
    assert done.returncode == 3
    assert b"\\x1b[2J\\x07 \\x9b31m last words" in done.stderr
    assert not [each for each in ESCAPES if each in (done.stdout + done.stderr).decode()]


def test_the_name_of_a_folder_goes_to_a_program_byte_for_byte(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    for name in ("run.json", "windows.jsonl"):
        shutil.copy(SAMPLE / name, folder)
    done = shell("", "report", str(folder))
    assert done.returncode == 0, done.stderr
    assert done.stdout == os.fsencode(folder) + b"/index.html\n"
    assert json.loads((folder / "digest.json").read_text())["summary"]["name"] == "caf\\udce9"
